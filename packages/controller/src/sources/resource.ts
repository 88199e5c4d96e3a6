import type { DesiredRRset, OwnerName } from '@kubezone/core';

import type { ExternalDnsAnnotations } from '../annotations/external-dns.ts';
import type { Target } from '../annotations/target.ts';
import { keyOf, type ObjectKey } from '../resources/resource.ts';
import { type UntypedKind, type UntypedObject, type UntypedResource, groupOf, untypedResource } from '../resources/untyped.ts';
import type { ObjectIndex, ObjectReader } from '../store/object-store.ts';
import { joinPaths } from '../template/field-paths.ts';
import { templateEntries } from '../template/name-list.ts';
import type { Template } from '../template/template.ts';
import { templateNaming } from '../template/templated-names.ts';
import { desireTargets } from './desire-targets.ts';
import { hostOwners } from './host-owners.ts';
import { keptFor, type ObjectSourceOptions, readAnnotations } from './object-source.ts';
import { ProblemList } from './problem-list.ts';
import { statusTargets } from './read-targets.ts';
import { sourcesOfKind } from './built-in-kinds.ts';
import { gatewayDependency, gatewayTargets, serviceDependency, serviceTargets, type TargetObject } from './resource-targets.ts';
import type { Dependency, Desire, Source } from './source.ts';
import { templatedHosts } from './templated-names.ts';

/** How objects of one kind ask for names. */
export interface ResourceRule extends UntypedKind {
  /** The names of an object, with commas between them. */
  readonly names: Template;
  /** Where its names get their addresses from. */
  readonly targets:
    | { readonly kind: 'template'; readonly template: Template }
    /** Those of the load balancer, external IPs or cluster IPs of a Service; those of a Gateway's status. */
    | { readonly kind: 'service' | 'gateway'; readonly namespace: string; readonly name: string };
  /**
   * `otherwise`: the annotation `hostname` comes before the template. `also`: both count. `only`: the annotation does not count.
   *
   * @default otherwise
   */
  readonly use?: 'otherwise' | 'also' | 'only' | undefined;
}

/** The kind of these sources. */
const KIND = 'resource';

/**
 * Objects of any kind by configuration: a source for each kind, whatever the number of its rules. Names are absolute: a host without a zone of ours, such as the short
 * ones of an Istio VirtualService, is nobody's.
 *
 * @throws {RangeError} where rules contradict each other, name a kind in two versions, or one that another source reads
 */
export function resourceSources(rules: readonly ResourceRule[], options: ObjectSourceOptions): Source<UntypedObject>[] {
  for (const rule of rules) {
    const taken = sourcesOfKind(rule);
    if (taken.length === 0) continue;
    throw new RangeError(
      `${rule.kind} (${rule.apiVersion}) is read by the source ${taken.join(', ')}, which is to be used for it`,
    );
  }
  const kinds = Map.groupBy(rules, ({ apiVersion, kind }) => `${kind}.${groupOf(apiVersion)}`);
  return Array.from(kinds.values(), (ofKind) => resourceSource(ofKind, options));
}

function resourceSource(rules: readonly ResourceRule[], options: ObjectSourceOptions): Source<UntypedObject> {
  const resource = resourceOf(rules);
  const every: ObjectIndex<UntypedObject> = { name: 'every object', resource, values: () => [''] };
  const reads = dependenciesOf(rules, every);
  return {
    kind: KIND,
    resource,
    reads,
    indexes: reads.length === 0 ? [] : [every],
    ...keptFor(options),
    desire(object, store): Desire {
      const read = readAnnotations(object, options);
      if (read.kind === 'silent') return read.desire;
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      for (const rule of rules)
        desireByRule(rule, { object, resource, external: read.external, store }, options, desired, problems);
      return { desired, problems: [...read.external.problems, ...problems.all()], ...problems.outside() };
    },
  };
}

/** What a rule looks at. */
interface Subject {
  readonly object: UntypedObject;
  readonly resource: UntypedResource;
  readonly external: ExternalDnsAnnotations;
  readonly store: ObjectReader;
}

function desireByRule(
  rule: ResourceRule,
  subject: Subject,
  options: ObjectSourceOptions,
  desired: DesiredRRset[],
  problems: ProblemList,
): void {
  const { object, resource, external } = subject;
  const { naming } = options;
  const template = templateNaming(rule.names, KIND, rule.use);
  const templated = templatedHosts(template, object, resource, external.hostnamesGiven, problems);
  const lists = [{ hosts: templated, scope: 'absolute', path: 'the template' } as const];
  const annotated = {
    hosts: rule.use === 'only' ? [] : external.hostnames,
    scope: 'relative',
    path: 'the annotation hostname',
  } as const;
  const owners = hostOwners([annotated, ...lists], naming, problems);
  if (owners.size === 0) return;
  const targets = external.targetsGiven ? external.targets : targetsOf(rule, subject, options, problems);
  desireTargets(owners, (owner: OwnerName) => external.ttl ?? naming.ttlOf(owner), targets, external, desired);
}

function targetsOf(
  { targets: from }: ResourceRule,
  { object, resource, store }: Subject,
  { externalDns }: ObjectSourceOptions,
  problems: ProblemList,
): readonly Target[] {
  if (from.kind !== 'template') {
    return from.kind === 'service'
      ? serviceTargets(from, store, externalDns, problems)
      : gatewayTargets(from, store, externalDns, problems);
  }
  const path = 'the template of targets';
  const { entries, problems: faults } = templateEntries(from.template, object, resource, KIND, path);
  for (const fault of faults) problems.add(fault);
  // Templates of targets read statuses.
  return statusTargets(entries, path, problems);
}

/** The one resource of several rules, with all that their templates read. */
function resourceOf(rules: readonly ResourceRule[]): UntypedResource {
  const [first] = rules;
  if (first === undefined) throw new RangeError('a resource needs at least one rule');
  const { apiVersion, kind } = first;
  const versions = new Set(rules.map((rule) => rule.apiVersion));
  if (versions.size > 1) throw new RangeError(`${kind} is given in several versions, expected one: ${[...versions].join(', ')}`);
  const plurals = new Set(rules.flatMap(({ plural }) => plural ?? []));
  const scopes = new Set(rules.map(({ namespaced = true }) => namespaced));
  if (plurals.size > 1 || scopes.size > 1) {
    throw new RangeError(
      `the rules of ${kind} (${apiVersion}) give it different plurals, or are not all with namespaces or all without`,
    );
  }
  const templates = rules.flatMap(({ names, targets }) => [names, ...(targets.kind === 'template' ? [targets.template] : [])]);
  const [plural] = plurals;
  return untypedResource(
    { apiVersion, kind, plural, namespaced: first.namespaced },
    joinPaths(templates.map(({ reads }) => reads)),
  );
}

/** What the rules look at besides their own objects. */
function dependenciesOf(rules: readonly ResourceRule[], every: ObjectIndex<UntypedObject>): Dependency[] {
  const keysOf = (kind: TargetObject): ReadonlySet<ObjectKey> =>
    new Set(rules.flatMap(({ targets }) => (targets.kind === kind ? [keyOf(targets)] : [])));
  const services = keysOf('service');
  const gateways = keysOf('gateway');
  return [
    ...(services.size === 0 ? [] : [serviceDependency(services, every)]),
    ...(gateways.size === 0 ? [] : [gatewayDependency(gateways, every)]),
  ];
}
