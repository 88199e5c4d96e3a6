import { describe, type Fields, fieldsAt, MalformedObject, quote } from './fields.ts';
import type { Retention } from './resource.ts';

const NOTHING: Readonly<Record<string, string>> = Object.freeze({});

/** What the Kubernetes API allows the annotations of an object to have in all, names and values: 256 KiB. Manifests are held to the same. */
const MAX_ANNOTATIONS = 256 * 1024;
/** The longest value of a label that the Kubernetes API allows. */
const MAX_LABEL_VALUE = 63;

/**
 * Those annotations of an object that some source reads; the others are not even looked at, except for how much it is that they hold.
 *
 * @throws {MalformedObject} where one is no string, or all together are larger than the API allows
 */
export function keptAnnotations(raw: Fields, keep: Retention): Readonly<Record<string, string>> {
  const all = mappingOf(raw, 'annotations');
  if (all === undefined) return NOTHING;
  let octets = 0;
  let kept: Record<string, string> | undefined;
  for (const name in all) {
    const value = all[name] ?? undefined;
    if (typeof value === 'string') octets += name.length + value.length;
    if (value === undefined || !isKept(name, keep)) continue;
    if (typeof value !== 'string') throw noString('annotations', name, value);
    kept ??= {};
    kept[name] = value;
  }
  if (octets > MAX_ANNOTATIONS) {
    const expected = `at most ${MAX_ANNOTATIONS}, which is what the Kubernetes API allows`;
    throw new MalformedObject('metadata.annotations', `${octets} characters`, expected);
  }
  return kept ?? NOTHING;
}

/**
 * Those labels of an object that some source reads.
 *
 * @throws {MalformedObject} where one is no string of at most 63 characters
 */
export function keptLabels(raw: Fields, keep: Retention): Readonly<Record<string, string>> {
  const { labels: wanted } = keep;
  const all = wanted !== 'all' && wanted.size === 0 ? undefined : mappingOf(raw, 'labels');
  if (all === undefined) return NOTHING;
  let kept: Record<string, string> | undefined;
  for (const name of wanted === 'all' ? Object.keys(all) : wanted) {
    const value = Object.hasOwn(all, name) ? (all[name] ?? undefined) : undefined;
    if (value === undefined) continue;
    if (typeof value !== 'string') throw noString('labels', name, value);
    if (value.length > MAX_LABEL_VALUE) {
      throw new MalformedObject(`metadata.labels[${quote(name)}]`, describe(value), `at most ${MAX_LABEL_VALUE} characters`);
    }
    kept ??= {};
    kept[name] = value;
  }
  return kept ?? NOTHING;
}

function mappingOf(raw: Fields, key: 'annotations' | 'labels'): Fields | undefined {
  return fieldsAt(fieldsAt(raw, 'metadata') ?? {}, key, 'metadata');
}

function isKept(name: string, { annotations, annotationPrefixes }: Retention): boolean {
  return annotations.has(name) || annotationPrefixes.some((prefix) => name.startsWith(prefix));
}

function noString(key: string, name: string, value: unknown): MalformedObject {
  return new MalformedObject(`metadata.${key}[${quote(name)}]`, describe(value), 'a string: put it in quotes');
}
