import { type AdoptRule, isFailure, type Policy, printRdata, printRRType, scanRecord, type ShownPlan } from '@kubezone/core';

/** Kinds of providers, as far as they can hold different things. */
export type ScenarioProvider = 'cloudflare' | 'google' | 'memory' | 'rfc2136' | 'route53' | 'webhook';

/** What is there in the end. */
export interface ScenarioEnd {
  /** All data, without our markers; set identifier and properties that the provider has behind a semicolon. */
  readonly holds: readonly string[];
  /** `CODE NAME` of what is withheld. @default nothing */
  readonly withheld?: readonly string[];
}

/** Zones, what is asked for, and what is there in the end. */
export interface PublishScenario extends ScenarioEnd {
  readonly rule: string;
  /** Records that are there before; `NAME @OWNER TYPES/SOURCE` is a marker. */
  readonly held?: readonly string[];
  /** By object: what it asks for, as `desiredOf` reads it. */
  readonly asked?: Readonly<Record<string, readonly string[]>>;
  /** What objects ask for afterwards instead, once the first is published. */
  readonly afterwards?: Readonly<Record<string, readonly string[]>>;
  readonly policy?: Policy;
  readonly adopt?: readonly AdoptRule[];
  readonly excludeNames?: readonly string[];
  readonly recordTypes?: readonly number[];
  readonly minTtl?: number;
  /** The addresses of every host name that has to be looked up. @default there is nobody who looks them up */
  readonly addresses?: readonly string[];
  /** There is nothing to write. */
  readonly unwritten?: true;
  /** Where some providers end otherwise. */
  readonly at?: Readonly<Partial<Record<ScenarioProvider, ScenarioEnd>>>;
}

/** The zones of every scenario. */
export const SCENARIO_ZONES: readonly string[] = ['example.com', 'foo.com', 'sub.example.com'];

/** The owner id under which scenarios are published, and the id of the cluster. */
export const SCENARIO_OWNER = 'me';
export const SCENARIO_CLUSTER = 'c1';

/** The records that are there before, markers spelled out. */
export function heldRecords({ held = [] }: PublishScenario): string[] {
  return held.map((line) => {
    const [, name, owner, own] = /^(\S+) @(\w+) (\S+)$/.exec(line) ?? [];
    if (name === undefined || owner === undefined || own === undefined) return line;
    return markerRecord(name, owner, own);
  });
}

/** A marker as a record. */
export function markerRecord(place: string, owner: string, own: string): string {
  return `${place} 300 TXT "heritage=kubezone,v=1,owner=${owner},cluster=${SCENARIO_CLUSTER},own=${own}"`;
}

/** What is to be there in the end at a kind of provider, sorted. */
export function endOf(scenario: PublishScenario, provider: ScenarioProvider): Required<ScenarioEnd> {
  const { holds, withheld = [] } = scenario.at?.[provider] ?? scenario;
  return { holds: holds.map(sameForm).toSorted(), withheld: withheld.toSorted() };
}

/** Data without our markers, in one form whoever has printed them, sorted. */
export function dataOf(records: readonly string[]): string[] {
  return records
    .filter((line) => !line.includes('heritage=kubezone'))
    .map(sameForm)
    .toSorted();
}

/** What is withheld, and what could be taken over but is not wanted, as `CODE NAME`, sorted. */
export function withheldOf(plans: readonly ShownPlan[]): string[] {
  return plans
    .flatMap(({ names, adoptable = [] }) => [...names.flatMap(({ withheld }) => withheld), ...adoptable])
    .map(({ code, owner }) => `${code} ${owner}`)
    .toSorted();
}

/** `NAME TTL TYPE RDATA`, with what follows behind a semicolon. */
function sameForm(line: string): string {
  const [, text = '', more = ''] = /^(.*?)( ; [^"]*)?$/.exec(line) ?? [];
  if (/^\S+ \d+ \S+ ALIAS /.test(text)) return line;
  const record = scanRecord(text);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  const { owner, ttl, type, rdata } = record;
  return `${owner} ${ttl} ${printRRType(type)} ${printRdata(type, rdata)}${more}`;
}
