import { SCENARIO_ZONES, type ScenarioProvider } from '@kubezone/controller/testing';
import { isAtOrBelow, isFailure, nameOf, type OwnerName, printRRType, type Provider, scanRecord } from '@kubezone/core';

import type { Gate } from './http-gate.ts';

/** A server with the zones of the scenarios, and what a provider does with it. */
export interface ZoneServer {
  readonly kind: ScenarioProvider;
  /** A provider as a new process makes it, which reaches the server through the gate and waits for no rate. */
  connect(): Provider;
  /** Where requests of that provider pass. */
  readonly gate: Gate;
  /** Which of them write. */
  readonly writes: RegExp;
  /** Empties the zones but for these records, not by way of the provider. */
  seed(lines: readonly string[]): Promise<void>;
  /** Puts these records, of one name and type, in place of what there is; none: takes it away. Not by way of the provider. */
  replace(name: string, type: string, lines: readonly string[]): Promise<void>;
  /** What the zones hold, not by way of the provider: lines of a zone file, without SOA and NS of the apexes. */
  dump(): Promise<readonly string[]>;
  /** Fails where something is amiss that `dump` does not show. Called with what it shows in the end. */
  verify?(held: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export const APEXES: readonly OwnerName[] = SCENARIO_ZONES.map((zone) => nameOf(zone));

/** The longest of the zones that a name lies in. */
export function zoneOf(owner: OwnerName): OwnerName {
  const [apex] = APEXES.filter((one) => isAtOrBelow(owner, one)).toSorted((one, other) => other.length - one.length);
  if (apex === undefined) throw new RangeError(`no zone for ${owner}`);
  return apex;
}

/** Lines by their zones, every zone among them. */
export function byZone(lines: readonly string[]): ReadonlyMap<OwnerName, readonly string[]> {
  const groups = Map.groupBy(lines, (line) => zoneOf(recordOf(line).owner));
  return new Map(APEXES.map((apex) => [apex, groups.get(apex) ?? []]));
}

/** Lines by name and type. */
export function byRRset(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy(lines, (line) => {
    const { owner, type } = recordOf(line);
    return `${owner} ${printRRType(type)}`;
  });
}

export function recordOf(line: string) {
  const record = scanRecord(line);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  return record;
}
