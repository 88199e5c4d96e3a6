import { hash } from 'node:crypto';

import { printMicroTime } from '../cluster/kubernetes/micro-time.ts';
import type { Fields } from '../resources/fields.ts';

/** The API of Events. */
export const EVENTS_API = '/apis/events.k8s.io/v1';
/** The longest note that the API takes, in octets of UTF-8. */
const LONGEST_NOTE_OCTETS = 1024;
/** The longest name of an object (RFC 1123 subdomain), less the dot and the hash that follow. */
const LONGEST_STEM = 253 - 17;
/** Where Events of objects outside namespaces lie, as those of kubelets do. */
const NAMESPACE_OF_THE_REST = 'default';

/** An object that an Event is about. */
export interface Regarded {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty outside namespaces. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** What an Event says. */
export interface EventText {
  readonly type: 'Normal' | 'Warning';
  /** In CamelCase, and stable: see `reasonOf`. */
  readonly reason: string;
  /** For a person. */
  readonly note: string;
}

/** Who says it. */
export interface EventAuthor {
  /** `kubezone.io/resolver`. */
  readonly controller: string;
  /** Which process. */
  readonly instance: string;
  /** What it was doing: `Serve`. */
  readonly action: string;
}

/** The path of an Event, and the Event. */
export interface ComposedEvent {
  /** Of all Events of its namespace. */
  readonly collection: string;
  readonly name: string;
  readonly event: Fields;
}

/**
 * Makes an Event (events.k8s.io/v1).
 *
 * Its name follows from what it says of whom: to say the same again is to count it, whichever process said it first.
 *
 * @param now milliseconds since the Unix epoch
 */
export function composeEvent(about: Regarded, text: EventText, author: EventAuthor, now: number): ComposedEvent {
  const note = cutOctets(text.note, LONGEST_NOTE_OCTETS);
  const namespace = about.namespace === '' ? NAMESPACE_OF_THE_REST : about.namespace;
  const name = nameOfEvent(about, { ...text, note }, author);
  const { apiVersion, kind, uid } = about;
  return {
    collection: `${EVENTS_API}/namespaces/${encodeURIComponent(namespace)}/events`,
    name,
    event: {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace },
      eventTime: printMicroTime(now),
      type: text.type,
      reason: text.reason,
      note,
      action: author.action,
      reportingController: author.controller,
      reportingInstance: author.instance.slice(0, 128),
      regarding: { apiVersion, kind, ...(about.namespace !== '' && { namespace: about.namespace }), name: about.name, uid },
    },
  };
}

/** How often an Event was seen, after one more time: a merge patch. @param event as it stands */
export function countEvent(event: Fields, now: number): Fields {
  const series = event['series'];
  const count = typeof series === 'object' && series !== null ? (series as Fields)['count'] : undefined;
  return { series: { count: typeof count === 'number' ? count + 1 : 2, lastObservedTime: printMicroTime(now) } };
}

/** A stable code in the form that reasons have in Kubernetes: `LowerPrioritySource` for `LOWER_PRIORITY_SOURCE`. */
export function reasonOf(code: string): string {
  return code
    .toLowerCase()
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}

/** Makes one text of several, each once and in an order of its own, as many as fit in a note. */
export function joinMessages(messages: Iterable<string>, limit: number = LONGEST_NOTE_OCTETS): string {
  const all = [...new Set(messages)].toSorted();
  let text = all[0] ?? '';
  // Room for how many there are besides.
  const room = limit - Buffer.byteLength('; and 1000000 more');
  for (const [index, message] of all.entries()) {
    if (index === 0) continue;
    const longer = `${text}; ${message}`;
    if (Buffer.byteLength(longer) > room) return `${cutOctets(text, room)}; and ${all.length - index} more`;
    text = longer;
  }
  return cutOctets(text, limit);
}

function nameOfEvent(about: Regarded, { type, reason, note }: EventText, author: EventAuthor): string {
  const digest = hash(
    'sha256',
    [author.controller, about.apiVersion, about.kind, about.uid, type, reason, note].join('\0'),
  ).slice(0, 16);
  const stem = about.name.slice(0, LONGEST_STEM).replace(/[^a-z0-9]+$/, '');
  return `${stem}.${digest}`;
}

/** As much of a text as fits, in whole characters. */
function cutOctets(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const cut = Buffer.from(text).subarray(0, limit - 3);
  let end = cut.length;
  // A character's further octets begin with the bits 10 (RFC 3629, section 3).
  const following = Buffer.from(text)[limit - 3] ?? 0;
  if ((following & 0xc0) === 0x80) {
    while (end > 0 && ((cut[end - 1] ?? 0) & 0xc0) === 0x80) end--;
    end--;
  }
  return `${cut.subarray(0, Math.max(0, end)).toString('utf8')}...`;
}
