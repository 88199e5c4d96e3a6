import type { DesiredRRset, OwnerName, SourceKind } from '@kubezone/core';

import { MAX_HOSTNAMES } from '../annotations/list.ts';
import type { Target } from '../annotations/target.ts';
import { type Attachment, attachRoute } from '../gateway/attach-route.ts';
import type { GatewayFilter } from '../gateway/gateway-filter.ts';
import { gatewayReader } from '../gateway/gateway-reader.ts';
import { routeDependencies } from '../gateway/route-dependencies.ts';
import { hostTargets, routeHosts } from '../gateway/route-hosts.ts';
import type { RouteObject, RouteResource } from '../resources/gateway-api/route.ts';
import { selectorKeys } from '../selectors/label-selector.ts';
import { desireTargets } from './desire-targets.ts';
import { hostOwners } from './host-owners.ts';
import { keptFor, type ObjectSourceOptions, readAnnotations } from './object-source.ts';
import { ProblemList } from './problem-list.ts';
import { expectOneKind } from './read-targets.ts';
import type { Desire, Source } from './source.ts';
import { templatedHosts, type TemplatedNames } from './templated-names.ts';

export interface RouteSourceOptions extends ObjectSourceOptions {
  /**
   * What it takes for a route to be a Gateway's. `enforce`: the listeners take it (protocol, port, `sectionName`, `allowedRoutes`, host names), and the
   * Gateway's controller has accepted it. `ignore`: it names the Gateway; only its own host names count then.
   *
   * @default enforce
   */
  readonly acceptance?: 'enforce' | 'ignore';
  /** Which Gateways count. @default all */
  readonly gateways?: GatewayFilter;
  /** Whether ListenerSets are read; where the API server does not have them, they need not be. @default true */
  readonly listenerSets?: boolean;
  /** Host names besides those that routes name. */
  readonly template?: TemplatedNames;
}

/**
 * Routes of one kind: each of their host names leads to the Gateways that the route is attached to.
 *
 * A Gateway's addresses are those of its status, unless its annotation `target` says otherwise, or that of the ListenerSet that the route is attached
 * to, or the route's own. All other annotations are the route's. A name by way of a parent that has not accepted the route yet, or has no address,
 * exists and holds nothing.
 */
export function routeSource(kind: SourceKind, routes: RouteResource, options: RouteSourceOptions): Source<RouteObject> {
  const { naming, acceptance = 'enforce', gateways: filter = {}, listenerSets = true, template } = options;
  const read = gatewayReader(options.externalDns);
  const attaching = { kind: routes.kind, acceptance, filter, listenerSets, read };
  const { reads, indexes } = routeDependencies(routes, listenerSets, read);
  const kept = keptFor(options);

  return {
    kind,
    resource: routes,
    reads,
    indexes,
    ...kept,
    labels: [...kept.labels, ...(filter.labels ?? []).flatMap((selector) => selectorKeys(selector))],
    desire(route, store): Desire {
      const asked = readAnnotations(route, options);
      if (asked.kind === 'silent') return asked.desire;
      const { external } = asked;
      const problems = new ProblemList();
      for (const problem of external.problems) problems.add(problem);
      const attached = attachRoute(route, store, attaching);
      for (const problem of attached.problems) problems.add(problem);
      if (attached.attachments.length === 0) return { desired: [], problems: problems.all() };

      const named = route.hostnames.length > 0 || external.hostnamesGiven;
      const templated = templatedHosts(template, route, routes, named, problems);
      const annotated = template?.use === 'only' ? { ...external, hostnames: [] } : external;
      const hosts = routeHosts(route, annotated, templated, naming, problems);
      const targetsOf = ({ accepted, targets }: Attachment): readonly Target[] =>
        accepted && external.targetsGiven ? external.targets : targets;
      const attachments = attached.attachments.map((attachment) => ({ ...attachment, targets: targetsOf(attachment) }));
      const owners = new Map<OwnerName, Map<string, Target>>();
      for (const [host, { path, targets }] of hostTargets(hosts, attachments, problems)) {
        for (const owner of hostOwners([{ hosts: [host], scope: 'absolute', path }], naming, problems)) {
          const held = owners.get(owner);
          if (held === undefined) owners.set(owner, new Map(targets));
          else for (const [key, target] of targets) held.set(key, target);
        }
      }
      const desired: DesiredRRset[] = [];
      if (owners.size > MAX_HOSTNAMES) {
        const message = `found ${owners.size} host names, those of listeners included, expected at most ${MAX_HOSTNAMES}; none of them is used`;
        problems.add({ code: 'LIST_TOO_LONG', message });
      } else {
        for (const [owner, targets] of owners) {
          const used = expectOneKind([...targets.values()], `the parents of ${owner}`, problems);
          desireTargets([owner], external.ttl ?? naming.ttlOf(owner), used, external, desired);
        }
      }
      return { desired, problems: problems.all(), ...problems.outside() };
    },
  };
}
