import type { NameWrite, OwnerName, Provider, ProviderZone } from '@kubezone/core';

import { MemoryProvider } from '../memory/memory-provider.ts';
import { printWriteAsJson } from './print-json.ts';
import { printWriteAsText } from './print-text.ts';

export interface StdoutOptions {
  /** As configured. @default stdout */
  readonly name?: string;
  readonly zones: readonly OwnerName[];
  /** Lines as Mate's consumer `stdout` writes them, or a JSON object on each line. @default text */
  readonly format?: 'text' | 'json';
}

export interface StdoutContext {
  /** Takes one line, its line end included. @default the process's standard output */
  readonly write?: (line: string) => void;
}

/**
 * Prints what would be published, change by change, and holds it as long as the process lives: so a second pass prints nothing, and a changed address is one line.
 */
export function createStdoutProvider(options: StdoutOptions, context: StdoutContext = {}): Provider {
  const { name = 'stdout', zones, format = 'text' } = options;
  const { write = (line) => void process.stdout.write(line) } = context;
  const print: (zone: ProviderZone, change: NameWrite) => readonly string[] =
    format === 'json' ? printWriteAsJson : (_, change) => printWriteAsText(change);
  return new MemoryProvider({
    name,
    zones,
    onWrite: (zone, change) => {
      for (const line of print(zone, change)) write(`${line}\n`);
    },
  });
}
