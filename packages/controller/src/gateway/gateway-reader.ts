import { isFailure, scanAddress, scanUnicodeName } from '@kubezone/core';

import { type ExternalDnsOptions, readExternalDns } from '../annotations/external-dns.ts';
import { readTarget, type Target } from '../annotations/target.ts';
import type { LocalProblem } from '../cluster/problem.ts';
import { quote } from '../resources/fields.ts';
import type { GatewayAddress, GatewayObject } from '../resources/gateway-api/gateway.ts';
import type { ListenerSetObject } from '../resources/gateway-api/listener-set.ts';
import type { Listener } from '../resources/gateway-api/listener.ts';
import { ProblemList } from '../sources/problem-list.ts';
import { addressesFirst } from '../sources/read-targets.ts';
import { ANY_HOST, type HostPattern } from './host-pattern.ts';

/** A Gateway or ListenerSet as routes see it. */
export interface GatewayReading {
  /** It opts out by an annotation, and counts as if it were filtered out. */
  readonly ignored: boolean;
  /** Those whose host name is one. */
  readonly listeners: readonly { readonly listener: Listener; readonly host: HostPattern }[];
  /** Whether its annotation says where its routes' names shall lead, so that no status counts. */
  readonly targetsGiven: boolean;
  /** By annotation, else a Gateway's addresses. */
  readonly targets: readonly Target[];
  readonly problems: readonly LocalProblem[];
}

/** Reads Gateways and ListenerSets. What is read is kept as long as the object: a thousand routes of a Gateway cost one reading. */
export function gatewayReader(options: ExternalDnsOptions): (object: GatewayObject | ListenerSetObject) => GatewayReading {
  const known = new WeakMap<GatewayObject | ListenerSetObject, GatewayReading>();
  return (object) => {
    let reading = known.get(object);
    if (reading === undefined) known.set(object, (reading = readGateway(object, options)));
    return reading;
  };
}

function readGateway(object: GatewayObject | ListenerSetObject, options: ExternalDnsOptions): GatewayReading {
  const { ignored, targetsGiven, targets, problems: found } = readExternalDns(object, options);
  const problems = new ProblemList();
  for (const problem of found) problems.add(problem);
  const listeners = object.listeners.flatMap((listener, index) => {
    const host = scanHost(listener, index, problems);
    return host === undefined ? [] : [{ listener, host }];
  });
  const addresses = 'addresses' in object ? readAddresses(object.addresses, problems) : [];
  return { ignored, listeners, targetsGiven, targets: targetsGiven ? targets : addresses, problems: problems.all() };
}

function scanHost({ hostname }: Listener, index: number, problems: ProblemList): HostPattern | undefined {
  if (hostname === undefined) return ANY_HOST;
  const host = scanUnicodeName(hostname);
  if (!isFailure(host)) return host;
  const path = `spec.listeners[${index}].hostname`;
  problems.add({
    code: 'OWNER_NAME_INVALID',
    path,
    message: `${path}: found ${quote(hostname)}, expected a host name: ${host.message}`,
  });
  return undefined;
}

/** Some controllers list the name of a load balancer beside its address: it is how the provider calls what the address already says. */
function readAddresses(listed: readonly GatewayAddress[], problems: ProblemList): readonly Target[] {
  const targets = listed.flatMap(({ type, value }, index): Target[] => {
    const path = `status.addresses[${index}]`;
    if (type === 'IPAddress') {
      const address = scanAddress(value);
      if (!isFailure(address)) return [{ kind: 'address', ...address }];
      problems.add({
        code: 'ADDRESS_INVALID',
        path,
        message: `${path}: found ${quote(value)}, expected an IPv4 or IPv6 address`,
      });
    } else if (type === 'Hostname') {
      // A load balancer without a name has its address there with some controllers.
      const target = readTarget(value);
      if (!isFailure(target)) return [target];
      problems.add({ code: 'TARGET_INVALID', path, message: `${path}: found ${quote(value)}, expected a host name` });
    }
    // Any other type is known to the Gateway's controller only: a reserved address by its name, say.
    return [];
  });
  return addressesFirst(targets);
}
