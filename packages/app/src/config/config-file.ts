import { type Document, isCollection, isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';

import type { ConfigMistake } from './mistake.ts';
import { reasonOf } from './paths.ts';

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
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', logLevel: 'error' });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    return document.errors.map(({ pos, code, message }) => ({
      code: 'BAD_YAML',
      at: at(pos[0]),
      expected: code === 'MULTIPLE_DOCS' ? 'expected one document; a second begins here' : withoutQuote(message),
    }));
  }
  let content: unknown = {};
  try {
    if (document.contents !== null) content = document.toJS();
  } catch (error) {
    // An alias without its anchor, or aliases of aliases that would grow without bound: only reading the values shows it.
    return [{ code: 'BAD_YAML', at: at(offsetOfLostAlias(document) ?? 0), expected: withoutQuote(reasonOf(error)) }];
  }
  return {
    content,
    locate: (path) => at(offsetOf(document.contents, path)),
  };
}

/** Prints a place: `zones[0].soa.email`. */
export function printKeyPath(path: KeyPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** What the library says, without the piece of the file that it repeats behind a colon: that may be a secret, and the place is told anyway. */
function withoutQuote(message: string): string {
  return message.replace(/(?<=\S): .*/s, '');
}

/** Where the first alias stands whose anchor does not stand before it. */
function offsetOfLostAlias(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
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
