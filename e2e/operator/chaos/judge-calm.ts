/** What has to hold when everything is left alone again. */
import type { ControlPlane } from '../../../tools/control-plane/control-plane.ts';
import { call } from '../../support/kube-objects.ts';
import type { ChaosZone } from './chaos-zones.ts';
import { LEASE } from './mischief.ts';
import { writersNow } from './one-writer.ts';
import type { Population } from './population.ts';
import { type Presence, viewOf } from './presence.ts';
import type { Replica } from './replica.ts';
import { linesOfWish, PATHS } from './wishes.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly observedGeneration: number;
}

interface ObjectWithStatus {
  readonly metadata: { readonly name: string; readonly generation: number; readonly deletionTimestamp?: string };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number };
}

/** What is under judgement. */
export interface Scene {
  readonly cluster: ControlPlane;
  readonly zones: readonly ChaosZone[];
  readonly replicas: readonly Replica[];
  readonly population: Population;
  readonly presence: Presence;
}

/** What is not as it has to be by now: one line each, none where all is well. */
export async function faultsNow(scene: Scene): Promise<readonly string[]> {
  return [
    ...scene.replicas.flatMap(({ lives }) => {
      const end = lives.at(-1)?.process.child.exited();
      return end === undefined ? [] : [`${lives.at(-1)?.name} has ended by itself: ${end}`];
    }),
    ...(await Promise.all(scene.zones.map((zone) => faultsOfZone(zone, scene)))).flat(),
    ...(await faultsOfRecords(scene)),
    ...(await faultsOfEndpoints(scene)),
    ...(await faultsOfLease(scene)),
  ];
}

async function faultsOfZone(zone: ChaosZone, { population, presence }: Scene): Promise<readonly string[]> {
  const view = viewOf(await zone.dump());
  const inZone = (name: string): boolean => name.endsWith(`.${zone.apex}`);
  const wishes = [...population.wishes.values()].filter(({ blocked }) => !blocked);
  const names = new Set(wishes.flatMap((wish) => wish.names).filter(inZone));
  const foreign = [...presence.foreign].filter((line) => inZone(line.slice(0, line.indexOf(' '))));
  const expected = new Set([
    ...foreign,
    ...wishes.flatMap((wish) => wish.names.filter(inZone).flatMap((name) => linesOfWish(name, wish.content))),
  ]);
  const held = new Set([...view.data.values()].flat());
  return [
    ...[...expected].filter((line) => !held.has(line)).map((line) => `missing: ${line}`),
    ...[...held].filter((line) => !expected.has(line)).map((line) => `not asked for: ${line}`),
    ...[...names].filter((name) => !view.marked.has(name)).map((name) => `no marker: ${name}`),
    ...[...view.marked].filter((name) => !names.has(name)).map((name) => `marker of nothing: ${name}`),
  ];
}

async function faultsOfRecords({ cluster, population }: Scene): Promise<readonly string[]> {
  const { items } = await call<{ readonly items: readonly ObjectWithStatus[] }>(cluster, 'GET', PATHS.Record);
  const wishes = [...population.wishes.values()].filter(({ kind }) => kind === 'Record');
  const known = new Set(wishes.map(({ id }) => id));
  return [
    ...items.flatMap(({ metadata, status }) => {
      const { name, generation, deletionTimestamp } = metadata;
      if (deletionTimestamp !== undefined || !known.has(name)) return [`Record ${name} is still there`];
      const conditions = status?.conditions ?? [];
      const good = conditions.filter((one) => one.status === 'True' && one.observedGeneration === generation);
      const told = JSON.stringify(conditions.map((one) => `${one.type}=${one.status} ${one.reason} @${one.observedGeneration}`));
      return good.length === 2 && conditions.length === 2 ? [] : [`Record ${name}, generation ${generation}: ${told}`];
    }),
    ...wishes.filter(({ id }) => !items.some(({ metadata }) => metadata.name === id)).map(({ id }) => `no Record ${id}`),
  ];
}

/** Which of their editions was read is told in their status. */
async function faultsOfEndpoints({ cluster }: Scene): Promise<readonly string[]> {
  const { items } = await call<{ readonly items: readonly ObjectWithStatus[] }>(cluster, 'GET', PATHS.DNSEndpoint);
  return items.flatMap(({ metadata: { name, generation }, status }) =>
    status?.observedGeneration === generation
      ? []
      : [`DNSEndpoint ${name}, generation ${generation}: read is ${status?.observedGeneration}`],
  );
}

async function faultsOfLease({ cluster, replicas }: Scene): Promise<readonly string[]> {
  const { spec } = await call<{ readonly spec: { readonly holderIdentity?: string } }>(cluster, 'GET', LEASE);
  const writers = writersNow(replicas.flatMap(({ life }) => life ?? []));
  return writers.length === 1 && spec.holderIdentity !== undefined && spec.holderIdentity !== ''
    ? []
    : [`the Lease is ${spec.holderIdentity ?? 'nobody'}'s, and ${writers.join(' and ') || 'nobody'} writes`];
}
