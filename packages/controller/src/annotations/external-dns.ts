import { MAX_TTL } from '@kubezone/core';

import type { LocalProblem } from '../cluster/problem.ts';
import { abridge, quote } from '../resources/fields.ts';
import { ProblemList } from '../sources/problem-list.ts';
import { expectOneKind, readTargets } from '../sources/read-targets.ts';
import { type Annotation, annotationPath, reportAnnotation } from './annotation.ts';
import { IGNORE_ANNOTATION, readFlag } from './flag.ts';
import { scanGoDuration } from './go-duration.ts';
import { MAX_HOSTNAMES, splitList } from './list.ts';
import { providerProperties } from './provider-properties.ts';
import { MAX_TARGETS, type Target } from './target.ts';

/** The prefixes of external-dns's annotations, the one that counts first: that of version 0.22 and later, and that of the versions before. */
export const EXTERNAL_DNS_PREFIXES = ['external-dns.kubernetes.io/', 'external-dns.alpha.kubernetes.io/'] as const;

/** The value of the annotation `controller` by which an object is external-dns's, and ours. */
export const DEFAULT_CONTROLLER = 'dns-controller';

export interface ExternalDnsOptions {
  /**
   * Whether the annotation `target` replaces an object's own addresses. Whoever publishes names honours it; whoever serves them to a local
   * network usually ignores it: people publish a public name for what they reach at its local address.
   */
  readonly target: 'honour' | 'ignore';
  /** Objects whose annotation `controller` says something else are another controller's. @default dns-controller */
  readonly controller?: string;
}

const HOSTNAME_SOURCES = ['annotation-only', 'defined-hosts-only'] as const;
/** Which of its host names count: those of the annotation `hostname`, or those that it defines itself. @default both */
export type HostnameSource = (typeof HOSTNAME_SOURCES)[number];

/** What an object says by annotations of external-dns, and by our own `kubezone.io/ignore`. */
export interface ExternalDnsAnnotations {
  /** The object is not to be looked at: it opts out, or belongs to another controller. */
  readonly ignored: boolean;
  /** Whether there is an annotation `hostname`, be it empty or wrong. */
  readonly hostnamesGiven: boolean;
  readonly hostnames: readonly string[];
  readonly internalHostnames: readonly string[];
  /** Whether there is an annotation `target` that counts, be it empty or wrong: the object's own addresses are then not meant. */
  readonly targetsGiven: boolean;
  readonly targets: readonly Target[];
  /** Seconds, from 1. */
  readonly ttl?: number;
  readonly access?: 'public' | 'private';
  readonly endpointsType?: 'NodeExternalIP' | 'HostIP';
  readonly setIdentifier?: string;
  readonly alias?: boolean;
  /** Of an Ingress; on any other object it says nothing. */
  readonly ingressHostnameSource?: HostnameSource;
  /** Of a route. */
  readonly gatewayHostnameSource?: HostnameSource;
  /** What only some providers can do, such as `aws/weight`, untouched; `alias` and `record-type` among them. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly problems: readonly LocalProblem[];
}

const ABSENT: ExternalDnsAnnotations = {
  ignored: false,
  hostnamesGiven: false,
  hostnames: [],
  internalHostnames: [],
  targetsGiven: false,
  targets: [],
  problems: [],
};

/** Reads an object's annotations. What is wrong with one of them costs that one alone, and is in `problems`. */
export function readExternalDns(
  { annotations }: { readonly annotations: Readonly<Record<string, string>> },
  { target, controller = DEFAULT_CONTROLLER }: ExternalDnsOptions,
): ExternalDnsAnnotations {
  const problems = new ProblemList();
  const optedOut = readFlag(annotations, IGNORE_ANNOTATION, problems);
  const given = withoutPrefixes(annotations, problems);
  if (given === undefined)
    return optedOut || problems.all().length > 0 ? { ...ABSENT, ignored: optedOut, problems: problems.all() } : ABSENT;
  const claimed = given.get('controller');
  if (optedOut || (claimed !== undefined && claimed.value !== controller))
    return { ...ABSENT, ignored: true, problems: problems.all() };

  const hostnames = given.get('hostname');
  const targets = target === 'honour' ? given.get('target') : undefined;
  const ttl = readTtl(given.get('ttl'), problems);
  const access = oneOf(given.get('access'), ['public', 'private'], problems);
  const endpointsType = oneOf(given.get('endpoints-type'), ['NodeExternalIP', 'HostIP'], problems);
  const alias = oneOf(given.get('alias'), ['true', 'false'], problems);
  const ingressHostnameSource = oneOf(given.get('ingress-hostname-source'), HOSTNAME_SOURCES, problems);
  const gatewayHostnameSource = oneOf(given.get('gateway-hostname-source'), HOSTNAME_SOURCES, problems);
  const setIdentifier = given.get('set-identifier')?.value;
  const recordType = oneOf(given.get('record-type'), ['ptr'], problems);
  const properties = providerProperties(given, { alias, recordType });
  return {
    ignored: false,
    hostnamesGiven: hostnames !== undefined,
    hostnames: readHostnames(hostnames, problems),
    internalHostnames: readHostnames(given.get('internal-hostname'), problems),
    targetsGiven: targets !== undefined,
    targets: targets === undefined ? [] : readTargetList(targets, problems),
    ...(ttl === undefined ? {} : { ttl }),
    ...(access === undefined ? {} : { access }),
    ...(endpointsType === undefined ? {} : { endpointsType }),
    ...(setIdentifier === undefined || setIdentifier === '' ? {} : { setIdentifier }),
    ...(alias === undefined ? {} : { alias: alias === 'true' }),
    ...(ingressHostnameSource === undefined ? {} : { ingressHostnameSource }),
    ...(gatewayHostnameSource === undefined ? {} : { gatewayHostnameSource }),
    ...(properties === undefined ? {} : { properties }),
    problems: problems.all(),
  };
}

/** Where in an object the annotation of a key such as `hostname` stands that counts: under the first prefix under which there is one. */
export function externalDnsPath(annotations: Readonly<Record<string, string>>, key: string): string {
  const names = EXTERNAL_DNS_PREFIXES.map((prefix) => prefix + key);
  return annotationPath(names.find((name) => Object.hasOwn(annotations, name)) ?? names[0] ?? key);
}

/** The annotations under either prefix, by what follows it; undefined where there are none. */
function withoutPrefixes(
  annotations: Readonly<Record<string, string>>,
  problems: ProblemList,
): ReadonlyMap<string, Annotation> | undefined {
  let given: Map<string, Annotation> | undefined;
  // In the order of the prefixes: what an earlier one has stands.
  for (const prefix of EXTERNAL_DNS_PREFIXES) {
    for (const name in annotations) {
      const value = name.startsWith(prefix) ? annotations[name] : undefined;
      if (value === undefined) continue;
      given ??= new Map();
      const key = name.slice(prefix.length);
      const winner = given.get(key);
      if (winner === undefined) given.set(key, { name, value });
      else if (winner.value !== value) reportShadowed(name, value, winner, problems);
    }
  }
  return given;
}

function reportShadowed(name: string, value: string, winner: Annotation, problems: ProblemList): void {
  const path = annotationPath(name);
  const [found, used] = [value, winner.value].map((text) => quote(text));
  const message = `${path}: found ${found}, but ${abridge(winner.name)} says ${used}, and that is used; expected one of the two, or the same in both`;
  problems.add({ code: 'ANNOTATION_SHADOWED', path, message });
}

function readHostnames(given: Annotation | undefined, problems: ProblemList): readonly string[] {
  if (given === undefined) return [];
  return splitList(given.value, annotationPath(given.name), 'host names', MAX_HOSTNAMES, problems);
}

function readTargetList({ name, value }: Annotation, problems: ProblemList): readonly Target[] {
  const path = annotationPath(name);
  const targets = readTargets(splitList(value, path, 'targets', MAX_TARGETS, problems), path, problems);
  return expectOneKind(targets, path, problems);
}

/** Nothing, for 0, which external-dns takes for no TTL at all. */
function readTtl(given: Annotation | undefined, problems: ProblemList): number | undefined {
  if (given === undefined) return undefined;
  const seconds = scanGoDuration(given.value.trim());
  if (seconds !== undefined && seconds >= 0 && seconds <= MAX_TTL) return Math.floor(seconds) || undefined;
  reportAnnotation(given, `a number of seconds up to ${MAX_TTL}, or a duration such as 1m30s`, problems);
  return undefined;
}

function oneOf<const T extends string>(
  given: Annotation | undefined,
  allowed: readonly T[],
  problems: ProblemList,
): T | undefined {
  if (given === undefined || given.value === '') return undefined;
  const found = allowed.find((one) => one === given.value);
  if (found === undefined) {
    const expected = allowed.map((one) => JSON.stringify(one)).join(' or ');
    reportAnnotation(given, expected, problems);
  }
  return found;
}
