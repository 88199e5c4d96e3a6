import { setImmediate } from 'node:timers/promises';

import { type Document, LineCounter, parseAllDocuments } from 'yaml';

import { isFields } from '../../resources/fields.ts';
import { projectObject, readKey } from '../../resources/project-object.ts';
import type { ObjectKey, Resource, StoredObject } from '../../resources/resource.ts';
import { nameObject } from '../../resources/resource.ts';
import type { ClusterWatch } from '../cluster.ts';
import { messageOf } from '../message-of.ts';
import { type LocalProblem, problemOf } from '../problem.ts';
import { recogniseObjects } from '../recognise-object.ts';

/** The longest YAML document that is parsed, in UTF-16 code units: the parser needs a hundred times as much memory. JSON has no such limit. */
export const LONGEST_YAML_DOCUMENT: number = 4 * 1024 * 1024;
/** How long the objects of a list may keep other events waiting, in milliseconds. */
const TURN_MS = 4;
/** How often a document may use one anchor, nested uses multiplied. */
const MOST_ALIASES = 1_000;

/** An object of a manifest. */
export interface ManifestObject {
  readonly resource: Resource;
  readonly key: ObjectKey;
  /** Undefined where the object has nothing that DNS needs, or is malformed. */
  readonly object: StoredObject | undefined;
  /** Whether it is malformed: what was known of it stays. */
  readonly malformed: boolean;
  /** From 1, in the document. */
  readonly line: number;
}

/** What a document holds. Lines of problems are those of the document. */
export interface ParsedDocument {
  readonly objects: readonly ManifestObject[];
  readonly problems: readonly LocalProblem[];
  /** Whether a part of it could not be parsed, so that nobody knows which objects it was to hold. */
  readonly broken: boolean;
}

/**
 * Parses one document, YAML 1.2 (core schema, with merge keys) or JSON.
 *
 * kubectl reads YAML 1.1, in which an unquoted `yes`, `no`, `on`, `off`, `y` or `n` is a boolean: here it is a string. Write such values in quotes, and
 * both agree.
 *
 * @param text one document, or several that no marker separates
 */
export async function parseDocument(text: string, watch: ClusterWatch): Promise<ParsedDocument> {
  // JSON is a part of YAML, but a hundred times faster to parse by itself. What is wrong with it, and where, only the YAML parser can say.
  if (/^\s*\{/.test(text)) {
    const parsed = parseJson(text);
    const found = parsed === undefined ? undefined : await projectAll(parsed, watch, () => ({ line: 1, column: 1 }));
    if (found !== undefined && (found.problems.length === 0 || text.length > LONGEST_YAML_DOCUMENT)) return found;
  }
  if (text.length > LONGEST_YAML_DOCUMENT) {
    const message = `found a YAML document of ${text.length} characters, expected at most ${LONGEST_YAML_DOCUMENT}: split it, or write it as JSON`;
    return broken({ code: 'MANIFEST_TOO_LARGE', line: 1, column: 1, message });
  }
  try {
    const lines = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false, logLevel: 'silent' });
    const parts: ParsedDocument[] = [];
    for (const document of documents) parts.push(await readYaml(document, lines, watch));
    return join(parts);
  } catch (error) {
    // Nested too deeply for the parser's recursion, or a fault of the parser.
    return broken({ code: 'MANIFEST_SYNTAX', line: 1, column: 1, message: `no YAML that can be read: ${messageOf(error)}` });
  }
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Where something stands, from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

async function readYaml(document: Document, lines: LineCounter, watch: ClusterWatch): Promise<ParsedDocument> {
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const error = document.errors[0];
  if (error !== undefined) return broken({ code: 'MANIFEST_SYNTAX', ...positionOf(error.pos[0]), message: error.message });
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (thrown) {
    // Aliases that multiply, or that refer to nothing.
    return broken({ code: 'MANIFEST_SYNTAX', ...positionOf(document.contents?.range?.[0] ?? 0), message: messageOf(thrown) });
  }
  // Nothing but comments.
  if (value === null || value === undefined) return { objects: [], problems: [], broken: false };
  return await projectAll({ value }, watch, (path) => positionOf(offsetOf(document, path)));
}

async function projectAll(
  { value }: { readonly value: unknown },
  watch: ClusterWatch,
  positionOf: (path: readonly (string | number)[]) => Position,
): Promise<ParsedDocument> {
  const { objects: recognised, unrecognised } = recogniseObjects(value, watch.resources);
  const objects: ManifestObject[] = [];
  const problems: LocalProblem[] = unrecognised.map(({ at }) => ({
    code: 'MANIFEST_NOT_AN_OBJECT',
    ...positionOf(pathOfItem(at)),
    message: 'found no Kubernetes object, expected one with apiVersion and kind',
  }));
  let turnStarted = performance.now();
  for (const { resource, raw, at } of recognised) {
    if (performance.now() - turnStarted >= TURN_MS) {
      await setImmediate();
      turnStarted = performance.now();
    }
    const path = pathOfItem(at);
    const { line } = positionOf(path);
    const projected = projectObject(resource, raw, watch.keep);
    if (projected.kind === 'malformed') {
      const { fault } = projected;
      const object = fault.key === undefined ? {} : { object: nameObject(resource, fault.key) };
      problems.push({ ...problemOf(fault), ...object, ...positionOf([...path, ...pathSteps(fault.path)]) });
    }
    const key = readKey(resource, raw);
    if (key === undefined) continue;
    const object = projected.kind === 'object' ? projected.object : undefined;
    objects.push({ resource, key, object, malformed: projected.kind === 'malformed', line });
  }
  return { objects, problems, broken: false };
}

function pathOfItem(at: readonly number[]): (string | number)[] {
  return at.flatMap((index) => ['items', index]);
}

/** `status.conditions[0].status` → its steps. */
function pathSteps(path: string): (string | number)[] {
  return Array.from(path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g), ([, quoted, index, plain]) =>
    index === undefined ? (quoted ?? plain ?? '') : Number(index),
  );
}

/** The offset of the deepest node on the way that is there. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range: unknown = isFields(node) ? node['range'] : undefined;
    if (Array.isArray(range) && typeof range[0] === 'number') return range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function join(parts: readonly ParsedDocument[]): ParsedDocument {
  return {
    objects: parts.flatMap((part) => part.objects),
    problems: parts.flatMap((part) => part.problems),
    broken: parts.some((part) => part.broken),
  };
}

function broken(problem: LocalProblem): ParsedDocument {
  return { objects: [], problems: [problem], broken: true };
}
