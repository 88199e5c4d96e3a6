import { type InternalIPv6, type NodeAddressType, readTarget, type SourceRules, type Target } from '@kubezone/controller';
import * as z from 'zod/mini';

import { listOf, oneOf, optionalMap, type SchemaOf, textLeaf, trueOrFalse } from './leaf.ts';
import { nameLeaf } from './name-leaf.ts';

/** What `addressType` may be. */
const ADDRESS_TYPES: readonly NodeAddressType[] = ['InternalIP', 'ExternalIP', 'ExternalIP-or-InternalIP'];

const internalIPv6 = oneOf<InternalIPv6>(['public', 'private']);
const target: SchemaOf<Target> = textLeaf('an IP address or a host name', readTarget);

/** The schema of `record`. */
export const recordSchema: SchemaOf<NonNullable<SourceRules['record']>> = optionalMap({ pods: trueOrFalse() });

/** The schema of `service`. */
export const serviceSchema: SchemaOf<NonNullable<SourceRules['service']>> = z.pipe(
  optionalMap({
    clusterIPs: trueOrFalse(),
    notReadyAddresses: trueOrFalse(),
    hostIPs: trueOrFalse(),
    endpoints: trueOrFalse(),
  }),
  z.transform(({ clusterIPs, notReadyAddresses, hostIPs, endpoints }) => ({
    ...(clusterIPs === undefined ? {} : { publishClusterIPs: clusterIPs }),
    ...(notReadyAddresses === undefined ? {} : { publishNotReadyAddresses: notReadyAddresses }),
    ...(hostIPs === undefined ? {} : { publishHostIPs: hostIPs }),
    ...(endpoints === undefined ? {} : { endpoints }),
  })),
);

/** The schema of `ingress`. */
export const ingressSchema: SchemaOf<NonNullable<SourceRules['ingress']>> = optionalMap({
  ruleHosts: trueOrFalse(),
  tlsHosts: trueOrFalse(),
});

/** The schema of `node`. */
export const nodeSchema: SchemaOf<NonNullable<SourceRules['node']>> = optionalMap({
  addressType: oneOf(ADDRESS_TYPES),
  internalIPv6,
  unschedulableNodes: trueOrFalse(),
  notReadyNodes: trueOrFalse(),
});

/** The schema of `nodeport`. */
export const nodeportSchema: SchemaOf<NonNullable<SourceRules['nodeport']>> = optionalMap({
  addressType: oneOf(ADDRESS_TYPES),
  internalIPv6,
  unschedulableNodes: trueOrFalse(),
});

/** The schema of `pod`. */
export const podSchema: SchemaOf<NonNullable<SourceRules['pod']>> = optionalMap({
  domain: nameLeaf,
  hostNetworkOnly: trueOrFalse(),
  internalIPv6,
});

/** The schema of `dnsendpoint`. */
export const dnsEndpointSchema: SchemaOf<NonNullable<SourceRules['dnsendpoint']>> = optionalMap({
  defaultTargets: listOf(target, 'a list of IP addresses and host names'),
});
