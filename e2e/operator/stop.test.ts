/**
 * The built operator under its Lease, at a live API server: a leader that is stopped in the middle of its writes and goes on half a minute later, or whose Lease is taken
 * or removed, starts no write that is not its to start. Every process has its own way to the vendor, which counts its writes.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type ControlPlane, findControlPlane, startControlPlane } from '../../tools/control-plane/control-plane.ts';
import { type OperatorProcess, startOperator } from '../support/built-operator.ts';
import { eventually } from '../support/eventually.ts';
import { annotate, call } from '../support/kube-objects.ts';
import { type SimulatedVendor, startVendor, type VendorName } from '../support/simulated-vendor.ts';
import { VendorRelay } from '../support/vendor-relay.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const SERVICES = '/api/v1/namespaces/default/services';
const HOSTNAME = 'external-dns.kubernetes.io/hostname';
const SERVICE_COUNT = 4;
const NAMES_EACH = 50;
const NAMES = SERVICE_COUNT * NAMES_EACH;
/** Decision of the election: a holder that cannot renew writes for so long, and others leave its Lease alone for so long. */
const DEADLINE_MS = 10_000;
const LEASE_MS = 15_000;
const STOPPED_MS = 30_000;

const BEGINS = 'this process writes from now on';
const ENDS = 'this process writes no more';

const found = await findControlPlane();
const reasonToSkip = 'missing' in found ? found.missing : undefined;
if (reasonToSkip !== undefined) process.stderr.write(`\n*** SKIPPED: the operator under its Lease: ${reasonToSkip}\n\n`);
const describeLive = reasonToSkip === undefined ? describe : describe.skip;

/** A process, and its own way to the vendor. */
interface Candidate {
  readonly operator: OperatorProcess;
  readonly relay: VendorRelay;
}

/** How a leader is stopped. */
interface Halt {
  /** When it was. */
  readonly stopped: Promise<number>;
  /** Called just before it goes on. */
  readonly goOn: () => void;
}

/** What is seen of a leader that was stopped. */
interface Stopped {
  /** From the stop to the other's first write. */
  readonly takenOverAfterMs: number;
  /** How many it has sent: when it was stopped, and a while after it has gone on. */
  readonly writes: readonly [number, number];
  /** What the zone holds just before it goes on, and a while after. */
  readonly dumps: readonly [readonly string[], readonly string[]];
  readonly saidByStandby: string;
}

/** What is seen of a leader whose Lease was taken, and then removed. */
interface Taken {
  readonly endedAfterMs: number;
  /** How many names were published by then. */
  readonly published: number;
  /** Writes while another held the Lease. */
  readonly betweenTerms: readonly number[];
  /** When writes were sent after the Lease was removed, from that moment. */
  readonly afterRemovalMs: readonly number[];
  readonly terms: number;
}

const hostsOf = (service: number): readonly string[] =>
  Array.from({ length: NAMES_EACH }, (_, at) => `n${service * NAMES_EACH + at}.example.com`);

describeLive('the operator under its Lease', () => {
  let cluster: ControlPlane;
  let folder: string;
  const closing: (() => Promise<void>)[] = [];
  /** Leaders that were stopped, and those that took over. */
  const pairs: { readonly vendor: SimulatedVendor; readonly leader: Candidate; readonly standby: Candidate }[] = [];
  /** All of them run beside each other: most of it is waiting. */
  let scenes: {
    readonly stoppedBefore: Promise<Stopped>;
    readonly stoppedAfter: Promise<Stopped>;
    readonly stoppedBetweenWrites: Promise<Stopped>;
    readonly leaseTaken: Promise<Taken>;
  };

  /** A vendor of its own, and a Lease that was given back. */
  async function openScene(lease: string, name: VendorName = 'route53'): Promise<SimulatedVendor> {
    const vendor = await startVendor(name);
    closing.push(() => vendor.close());
    const time = '2026-01-01T00:00:00.000000Z';
    const spec = { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time, leaseTransitions: 1 };
    await call(cluster, 'POST', LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: lease }, spec });
    return vendor;
  }

  async function start(vendor: SimulatedVendor, lease: string, process: string, options: object = {}): Promise<Candidate> {
    const relay = await VendorRelay.open(vendor.address);
    const providerOptions = { ...vendor.options(relay.url), batchChangeSize: 5, ...options };
    const config = {
      clusters: [{ name: 'live', kubeconfig: cluster.kubeconfigPath }],
      sources: ['service'],
      owner: { id: 'stopped' },
      leaderElection: { namespace: 'default', name: lease },
      providers: [{ selector: ['example.com'], provider: vendor.name, providerOptions }],
    };
    const file = join(folder, `${lease}-${process}.yaml`);
    await writeFile(file, JSON.stringify(config));
    const operator = await startOperator(['--config', file], { cwd: folder, env: vendor.environment });
    closing.unshift(async () => {
      await operator.stop('SIGKILL');
      await relay.close();
    });
    return { operator, relay };
  }

  const markers = (vendor: SimulatedVendor): number =>
    vendor.dump().filter((line) => line.includes('heritage=kubezone') && line.includes('owner=stopped')).length;

  const complete = (vendor: SimulatedVendor, names: number, withinMs: number): Promise<true> =>
    eventually<true>(
      'everything is published',
      () => {
        if (markers(vendor) === names && vendor.dump().length === 2 * names) return true;
        throw new Error(`${markers(vendor)} of ${names} markers, ${vendor.dump().length} records`);
      },
      { withinMs },
    );

  const writesReach = (relay: VendorRelay, count: number): Promise<true> =>
    eventually<true>(`${count} writes`, () => (relay.writes >= count ? true : undefined), { withinMs: 60_000, everyMs: 5 });

  /** Stops the leader at one of its writes, for half a minute, while another takes over; looks what it starts when it goes on. */
  async function stopLeader(vendor: SimulatedVendor, lease: string, leader: Candidate, halt: Halt): Promise<Stopped> {
    const stoppedAt = await halt.stopped;
    const standby = await start(vendor, lease, 'standby');
    pairs.push({ vendor, leader, standby });
    const writesThen = leader.relay.writes;
    await writesReach(standby.relay, 1);
    await complete(vendor, NAMES, 90_000);
    await sleep(Math.max(0, stoppedAt + STOPPED_MS - Date.now()));
    const dump = vendor.dump();
    halt.goOn();
    leader.operator.signal('SIGCONT');
    await leader.operator.says(ENDS, { withinMs: 30_000 });
    await sleep(3000);
    return {
      takenOverAfterMs: (standby.relay.arrivals[0] ?? 0) - stoppedAt,
      writes: [writesThen, leader.relay.writes],
      dumps: [dump, vendor.dump()],
      saidByStandby: standby.operator.text(),
    };
  }

  /** @param point until when it goes well: the vendor carries the write out only when all is written by another; or it does not answer until then */
  async function stoppedInWrite(name: VendorName, point: 'arrived' | 'carriedOut'): Promise<Stopped> {
    const lease = `stopped-in-write-${name}`;
    const vendor = await openScene(lease, name);
    const leader = await start(vendor, lease, 'leader');
    const gate = Promise.withResolvers<void>();
    const stopped = new Promise<number>((resolve) => {
      leader.relay.hooks[point] = (nth) => {
        if (nth !== 5) return undefined;
        leader.operator.signal('SIGSTOP');
        resolve(Date.now());
        return gate.promise;
      };
    });
    return stopLeader(vendor, lease, leader, { stopped, goOn: gate.resolve });
  }

  async function stoppedBetweenWrites(): Promise<Stopped> {
    const lease = 'stopped-between-writes';
    const vendor = await openScene(lease);
    // After ten at once two in a second: most of the time it waits for its turn, inside of a call.
    const leader = await start(vendor, lease, 'leader', { requestsPerSecond: 2 });
    const stopped = new Promise<number>((resolve) => {
      leader.relay.hooks.answered = (nth) => {
        if (nth !== 12) return;
        setTimeout(() => {
          leader.operator.signal('SIGSTOP');
          resolve(Date.now());
        }, 100);
      };
    });
    return stopLeader(vendor, lease, leader, { stopped, goOn: () => undefined });
  }

  /** Takes the Lease from a process that writes, lets it have it again, and removes it. */
  async function leaseTaken(): Promise<Taken> {
    const lease = 'taken';
    const vendor = await openScene(lease);
    const { operator, relay } = await start(vendor, lease, 'leader', { requestsPerSecond: 4 });
    await writesReach(relay, 22);
    const thief = { holderIdentity: 'thief', leaseDurationSeconds: 3, renewTime: new Date().toISOString().replace('Z', '000Z') };
    await call(cluster, 'PATCH', `${LEASES}/${lease}`, { spec: thief });
    const takenAt = Date.now();
    await operator.says(ENDS, { withinMs: 30_000 });
    const published = markers(vendor);
    const mark = operator.text().length;
    await operator.says(BEGINS, { withinMs: 30_000, mark });
    await writesReach(relay, relay.writes + 4);
    await call(cluster, 'DELETE', `${LEASES}/${lease}`);
    const removedAt = Date.now();
    await complete(vendor, NAMES, 60_000);
    const said = (message: string): readonly number[] =>
      operator.logLines().flatMap(({ msg, time }) => (msg === message ? Date.parse(String(time)) : []));
    const [begins, ends] = [said(BEGINS), said(ENDS)];
    return {
      endedAfterMs: (ends[0] ?? Infinity) - takenAt,
      published,
      // One request may have been on its way.
      betweenTerms: relay.arrivals.filter((at) => at > (ends[0] ?? 0) + 1000 && at < (begins[1] ?? Infinity)),
      afterRemovalMs: relay.arrivals.filter((at) => at > removedAt).map((at) => at - removedAt),
      terms: begins.length,
    };
  }

  beforeAll(async () => {
    [cluster, folder] = await Promise.all([startControlPlane({}), mkdtemp(join(tmpdir(), 'kubezone-stop-'))]);
    for (let index = 0; index < SERVICE_COUNT; index++) {
      const metadata = { name: `s${index}`, annotations: { [HOSTNAME]: hostsOf(index).join(',') } };
      const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };
      await call(cluster, 'POST', SERVICES, { apiVersion: 'v1', kind: 'Service', metadata, spec });
      const status = { loadBalancer: { ingress: [{ ip: `192.0.2.${index + 1}` }] } };
      await call(cluster, 'PATCH', `${SERVICES}/s${index}/status`, { status });
    }
    scenes = {
      stoppedBefore: stoppedInWrite('route53', 'arrived'),
      // Nothing keeps a late write from being done there, so it is done in time; but its answer comes late.
      stoppedAfter: stoppedInWrite('cloudflare', 'carriedOut'),
      stoppedBetweenWrites: stoppedBetweenWrites(),
      leaseTaken: leaseTaken(),
    };
    // Whoever awaits it is told.
    for (const scene of Object.values(scenes)) scene.catch(() => undefined);
  }, 600_000);

  afterAll(async () => {
    for (const close of closing.splice(0)) await close();
    await cluster?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it.each([
    ['stopped while Route 53 had one of its writes, and had not carried it out', 'stoppedBefore', 5],
    ['stopped while Cloudflare had carried out one of its writes, and not answered', 'stoppedAfter', 5],
    ['stopped while it waited for its turn', 'stoppedBetweenWrites', 12],
  ] as const)(
    'starts no write when it goes on after half a minute: %s',
    async (_, scene, writes) => {
      const { takenOverAfterMs, writes: seen, dumps, saidByStandby } = await scenes[scene];
      // The other has waited until the one before it could write no more, though that one never said so.
      expect(takenOverAfterMs).toBeGreaterThan(DEADLINE_MS);
      expect(takenOverAfterMs).toBeLessThan(STOPPED_MS);
      expect(seen).toEqual([writes, writes]);
      expect(dumps[1]).toEqual(dumps[0]);
      expect(saidByStandby).not.toContain(ENDS);
    },
    180_000,
  );

  it('stops writing when its Lease is taken or removed, and begins again when nobody else can be writing', async () => {
    const { endedAfterMs, published, betweenTerms, afterRemovalMs, terms } = await scenes.leaseTaken;
    expect(endedAfterMs).toBeLessThan(DEADLINE_MS);
    expect(published).toBeLessThan(NAMES);
    expect(betweenTerms).toEqual([]);
    // A Lease that is gone may have been another's: who makes it anew waits for as long as it would have counted.
    expect(afterRemovalMs.filter((ms) => ms > DEADLINE_MS && ms < LEASE_MS)).toEqual([]);
    expect(afterRemovalMs.some((ms) => ms >= LEASE_MS)).toBe(true);
    expect(terms).toBe(3);
  }, 180_000);

  it('leaves to the one that took over what changes afterwards', async () => {
    await Promise.allSettled(Object.values(scenes));
    expect(pairs).toHaveLength(3);
    const before = pairs.map(({ leader, standby }) => [leader.relay.writes, standby.relay.writes]);
    await annotate(cluster, `${SERVICES}/s0`, { [HOSTNAME]: [...hostsOf(0), 'new.example.com'].join(',') });
    for (const { vendor } of pairs) await complete(vendor, NAMES + 1, 30_000);
    const after = pairs.map(({ leader, standby }) => [leader.relay.writes, standby.relay.writes]);
    expect(after).toEqual(before.map(([first = 0, second = 0]) => [first, second + 1]));
  }, 120_000);
});
