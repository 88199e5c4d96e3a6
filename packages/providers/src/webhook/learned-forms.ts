import { type ObservedRRset, type ProvidedRRset, providedKey, rdataKey } from '@kubezone/core';

/** What a webhook may hold otherwise than it is told to: all but the data. */
interface Form {
  readonly ttl: number;
  readonly properties: Readonly<Record<string, string>>;
}

/** What was written under one name, type and set identifier. */
interface Entry {
  readonly wanted: Form;
  data: string;
  /** Whether it has been written since it was last seen. */
  isFresh: boolean;
  seen: Form | undefined;
  /** How often in succession it was seen so after it had been written. */
  times: number;
}

/** How often something must come back otherwise until it is taken to be held so. Once may be somebody's change, or an answer from before. */
const CONVINCING = 2;

/**
 * What webhooks make of TTLs and properties: some raise TTLs, some have none to show, some add properties of their own, and none of them can be asked.
 *
 * What was written twice, and both times came back with the same data and the same other TTL or properties, is held in that form, and needs no third write. As soon as it
 * comes back as it was wanted, or something else is wanted, that is forgotten.
 */
export class LearnedForms {
  readonly #entries = new Map<string, Entry>();

  /** Notes that an RRset was written, as it was wanted. */
  wrote(rrset: ProvidedRRset): void {
    const key = providedKey(rrset);
    const wanted = formOf(rrset);
    const known = this.#entries.get(key);
    if (known !== undefined && sameForm(known.wanted, wanted)) {
      known.data = dataOf(rrset);
      known.isFresh = true;
    } else this.#entries.set(key, { wanted, data: dataOf(rrset), isFresh: true, seen: undefined, times: 0 });
  }

  /** Notes that an RRset was removed. */
  removed(rrset: ProvidedRRset): void {
    this.#entries.delete(providedKey(rrset));
  }

  /** Notes how an RRset is shown. */
  saw(rrset: ObservedRRset): void {
    const key = providedKey(rrset);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const seen = formOf(rrset);
    if (sameForm(seen, entry.wanted)) {
      this.#entries.delete(key);
      return;
    }
    if (!entry.isFresh || entry.data !== dataOf(rrset)) return;
    entry.isFresh = false;
    entry.times = entry.seen !== undefined && sameForm(entry.seen, seen) ? entry.times + 1 : 1;
    entry.seen = seen;
  }

  /** How an RRset that is wanted will be shown. */
  shown(rrset: ProvidedRRset): ProvidedRRset {
    const entry = this.#entries.get(providedKey(rrset));
    if (entry?.seen === undefined || entry.times < CONVINCING || !sameForm(entry.wanted, formOf(rrset))) return rrset;
    return inForm(rrset, entry.seen);
  }

  /** What must be written so that it will be shown as it is: the opposite of `shown`. */
  sent(rrset: ProvidedRRset): ProvidedRRset {
    const entry = this.#entries.get(providedKey(rrset));
    if (entry?.seen === undefined || entry.times < CONVINCING || !sameForm(entry.seen, formOf(rrset))) return rrset;
    return inForm(rrset, entry.wanted);
  }
}

function formOf({ ttl, properties = {} }: ProvidedRRset): Form {
  return { ttl, properties };
}

function inForm({ properties: _properties, ...rrset }: ProvidedRRset, { ttl, properties }: Form): ProvidedRRset {
  return { ...rrset, ttl, ...(Object.keys(properties).length === 0 ? {} : { properties }) };
}

function sameForm(one: Form, other: Form): boolean {
  const names = Object.keys(one.properties);
  return (
    one.ttl === other.ttl &&
    names.length === Object.keys(other.properties).length &&
    names.every((name) => Object.hasOwn(other.properties, name) && one.properties[name] === other.properties[name])
  );
}

function dataOf({ type, rdatas, alias }: ProvidedRRset): string {
  if (alias !== undefined) return alias.name;
  return rdatas
    .map((rdata) => rdataKey(type, rdata))
    .sort()
    .join('\n');
}
