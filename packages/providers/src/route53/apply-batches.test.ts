import { describe, expect, it } from '@jest/globals';
import { type ApplyResult, nameOf, ProviderError } from '@kubezone/core';

import { stateOf } from '../testing/provided-text.ts';
import { applyBatches, type SendBatch } from './apply-batches.ts';
import { composeChanges, VENDOR_LIMITS } from './change-batch.ts';
import type { RequestFailure } from './failure.ts';

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const owner = nameOf(`h${index}.example.com`);
    return composeChanges({
      owner,
      writes: stateOf(`${owner} 300 A 192.0.2.1`).rrsets.map((after) => ({ before: undefined, after })),
    });
  });

/** Sends batches to a function of the first labels of their names; keeps count. */
function sending(answer: (labels: readonly string[], call: number) => RequestFailure | undefined): {
  send: SendBatch;
  sent: string[];
} {
  const sent: string[] = [];
  return {
    sent,
    send: (changes) => {
      const labels = changes.map(({ ResourceRecordSet }) => ResourceRecordSet?.Name?.split('.')[0] ?? '');
      sent.push(labels.join(' '));
      return Promise.resolve(answer(labels, sent.length));
    },
  };
}

const outcome = (results: readonly ApplyResult[]): Record<string, string> =>
  Object.fromEntries(results.map(({ owner, kind }) => [owner.split('.')[0], kind]));

const refusal = (...texts: string[]): RequestFailure => ({ kind: 'refused', texts });
const exists = (label: string) =>
  `Tried to create resource record set [name='${label}.example.com.', type='A'] but it already exists`;
const unavailable = new ProviderError('PROVIDER_UNAVAILABLE', 'reset');

describe('a refused batch', () => {
  it('is sent again without those whom the text names', async () => {
    const { send, sent } = sending((labels) =>
      labels.includes('h1') || labels.includes('h3') ? refusal(`[${exists('h1')}, ${exists('h3')}]`) : undefined,
    );
    expect(outcome(await applyBatches(names(5), VENDOR_LIMITS, send))).toEqual({
      h0: 'applied',
      h1: 'conflict',
      h2: 'applied',
      h3: 'conflict',
      h4: 'applied',
    });
    expect(sent).toEqual(['h0 h1 h2 h3 h4', 'h0 h2 h4']);
  });

  it('is halved where the text names nobody, until the culprit stands alone', async () => {
    const { send, sent } = sending((labels) => (labels.includes('h5') ? refusal('[Invalid Resource Record: …]') : undefined));
    const results = await applyBatches(names(64), VENDOR_LIMITS, send);
    expect(results.filter(({ kind }) => kind === 'applied')).toHaveLength(63);
    expect(results.filter(({ kind }) => kind === 'refused')).toEqual([
      { kind: 'refused', owner: 'h5.example.com.', reason: 'Invalid Resource Record: …' },
    ]);
    expect(sent).toHaveLength(1 + 2 * 6);
  });

  it('is halved where the text names somebody who is not in it', async () => {
    const { send } = sending((labels) => (labels.includes('h1') ? refusal(`[${exists('elsewhere')}]`) : undefined));
    expect(outcome(await applyBatches(names(3), VENDOR_LIMITS, send))).toEqual({ h0: 'applied', h1: 'conflict', h2: 'applied' });
  });

  describe('in which markers stay as they are', () => {
    const vendorOf = (Value: string, Type: 'A' | 'TXT', Name: string): object => ({
      Name,
      Type,
      TTL: 300,
      ResourceRecords: [{ Value }],
    });
    const update = (label: string) => {
      const [found, marker] = stateOf(
        `${label}.example.com. 300 A 192.0.2.1`,
        `_owner.${label}.example.com. 300 TXT "ours"`,
      ).rrsets;
      const [wanted] = stateOf(`${label}.example.com. 300 A 192.0.2.2`).rrsets;
      if (found === undefined || marker === undefined) throw new Error('nothing is updated');
      const held = { ...marker, vendor: vendorOf('"ours"', 'TXT', `_owner.${label}.example.com.`) };
      return composeChanges({
        owner: nameOf(`${label}.example.com`),
        writes: [
          { before: { ...found, vendor: vendorOf('192.0.2.1', 'A', `${label}.example.com.`) }, after: wanted },
          { before: held, after: held },
        ],
      });
    };
    const text = (verb: string, label: string, why: string): string =>
      `Tried to ${verb} resource record set [name='_owner.${label}.example.com.', type='TXT'] but it ${why}`;

    it('is sent without them, now and later, to a server that cannot delete and create one RRset in a batch', async () => {
      const { send, sent } = sending((labels) =>
        labels.includes('_owner') ? refusal(`[${text('create', 'h0', 'already exists')}]`) : undefined,
      );
      const recreation = { possible: true };
      expect(outcome(await applyBatches([update('h0'), update('h1')], VENDOR_LIMITS, send, recreation))).toEqual({
        h0: 'applied',
        h1: 'applied',
      });
      await applyBatches([update('h2')], VENDOR_LIMITS, send, recreation);
      expect(sent).toEqual(['h0 h1 _owner _owner h0 h1 _owner _owner', 'h0 h1 h0 h1', 'h2 h2']);
    });

    it('is sent without them where another zone, written meanwhile, has found that out', async () => {
      const { send, sent } = sending((labels) =>
        labels.includes('_owner')
          ? refusal(`[${labels.map((label) => text('create', label, 'already exists')).join(', ')}]`)
          : undefined,
      );
      const held = Promise.withResolvers<void>();
      const answered: SendBatch = async (changes) => {
        const failure = await send(changes);
        if (failure !== undefined) await held.promise;
        return failure;
      };
      const recreation = { possible: true };
      const late = applyBatches([update('h0')], VENDOR_LIMITS, answered, recreation);
      expect(outcome(await applyBatches([update('h1')], VENDOR_LIMITS, send, recreation))).toEqual({ h1: 'applied' });
      held.resolve();
      expect(outcome(await late)).toEqual({ h0: 'applied' });
      expect(sent).toHaveLength(4);
    });

    it('is a conflict where a marker is not what it was', async () => {
      const { send } = sending((labels) =>
        labels.includes('h0')
          ? refusal(`[${text('delete', 'h0', 'was not found')}, ${text('create', 'h0', 'already exists')}]`)
          : undefined,
      );
      const recreation = { possible: true };
      const results = await applyBatches([update('h0'), update('h1')], VENDOR_LIMITS, send, recreation);
      expect(outcome(results)).toEqual({ h0: 'conflict', h1: 'applied' });
      expect(recreation.possible).toBe(true);
    });
  });

  it('counts data that are refused more than a name that has changed', async () => {
    const { send } = sending(() =>
      refusal(
        `[${exists('h0')}, RRSet of type CNAME with DNS name h0.example.com. is not permitted at apex in zone example.com.]`,
      ),
    );
    expect(outcome(await applyBatches(names(1), VENDOR_LIMITS, send))).toEqual({ h0: 'refused' });
  });
});

describe('a name that no request can hold', () => {
  it('is refused, and the others are written', async () => {
    const { send, sent } = sending(() => undefined);
    const [large, small] = names(2);
    const writes = [{ ...large, creates: [...(large?.creates ?? []), ...(large?.creates ?? [])] }, small] as Parameters<
      typeof applyBatches
    >[0];
    const results = await applyBatches(writes, { ...VENDOR_LIMITS, changes: 1 }, send);
    expect(outcome(results)).toEqual({ h0: 'refused', h1: 'applied' });
    expect(sent).toEqual(['h1']);
  });
});

describe('a batch without permission', () => {
  const denied: RequestFailure = { kind: 'denied', text: 'AccessDenied: not authorized' };

  it('is halved: policies may allow some names', async () => {
    const { send } = sending((labels) => (labels.includes('h2') ? denied : undefined));
    expect(outcome(await applyBatches(names(4), VENDOR_LIMITS, send))).toEqual({
      h0: 'applied',
      h1: 'applied',
      h2: 'refused',
      h3: 'applied',
    });
  });

  it('is an error of the provider where nothing is allowed, after a few tries', async () => {
    const { send, sent } = sending(() => denied);
    await expect(applyBatches(names(300), VENDOR_LIMITS, send)).rejects.toMatchObject({ code: 'PROVIDER_FORBIDDEN' });
    expect(sent).toHaveLength(8);
  });
});

describe('what cannot be sent', () => {
  const limits = { ...VENDOR_LIMITS, changes: 1 };

  it('is kept back behind a throttle, and not sent after it', async () => {
    const { send, sent } = sending((_, call) => (call === 2 ? { kind: 'throttled', afterMs: 700 } : undefined));
    const results = await applyBatches(names(4), limits, send);
    expect(outcome(results)).toEqual({ h0: 'applied', h1: 'throttled', h2: 'throttled', h3: 'throttled' });
    expect(results[1]).toEqual({ kind: 'throttled', owner: 'h1.example.com.', afterMs: 700 });
    expect(sent).toHaveLength(2);
  });

  it('is kept back where the server does not answer, and what was sent is unknown', async () => {
    const { send } = sending((_, call) => (call === 2 ? { kind: 'unknown', error: unavailable } : undefined));
    expect(outcome(await applyBatches(names(3), limits, send))).toEqual({ h0: 'applied', h1: 'unknown', h2: 'throttled' });
  });

  it.each(['unsent', 'failed'] as const)(
    'is an error where nothing has been written (%s), and kept back where something has',
    async (kind) => {
      const first = sending(() => ({ kind, error: unavailable }));
      await expect(applyBatches(names(3), limits, first.send)).rejects.toBe(unavailable);
      const second = sending((_, call) => (call === 2 ? { kind, error: unavailable } : undefined));
      expect(outcome(await applyBatches(names(3), limits, second.send))).toEqual({
        h0: 'applied',
        h1: 'throttled',
        h2: 'throttled',
      });
    },
  );

  it('is told where the caller gives up in the middle, and is an error where he does so before', async () => {
    const givesUp = (at: number): SendBatch => {
      let calls = 0;
      return () => (++calls === at ? Promise.reject(new Error('given up')) : Promise.resolve(undefined));
    };
    await expect(applyBatches(names(2), limits, givesUp(1))).rejects.toThrow('given up');
    expect(outcome(await applyBatches(names(3), limits, givesUp(2)))).toEqual({
      h0: 'applied',
      h1: 'throttled',
      h2: 'throttled',
    });
  });
});
