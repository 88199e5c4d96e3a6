import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';

import type { ConfigMistake } from './mistake.ts';

/** A place in a configuration: keys and indexes from the top. */
export type KeyPath = readonly (string | number)[];

/** A configuration file as YAML alone knows it. */
export interface ConfigFile {
  readonly content: unknown;
  /** `FILE:LINE:COLUMN` of a key, or of the nearest thing around it that is there. */
  locate(path: KeyPath): string;
}

/**
 * Reads the YAML of a configuration file.
 *
 * @param file the name for messages
 */
export function parseConfigFile(text: string, file: string): ConfigFile | readonly ConfigMistake[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    return document.errors.map(({ pos, message }) => ({ code: 'BAD_YAML', at: at(pos[0]), expected: message }));
  }
  return {
    content: document.contents === null ? {} : (document.toJS() as unknown),
    locate: (path) => at(offsetOf(document.contents, path)),
  };
}

/** Prints a place: `zones[0].soa.email`. */
export function printKeyPath(path: KeyPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** Where a key begins, or the deepest node on the way to it. */
function offsetOf(contents: unknown, path: KeyPath): number {
  let node = contents;
  let offset = 0;
  for (const part of path) {
    if (!isCollection(node)) break;
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === part) : undefined;
    const next: unknown = isPair(pair) ? pair.value : node.get(part, true);
    const start = isPair(pair) && isScalar(pair.key) ? pair.key.range?.[0] : rangeStart(next);
    if (start === undefined) break;
    offset = start;
    node = next;
  }
  return offset;
}

function rangeStart(node: unknown): number | undefined {
  return isCollection(node) || isScalar(node) ? node.range?.[0] : undefined;
}
