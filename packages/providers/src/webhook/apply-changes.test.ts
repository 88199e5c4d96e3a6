import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ApplyResult,
  nameOf,
  type NameWrite,
  type ObservedRRset,
  ProviderError,
  type ProvidedRRset,
  providedKey,
} from '@kubezone/core';

import { stateOf } from '../testing/provided-text.ts';
import { applyChanges } from './apply-changes.ts';
import type { Changes, Endpoint } from './endpoint.ts';
import { observeEndpoints } from './endpoint-rrset.ts';
import { LearnedForms } from './learned-forms.ts';
import type { ChangeOutcome } from './webhook-client.ts';

/** A webhook that writes endpoint by endpoint, and fails with the first that it does not like: what came before is written. */
class CarelessWebhook {
  readonly held = new Map<string, Endpoint>();
  readonly bad = new Set<string>();
  requests: Changes[] = [];
  reads = 0;
  readsFail = false;
  /** Outcomes of the next requests, after the work was done where `done` is true. */
  faults: { readonly done: boolean; readonly outcome: ChangeOutcome }[] = [];

  readonly change = (changes: Changes): Promise<ChangeOutcome> => {
    this.requests.push(changes);
    const fault = this.faults.shift();
    if (fault?.done === false) return Promise.resolve(fault.outcome);
    const key = ({ dnsName, recordType }: Endpoint): string => `${dnsName} ${recordType}`;
    for (const endpoint of changes.delete) this.held.delete(key(endpoint));
    for (const endpoint of [...changes.create, ...changes.updateNew]) {
      if (this.bad.has(endpoint.dnsName))
        return Promise.resolve({ kind: 'rejected', reason: `status 500: ${endpoint.dnsName}`, retryAfterMs: undefined });
      this.held.set(key(endpoint), endpoint);
    }
    return Promise.resolve(fault?.outcome ?? { kind: 'done' });
  };

  readonly read = (): Promise<ReadonlyMap<string, ObservedRRset>> => {
    this.reads++;
    if (this.readsFail) return Promise.reject(new ProviderError('PROVIDER_UNAVAILABLE', 'down'));
    const { rrsets } = observeEndpoints([...this.held.values()]);
    return Promise.resolve(new Map(rrsets.map((rrset) => [providedKey(rrset), rrset])));
  };
}

/** A new name with its marker. */
const creation = (label: string): NameWrite => {
  const lines = [`_owner.${label}.example.com. 300 TXT "ours"`, `${label}.example.com. 300 A 192.0.2.1`];
  const writes = lines.map((line) => ({ before: undefined, after: stateOf(line).rrsets[0] as ProvidedRRset }));
  return { owner: nameOf(`${label}.example.com`), writes };
};
const creations = (count: number): NameWrite[] => Array.from({ length: count }, (_, index) => creation(`h${index}`));
const kinds = (results: readonly ApplyResult[]): Readonly<Record<string, string>> =>
  Object.fromEntries(results.map(({ owner, kind }) => [owner.split('.')[0] ?? '', kind]));

describe('writing through a webhook', () => {
  let webhook: CarelessWebhook;
  let learned: LearnedForms;
  const apply = (writes: readonly NameWrite[]): Promise<readonly ApplyResult[]> =>
    applyChanges(writes, {
      client: webhook,
      learned,
      read: webhook.read,
      signal: new AbortController().signal,
    });
  beforeEach(() => {
    webhook = new CarelessWebhook();
    learned = new LearnedForms();
  });

  it('takes two requests for any number of new names: their markers, then their data', async () => {
    const results = await apply(creations(50));
    expect(new Set(Object.values(kinds(results)))).toEqual(new Set(['applied']));
    expect(webhook.requests.map(({ create }) => [create.length, create[0]?.recordType])).toEqual([
      [50, 'TXT'],
      [50, 'A'],
    ]);
    expect(webhook.reads).toBe(0);
  });

  it('finds the bad names among many, and writes all others', async () => {
    webhook.bad.add('_owner.h13.example.com').add('_owner.h40.example.com');
    const found = kinds(await apply(creations(64)));
    expect(Object.keys(found).filter((label) => found[label] !== 'applied')).toEqual(['h13', 'h40']);
    expect([found['h13'], found['h40']]).toEqual(['refused', 'refused']);
    expect(webhook.held.size).toBe(2 * 62);
    expect(webhook.requests.length).toBeLessThan(40);
  });

  it('says of a name whose marker stands, and whose data are refused, that it must be read', async () => {
    webhook.bad.add('h1.example.com');
    expect(kinds(await apply(creations(4)))).toEqual({ h0: 'applied', h1: 'unknown', h2: 'applied', h3: 'applied' });
    expect([...webhook.held.keys()].filter((key) => key.includes('h1'))).toEqual(['_owner.h1.example.com TXT']);
  });

  it('refuses a single name that alone is at fault', async () => {
    webhook.bad.add('_owner.h0.example.com');
    expect(await apply(creations(1))).toEqual([
      { kind: 'refused', owner: 'h0.example.com.', reason: 'status 500: _owner.h0.example.com' },
    ]);
  });

  it('gives up where nothing succeeds, and leaves the rest for later', async () => {
    for (let index = 0; index < 64; index++) webhook.bad.add(`_owner.h${index}.example.com`);
    const counts = Map.groupBy(await apply(creations(64)), ({ kind }) => kind);
    expect([counts.get('refused')?.length, counts.get('throttled')?.length]).toEqual([3, 61]);
    expect(webhook.requests.length).toBeLessThan(15);
  });

  it('takes what was done before an error for done', async () => {
    const outcome = { kind: 'rejected', reason: 'status 502', retryAfterMs: undefined } as const;
    webhook.faults = [{ done: true, outcome }];
    expect(new Set(Object.values(kinds(await apply(creations(3)))))).toEqual(new Set(['applied']));
    expect(webhook.requests).toHaveLength(2);
  });

  it('does not forget that a marker was written by a request that failed', async () => {
    webhook.faults = [{ done: true, outcome: { kind: 'rejected', reason: 'status 502', retryAfterMs: undefined } }];
    webhook.bad.add('h0.example.com');
    expect(kinds(await apply(creations(1)))).toEqual({ h0: 'unknown' });
  });

  it('sends no other half once the answer to one is lost', async () => {
    webhook.faults = [
      { done: false, outcome: { kind: 'rejected', reason: 'status 500', retryAfterMs: undefined } },
      { done: false, outcome: { kind: 'unknown', reason: 'ECONNRESET' } },
    ];
    expect(kinds(await apply(creations(4)))).toEqual({ h0: 'unknown', h1: 'unknown', h2: 'throttled', h3: 'throttled' });
    expect(webhook.requests).toHaveLength(2);
  });

  it('forgets what it has learned of an RRset that it removes', async () => {
    const [, { after: data }] = creation('h0').writes as [unknown, { readonly after: ProvidedRRset }];
    for (let count = 0; count < 2; count++) {
      learned.wrote(data);
      learned.saw({ ...data, ttl: 600, vendor: undefined });
    }
    await apply(creations(1));
    const before = (await webhook.read()).get(providedKey(data));
    expect(learned.shown(data).ttl).toBe(600);
    await apply([{ owner: data.owner, writes: [{ before, after: undefined }] }]);
    expect(learned.shown(data).ttl).toBe(300);
  });

  it('does not know what became of names whose answer is lost, and sends nothing more', async () => {
    for (const done of [true, false]) {
      webhook = new CarelessWebhook();
      webhook.faults = [{ done, outcome: { kind: 'unknown', reason: 'ECONNRESET' } }];
      expect(kinds(await apply(creations(2)))).toEqual({ h0: 'unknown', h1: 'unknown' });
      expect([webhook.requests.length, webhook.reads]).toEqual([1, 0]);
    }
  });

  it('does not know either where the records cannot be read after an error', async () => {
    webhook.bad.add('_owner.h1.example.com');
    webhook.readsFail = true;
    expect(kinds(await apply(creations(3)))).toEqual({ h0: 'unknown', h1: 'unknown', h2: 'unknown' });
  });

  it('waits where it is told to: nothing was written', async () => {
    webhook.faults = [{ done: false, outcome: { kind: 'throttled', afterMs: 7000 } }];
    expect(await apply(creations(1))).toEqual([{ kind: 'throttled', owner: 'h0.example.com.', afterMs: 7000 }]);
  });

  it('says of names that were begun before it had to wait that they must be read', async () => {
    webhook.faults = [
      { done: true, outcome: { kind: 'done' } },
      { done: false, outcome: { kind: 'throttled', afterMs: 7000 } },
    ];
    expect(kinds(await apply(creations(2)))).toEqual({ h0: 'unknown', h1: 'unknown' });
  });

  it('divides what is too large', async () => {
    webhook.faults = Array.from({ length: 3 }, () => ({ done: false, outcome: { kind: 'too-large' } }));
    expect(new Set(Object.values(kinds(await apply(creations(8)))))).toEqual(new Set(['applied']));
  });

  it('rejects where the webhook cannot be reached, unless something was written', async () => {
    const outcome = { kind: 'failed', error: new ProviderError('PROVIDER_FORBIDDEN', 'no') } as const;
    webhook.faults = [{ done: false, outcome }];
    await expect(apply(creations(2))).rejects.toBe(outcome.error);
    webhook.faults = [
      { done: true, outcome: { kind: 'done' } },
      { done: false, outcome },
    ];
    expect(kinds(await apply(creations(2)))).toEqual({ h0: 'unknown', h1: 'unknown' });
  });

  it('writes nothing for what is as it shall be', async () => {
    await apply(creations(1));
    const held = await webhook.read();
    const { owner, writes } = creation('h0');
    const again = writes.map(({ after }) => ({ before: after && held.get(providedKey(after)), after }));
    webhook.requests = [];
    const [result] = await apply([{ owner, writes: again }]);
    expect(result).toMatchObject({ kind: 'applied', owner });
    expect(result?.kind === 'applied' && result.observed).toHaveLength(2);
    expect(webhook.requests).toEqual([]);
  });
});
