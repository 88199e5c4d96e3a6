import { type ExternalDnsOptions, readExternalDns } from '../annotations/external-dns.ts';
import type { Target } from '../annotations/target.ts';
import { type GatewayObject, GATEWAYS } from '../resources/gateway-api/gateway.ts';
import { keyOf, nameObject, type ObjectKey, type Resource, type StoredObject } from '../resources/resource.ts';
import { type ServiceObject, SERVICES } from '../resources/service.ts';
import type { UntypedObject } from '../resources/untyped.ts';
import type { ObjectIndex, ObjectReader } from '../store/object-store.ts';
import type { ProblemList } from './problem-list.ts';
import { statusTargets } from './read-targets.ts';
import { serviceAddresses } from './service-addresses.ts';
import type { Dependency } from './source.ts';

/** The kind of object that gives addresses. */
export type TargetObject = 'service' | 'gateway';

/** Which object that is. */
interface TargetName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The addresses under which a Service can be reached: its annotation `target` where that counts, its external IPs, its load balancer's, its external name or its cluster
 * IPs, the first of these that its type has. What nodes forward is not looked at: a NodePort Service has what one of type ClusterIP has.
 */
export function serviceTargets(
  name: TargetName,
  store: ObjectReader,
  externalDns: ExternalDnsOptions,
  problems: ProblemList,
): readonly Target[] {
  const service = find(SERVICES, name, store, problems);
  if (service === undefined) return [];
  const external = readExternalDns(service, externalDns);
  const inside = service.type === 'NodePort' ? { ...service, type: 'ClusterIP' } : service;
  const addresses = serviceAddresses(inside, external, { publishClusterIPs: true, endpoints: false }, problems);
  if (addresses.kind === 'targets') return addresses.targets;
  const found = `${nameObject(SERVICES, keyOf(service))} of type ${service.type}${service.headless ? ' without a cluster IP' : ''}`;
  problems.add({ code: 'TARGET_INVALID', message: `found ${found}, expected a Service with addresses` });
  return [];
}

/** The addresses that a Gateway's status lists, or its annotation `target` where that counts. */
export function gatewayTargets(
  name: TargetName,
  store: ObjectReader,
  externalDns: ExternalDnsOptions,
  problems: ProblemList,
): readonly Target[] {
  const gateway = find(GATEWAYS, name, store, problems);
  if (gateway === undefined) return [];
  const external = readExternalDns(gateway, externalDns);
  if (external.targetsGiven) return external.targets;
  const path = `status.addresses of ${nameObject(GATEWAYS, keyOf(gateway))}`;
  const values = gateway.addresses.filter(({ type }) => type === 'IPAddress' || type === 'Hostname').map(({ value }) => value);
  return statusTargets(values, path, problems);
}

function find<T extends StoredObject>(
  resource: Resource<T>,
  name: TargetName,
  store: ObjectReader,
  problems: ProblemList,
): T | undefined {
  const key = keyOf(name);
  const found = store.get(resource, key);
  if (found !== undefined && !found.deleting) return found;
  const object = nameObject(resource, key);
  const state = found === undefined ? 'does not exist' : 'is being deleted';
  problems.add({
    code: 'TARGET_OBJECT_MISSING',
    message: `found no addresses: ${object} ${state}, expected the ${resource.kind} that gives them`,
  });
  return undefined;
}

/** Reads the Services that give addresses: each concerns every object of the source. */
export function serviceDependency(keys: ReadonlySet<ObjectKey>, every: ObjectIndex<UntypedObject>): Dependency {
  const dependency: Dependency<ServiceObject> = {
    resource: SERVICES,
    concerns: (service, store) => concerned(keys, service, every, store),
  };
  return dependency;
}

/** As `serviceDependency`, for Gateways. */
export function gatewayDependency(keys: ReadonlySet<ObjectKey>, every: ObjectIndex<UntypedObject>): Dependency {
  const dependency: Dependency<GatewayObject> = {
    resource: GATEWAYS,
    concerns: (gateway, store) => concerned(keys, gateway, every, store),
  };
  return dependency;
}

function* concerned(
  keys: ReadonlySet<ObjectKey>,
  changed: StoredObject,
  every: ObjectIndex<UntypedObject>,
  store: ObjectReader,
): Generator<ObjectKey> {
  if (!keys.has(keyOf(changed))) return;
  for (const object of store.select(every, '')) yield keyOf(object);
}
