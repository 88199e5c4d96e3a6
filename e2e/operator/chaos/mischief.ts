/** What befalls the processes, the API server, the Lease and the ways between them. Each goes on until it is told to end, and leaves everything as it was. */
import type { ControlPlane } from '../../../tools/control-plane/control-plane.ts';
import { signalControlPlane } from '../../support/server-signal.ts';
import type { RelayState, TcpRelay } from '../../support/tcp-relay.ts';
import type { Chance } from './chance.ts';
import type { ChaosZone } from './chaos-zones.ts';
import type { Counts } from './population.ts';
import type { Replica } from './replica.ts';

/** A source of trouble, until it is aborted. */
export type Mischief = (chance: Chance, over: AbortSignal, count: (what: string) => void) => Promise<void>;

export const LEASE = '/apis/coordination.k8s.io/v1/namespaces/default/leases/kubezone-operator';

/** Runs all of them beside each other. @throws what one of them has failed with */
export async function makeMischief(
  mischiefs: Readonly<Record<string, Mischief>>,
  chance: Chance,
  over: AbortSignal,
  counts: Counts,
): Promise<void> {
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  await Promise.all(Object.entries(mischiefs).map(([name, mischief]) => mischief(chance.fork(name), over, count)));
}

/** Stops a replica for a while, kills it, or has it end and begin again. @param rarity 1 where it is as often as can be */
export function withReplica(replica: Replica, rarity: number): Mischief {
  return async (chance, over, count) => {
    while (!over.aborted) {
      await pause(chance, over, 4_000 * rarity, 30_000 * rarity);
      if (over.aborted) break;
      await troubleReplica(replica, chance, over, count);
    }
  };
}

/** One such trouble. */
export async function troubleReplica(
  replica: Replica,
  chance: Chance,
  over: AbortSignal,
  count: (what: string) => void,
): Promise<void> {
  const what = chance.weighted([
    [5, 'SIGSTOP'],
    [4, 'SIGKILL'],
    [1, 'SIGTERM'],
  ] as const);
  const longestMs = what === 'SIGSTOP' ? 40_000 : 8_000;
  if (await replica.suffer(what, () => pause(chance, over, 0, longestMs))) count(`replica ${what}`);
}

/** Stops the API server for up to 20 seconds, or kills it and starts it again. */
export function withApiServer(cluster: ControlPlane, rarity: number): Mischief {
  return async (chance, over, count) => {
    while (!over.aborted) {
      await pause(chance, over, 10_000 * rarity, 35_000 * rarity);
      if (over.aborted) break;
      if (chance.happens(0.75)) {
        count('API server SIGSTOP');
        signalControlPlane(cluster, 'SIGSTOP');
        await pause(chance, over, 1_000, 20_000);
        signalControlPlane(cluster, 'SIGCONT');
      } else {
        count('API server SIGKILL');
        await cluster.kill();
        await pause(chance, over, 0, 5_000);
        await cluster.restart();
      }
    }
  };
}

/** Cuts, silences and slows a connection. */
export function withWay(relay: TcpRelay, what: string, longestMs: number): Mischief {
  return async (chance, over, count) => {
    while (!over.aborted) {
      await pause(chance, over, 5_000, 40_000);
      if (over.aborted) break;
      const state = chance.weighted<RelayState>([
        [3, 'cut'],
        [1, 'silent'],
        [3, { delayMs: chance.between(50, 1_500) }],
      ]);
      count(`${what} ${typeof state === 'string' ? state : 'slow'}`);
      relay.set(state);
      await pause(chance, over, 200, longestMs);
      relay.set('open');
    }
  };
}

/** Has requests to vendors refused, broken off and left without an answer. */
export function withVendor(spoil: NonNullable<ChaosZone['spoil']>): Mischief {
  return async (chance, over, count) => {
    while (!over.aborted) {
      await pause(chance, over, 1_000, 8_000);
      if (over.aborted) break;
      spoil(chance);
      count('vendor faults');
    }
  };
}

/** Writes into the Lease, 20 times a second for a while, or removes it. */
export function withLease(cluster: ControlPlane): Mischief {
  return async (chance, over, count) => {
    while (!over.aborted) {
      await pause(chance, over, 20_000, 60_000);
      if (over.aborted) break;
      if (chance.happens(0.3)) {
        await cluster.request('DELETE', LEASE).catch(() => undefined);
        count('Lease deleted');
        continue;
      }
      const until = Date.now() + chance.between(2_000, 15_000);
      while (Date.now() < until && !over.aborted) {
        const annotations = { 'example.com/written': String(chance.below(1_000_000)) };
        void cluster.request('PATCH', LEASE, { metadata: { annotations } }).catch(() => undefined);
        count('Lease annotated');
        await chance.sleep(50, 50);
      }
    }
  };
}

/** Does something again and again, several at a time. */
export function repeating(act: (chance: Chance) => Promise<void>, everyMs: number, atOnce: number): Mischief {
  return async (chance, over) => {
    const work = async (own: Chance): Promise<void> => {
      while (!over.aborted) {
        await pause(own, over, 0, 2 * everyMs * atOnce);
        if (!over.aborted) await act(own);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, (_, index) => work(chance.fork(String(index)))));
  };
}

/** Waits, but not longer than everything goes on. */
async function pause(chance: Chance, over: AbortSignal, lowMs: number, highMs: number): Promise<void> {
  const until = Date.now() + chance.between(lowMs, highMs);
  while (Date.now() < until && !over.aborted) await chance.sleep(0, Math.min(100, Math.max(1, until - Date.now())));
}
