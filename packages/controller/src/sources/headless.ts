import { type DesiredRRset, isWildcard, type OwnerName, prependLabel } from '@kubezone/core';

import { type ExternalDnsOptions, readExternalDns } from '../annotations/external-dns.ts';
import type { Target } from '../annotations/target.ts';
import type { EndpointEntry } from '../resources/endpoint-slice.ts';
import { NODES } from '../resources/node.ts';
import { PODS } from '../resources/pod.ts';
import { keyOf } from '../resources/resource.ts';
import type { ServiceObject } from '../resources/service.ts';
import type { ObjectReader } from '../store/object-store.ts';
import { desireTargets, type TargetQualifiers } from './desire-targets.ts';
import { addressesOfNodes } from './node-targets.ts';
import type { ProblemList } from './problem-list.ts';
import { addressesFirst, expectOneKind, limitTargets, readTargets } from './read-targets.ts';
import { SLICES_OF_SERVICE } from './service-slices.ts';

/** How the endpoints of a Service become addresses. */
export interface EndpointRules {
  /** Endpoints that are not ready count too. */
  readonly notReadyToo: boolean;
  /** Their own addresses, or those of the nodes on which they are. */
  readonly addresses: 'own' | 'NodeExternalIP' | 'HostIP';
  /** Present where pods are looked at: their annotation `target` replaces their address, and their `hostname` names them. */
  readonly pods?: ExternalDnsOptions;
}

/** How names are held, whatever their addresses. */
export interface Holding {
  readonly owners: ReadonlySet<OwnerName>;
  /** Seconds. */
  readonly ttl: (owner: OwnerName) => number;
  readonly qualifiers: TargetQualifiers;
}

/** A pod's own name below its Service's: one label. */
const POD_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** How many names of pods one Service may have, over all its own names. */
const MAX_POD_NAMES = 10_000;

/**
 * Asks for a Service's names with the addresses of its endpoints; and, as a headless Service has them, for `<hostname>.<name>` with those of
 * each endpoint that has a host name, such as the pods of a StatefulSet.
 */
export function desireEndpoints(
  service: ServiceObject,
  holding: Holding,
  rules: EndpointRules,
  store: ObjectReader,
  desired: DesiredRRset[],
  problems: ProblemList,
): void {
  const all: Target[] = [];
  const byHostname = new Map<string, Target[]>();
  for (const endpoint of usableEndpoints(service, rules.notReadyToo, store)) {
    const { hostname, targets } = readEndpoint(service, endpoint, rules, store, problems);
    all.push(...targets);
    if (!service.headless || hostname === '') continue;
    const standing = byHostname.get(hostname);
    if (standing === undefined) byHostname.set(hostname, [...targets]);
    else standing.push(...targets);
  }
  const { owners, ttl, qualifiers } = holding;
  desireTargets(owners, ttl, limitTargets(expectOneKind(all, 'endpoints', problems), 'endpoints', problems), qualifiers, desired);
  const podNames = byHostname.size * owners.size;
  if (podNames > MAX_POD_NAMES) {
    const message = `found ${podNames} names of its pods, expected at most ${MAX_POD_NAMES}; none of them is used`;
    problems.add({ code: 'LIST_TOO_LONG', message });
    return;
  }
  for (const [hostname, targets] of byHostname) {
    const used = limitTargets(addressesFirst(targets), 'endpoints', problems);
    desireTargets(namesOfPod(hostname, owners, problems), ttl, used, qualifiers, desired);
  }
}

function* usableEndpoints(service: ServiceObject, notReadyToo: boolean, store: ObjectReader): Generator<EndpointEntry> {
  const anyState = notReadyToo || service.publishNotReadyAddresses;
  for (const { endpoints } of store.select(SLICES_OF_SERVICE, keyOf(service))) {
    for (const endpoint of endpoints) if (anyState || endpoint.state === 'ready') yield endpoint;
  }
}

function readEndpoint(
  { namespace }: ServiceObject,
  endpoint: EndpointEntry,
  rules: EndpointRules,
  store: ObjectReader,
  problems: ProblemList,
): { readonly hostname: string; readonly targets: readonly Target[] } {
  const pod = rules.pods !== undefined && endpoint.pod !== '' ? store.get(PODS, `${namespace}/${endpoint.pod}`) : undefined;
  const hostname = endpoint.hostname === '' ? (pod?.hostname ?? '') : endpoint.hostname;
  if (pod !== undefined && rules.pods !== undefined) {
    const { targetsGiven, targets } = readExternalDns(pod, rules.pods);
    if (targetsGiven) return { hostname, targets };
  }
  return { hostname, targets: readTargets(addressesOf(endpoint, rules, store), 'endpoints', problems) };
}

function addressesOf({ addresses, node: name }: EndpointEntry, rules: EndpointRules, store: ObjectReader): readonly string[] {
  if (rules.addresses === 'own') return addresses;
  const node = name === '' ? undefined : store.get(NODES, name);
  return node === undefined
    ? []
    : addressesOfNodes([node], rules.addresses === 'HostIP' ? 'InternalIP' : 'ExternalIP', 'private');
}

function namesOfPod(hostname: string, owners: ReadonlySet<OwnerName>, problems: ProblemList): readonly OwnerName[] {
  const names: OwnerName[] = [];
  for (const owner of owners) {
    // An asterisk label that does not stand first is none (RFC 4592, section 2.1.1).
    if (isWildcard(owner)) continue;
    const name = POD_LABEL.test(hostname) ? prependLabel(hostname, owner) : undefined;
    if (name !== undefined) {
      names.push(name);
      continue;
    }
    const message = `found the endpoint ${JSON.stringify(hostname)} below ${owner}, expected a label that makes a valid owner name`;
    problems.add({ code: 'OWNER_NAME_INVALID', message });
  }
  return names;
}
