import { describe, expect, it } from '@jest/globals';

import { heldLease, readLease, releasedLease } from './lease.ts';

const NOW = Date.parse('2026-11-22T10:00:00.123Z');
const TERMS = { namespace: 'dns', name: 'kubezone-resolver', identity: 'me', leaseMs: 15_000, now: NOW };

describe('a Lease', () => {
  it('is made with its holder, its duration and the time to the microsecond', () => {
    expect(heldLease(undefined, TERMS)).toEqual({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'kubezone-resolver', namespace: 'dns' },
      spec: {
        holderIdentity: 'me',
        leaseDurationSeconds: 15,
        acquireTime: '2026-11-22T10:00:00.123000Z',
        renewTime: '2026-11-22T10:00:00.123000Z',
        leaseTransitions: 0,
      },
    });
  });

  it('keeps when it was acquired while it is renewed, and what others have written into it', () => {
    const metadata = { name: 'l', resourceVersion: '7', annotations: { 'kubezone.io/confirm': 'x' } };
    const before = readLease({
      metadata,
      spec: { holderIdentity: 'me', acquireTime: 'then', leaseTransitions: 3, strategy: 'OldestEmulationVersion' },
    });
    expect(heldLease(before, TERMS)).toMatchObject({
      metadata,
      spec: { acquireTime: 'then', leaseTransitions: 3, strategy: 'OldestEmulationVersion' },
    });
  });

  it('counts how often it has passed on', () => {
    const before = readLease({ metadata: {}, spec: { holderIdentity: 'you', acquireTime: 'then', leaseTransitions: 3 } });
    expect(heldLease(before, TERMS)).toMatchObject({ spec: { leaseTransitions: 4, acquireTime: '2026-11-22T10:00:00.123000Z' } });
  });

  it('has no holder when it is given back, and passes on all the same', () => {
    const before = readLease({ metadata: {}, spec: { holderIdentity: 'me', leaseTransitions: 3 } });
    const given = releasedLease(before, NOW);
    expect(given['spec']).toEqual({
      leaseDurationSeconds: 1,
      leaseTransitions: 3,
      acquireTime: '2026-11-22T10:00:00.123000Z',
      renewTime: '2026-11-22T10:00:00.123000Z',
    });
    expect(readLease(given)).toMatchObject({ holder: '', used: true });
  });

  it("is nobody's where its fields are not what the API says", () => {
    const spec = { holderIdentity: 7, leaseDurationSeconds: -1, leaseTransitions: 'x', renewTime: null };
    expect(readLease({ spec })).toMatchObject({ holder: '', durationMs: undefined, transitions: 0, used: false });
  });
});
