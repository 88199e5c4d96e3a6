import { isFailure, rdataKey, scanUnicodeName } from '@kubezone/core';

import type { ExternalDnsAnnotations } from '../annotations/external-dns.ts';
import type { Target } from '../annotations/target.ts';
import { quote } from '../resources/fields.ts';
import type { RouteObject } from '../resources/gateway-api/route.ts';
import { hostOwners } from '../sources/host-owners.ts';
import type { Naming } from '../sources/naming.ts';
import type { ProblemList } from '../sources/problem-list.ts';
import type { Attachment } from './attach-route.ts';
import { ANY_HOST, type HostPattern, intersectHosts } from './host-pattern.ts';

/** A host name that a route asks for, and where it stands. */
export interface RouteHost {
  readonly host: HostPattern;
  readonly path: string;
}

/** Targets, each once, by what makes them the same. */
export type TargetSet = ReadonlyMap<string, Target>;

const HOSTNAMES = 'spec.hostnames';
const ANNOTATION = 'the annotation hostname';

/**
 * The host names that a route asks for: of `spec.hostnames`, annotations and the template. Where it has no `spec.hostnames`, it asks for those of its
 * listeners as well, unless annotations alone are to count.
 *
 * @param templated host names that a template adds
 */
export function routeHosts(
  { hostnames }: RouteObject,
  { hostnames: annotated, gatewayHostnameSource: hostnameSource }: ExternalDnsAnnotations,
  templated: readonly string[],
  naming: Naming,
  problems: ProblemList,
): readonly RouteHost[] {
  const hosts: RouteHost[] = [];
  if (hostnameSource !== 'defined-hosts-only') {
    for (const list of [
      { hosts: annotated, scope: 'relative' as const, path: ANNOTATION },
      { hosts: templated, scope: 'absolute' as const, path: 'the template' },
    ]) {
      for (const host of hostOwners([list], naming, problems)) hosts.push({ host, path: list.path });
    }
  }
  if (hostnameSource === 'annotation-only') return hosts;
  if (hostnames.length === 0) hosts.push({ host: ANY_HOST, path: HOSTNAMES });
  for (const [index, text] of hostnames.entries()) {
    const path = `${HOSTNAMES}[${index}]`;
    const host = scanUnicodeName(text);
    if (!isFailure(host)) {
      hosts.push({ host, path });
      continue;
    }
    const message = `${path}: found ${quote(text)}, expected a host name: ${host.message}`;
    problems.add({ code: 'OWNER_NAME_INVALID', path, message });
  }
  return hosts;
}

/**
 * What a route's host names lead to by way of its parents: for each host name and each listener that takes the route, what both have in common leads to
 * the parent's targets, all parents' together. A host name that no listener matches is reported; one that is still every name asks for nothing.
 */
export function hostTargets(
  hosts: readonly RouteHost[],
  attachments: readonly Attachment[],
  problems: ProblemList,
): ReadonlyMap<HostPattern, { readonly path: string; readonly targets: TargetSet }> {
  const names = new Map<HostPattern, { readonly path: string; readonly targets: Map<string, Target> }>();
  for (const { host, path } of hosts) {
    let matched = false;
    for (const attachment of attachments) {
      for (const listenerHost of attachment.hosts) {
        const common = intersectHosts(host, listenerHost);
        if (common === undefined) continue;
        matched = true;
        if (common === ANY_HOST) continue;
        let name = names.get(common);
        if (name === undefined)
          names.set(common, (name = { path: common === host ? path : "a listener's hostname", targets: new Map() }));
        for (const target of attachment.targets) name.targets.set(targetKey(target), target);
      }
    }
    if (matched) continue;
    const message = `${path}: found ${quote(host)}, expected a host name that a listener of its parents matches`;
    problems.add({ code: 'ROUTE_NOT_ATTACHED', path, message });
  }
  return names;
}

function targetKey(target: Target): string {
  return target.kind === 'hostname' ? target.name : `${target.type} ${rdataKey(target.type, target.rdata)}`;
}
