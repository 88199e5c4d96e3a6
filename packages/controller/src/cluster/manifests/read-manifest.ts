import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';

import type { ClusterWatch } from '../cluster.ts';
import type { LocalProblem } from '../problem.ts';
import type { ManifestFile } from './manifest-set.ts';
import { parseDocument, type ParsedDocument } from './parse-document.ts';
import { splitDocuments } from './split-documents.ts';
import { errorCode, messageOf } from '../message-of.ts';

/** The largest file that is read, in octets. */
export const LARGEST_FILE_OCTETS: number = 16 * 1024 * 1024;
/** How long parsing may keep other events waiting, in milliseconds; one document is parsed in one go. */
const TURN_MS = 4;

/** The documents of a file, by the hash of their text: those that stay the same when it is edited need not be parsed again. */
export type DocumentCache = ReadonlyMap<string, ParsedDocument>;

/** What came of reading a file; it is blank where it holds nothing but white space and document markers. */
export type ReadManifest =
  | { readonly kind: 'read'; readonly content: ManifestFile; readonly cache: DocumentCache; readonly blank: boolean }
  | { readonly kind: 'refused'; readonly problem: LocalProblem }
  /** It has gone in the meantime. */
  | { readonly kind: 'gone' };

/**
 * Reads and parses a file of manifests. Never rejects.
 *
 * @param cache from the last reading
 */
export async function readManifest(file: string, watch: ClusterWatch, cache: DocumentCache): Promise<ReadManifest> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FILE_OCTETS) {
      const message = `found a file of ${size} octets, expected at most ${LARGEST_FILE_OCTETS}`;
      return { kind: 'refused', problem: { code: 'MANIFEST_TOO_LARGE', file, message } };
    }
    const octets = await readFile(file);
    const text = decode(octets);
    if (text === undefined) {
      return {
        kind: 'refused',
        problem: { code: 'MANIFEST_SYNTAX', file, message: 'found octets that are not UTF-8, expected text' },
      };
    }
    return await parse(text, watch, cache);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { kind: 'gone' };
    return { kind: 'refused', problem: { code: 'MANIFEST_UNREADABLE', file, message: messageOf(error) } };
  }
}

async function parse(text: string, watch: ClusterWatch, cache: DocumentCache): Promise<ReadManifest> {
  const parts: ManifestFile[] = [];
  const parsed = new Map<string, ParsedDocument>();
  let turnStarted = performance.now();
  for (const { text: document, firstLine } of splitDocuments(text)) {
    const digest = hash('sha256', document);
    const known = cache.get(digest) ?? parsed.get(digest) ?? (await parseDocument(document, watch));
    parsed.set(digest, known);
    parts.push(moveLines(known, firstLine - 1));
    if (performance.now() - turnStarted < TURN_MS) continue;
    await setImmediate();
    turnStarted = performance.now();
  }
  return {
    kind: 'read',
    content: {
      objects: parts.flatMap((part) => part.objects),
      problems: parts.flatMap((part) => part.problems),
      broken: parts.some((part) => part.broken),
    },
    cache: parsed,
    blank: /^(?:\s|---)*$/.test(text),
  };
}

/** From lines of a document to those of its file. */
function moveLines({ objects, problems, broken }: ParsedDocument, by: number): ManifestFile {
  return {
    objects: objects.map((object) => ({ ...object, line: object.line + by })),
    problems: problems.map((problem) => (problem.line === undefined ? problem : { ...problem, line: problem.line + by })),
    broken,
  };
}

function decode(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return undefined;
  }
}
