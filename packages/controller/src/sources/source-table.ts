import type { GatewayFilter } from '../gateway/gateway-filter.ts';
import type { LabelSelector } from '../selectors/label-selector.ts';
import type { ObjectFilter } from '../selectors/object-filter.ts';
import type { Template } from '../template/template.ts';
import { templateNaming } from '../template/templated-names.ts';
import { dnsEndpoint, type DnsEndpointOptions } from './dns-endpoint.ts';
import { fake } from './fake.ts';
import { grpcRoute } from './grpcroute.ts';
import { httpRoute } from './httproute.ts';
import { ingress, type IngressOptions } from './ingress.ts';
import { namingOfZones, type NamingOfZonesOptions } from './naming-of-zones.ts';
import { nodeArea } from './node-area.ts';
import { nodeService } from './node-service.ts';
import { node, type NodeOptions } from './node.ts';
import { nodeport, type NodeportOptions } from './nodeport.ts';
import type { ObjectSourceOptions } from './object-source.ts';
import { pod, type PodOptions } from './pod.ts';
import { record, type RecordOptions } from './record.ts';
import type { RelativeZone } from './relative-name.ts';
import { resourceSources, type ResourceRule } from './resource.ts';
import type { RouteSourceOptions } from './route-source.ts';
import { service, type ServiceOptions } from './service.ts';
import type { Source } from './source.ts';
import { tcpRoute } from './tcproute.ts';
import { tlsRoute } from './tlsroute.ts';
import { udpRoute } from './udproute.ts';

/** The sources that read objects of clusters, by their names in the configuration's `sources`. */
export const CLUSTER_SOURCES = [
  'record',
  'node-area',
  'node-service',
  'service',
  'ingress',
  'httproute',
  'tlsroute',
  'grpcroute',
  'tcproute',
  'udproute',
  'dnsendpoint',
  'node',
  'nodeport',
  'pod',
  'resource',
  'fake',
] as const;

/** One of them. */
export type ClusterSource = (typeof CLUSTER_SOURCES)[number];

/** Names that a template makes of objects. */
export interface TemplateRule {
  readonly template: Template;
  /** `otherwise`: where an object itself names no host. `also`: beside those that it names. `only`: hosts of annotations do not count. */
  readonly use: 'otherwise' | 'also' | 'only';
}

/** Which objects count. What is left out, or empty, lets all pass. The sources `node-area`, `node-service` and `fake` know no filter. */
export interface SourceFilters {
  /** Of every object that asks for names, by its labels. */
  readonly label?: LabelSelector;
  /** Of every object that asks for names, by its annotations. */
  readonly annotation?: LabelSelector;
  readonly ingressClasses?: readonly string[];
  /** For routes. */
  readonly gateways?: GatewayFilter;
  /** Of Services: at least one of these. */
  readonly serviceSelectors?: readonly LabelSelector[];
  readonly serviceTypes?: readonly string[];
}

/** How each source reads its objects: the same for all zones and clusters. */
export interface SourceRules {
  readonly annotations?: {
    /** @default k8s.pootis.network/node-areas */
    readonly areas?: string;
    /** @default k8s.pootis.network/node-ips */
    readonly ips?: string;
    /** @default k8s.pootis.network/dns */
    readonly service?: string;
    /** Whether external-dns's annotation `target` replaces what objects have themselves. */
    readonly target: 'honour' | 'ignore';
    /** The value of external-dns's annotation `controller` that is ours. @default dns-controller */
    readonly controller?: string;
  };
  readonly filters?: SourceFilters;
  /** Names for objects of every source but `node-area`, `node-service`, `dnsendpoint`, `record`, `resource` and `fake`. */
  readonly template?: TemplateRule;
  /** @default enforce */
  readonly gatewayAcceptance?: 'enforce' | 'ignore';
  readonly record?: Pick<RecordOptions, 'pods'>;
  readonly service?: Pick<ServiceOptions, 'publishClusterIPs' | 'publishNotReadyAddresses' | 'publishHostIPs' | 'endpoints'>;
  readonly ingress?: Pick<IngressOptions, 'ruleHosts' | 'tlsHosts'>;
  readonly node?: Pick<NodeOptions, 'addressType' | 'internalIPv6' | 'unschedulableNodes' | 'notReadyNodes'>;
  readonly nodeport?: Pick<NodeportOptions, 'addressType' | 'internalIPv6' | 'unschedulableNodes'>;
  readonly pod?: Pick<PodOptions, 'domain' | 'hostNetworkOnly' | 'internalIPv6'>;
  readonly dnsendpoint?: Pick<DnsEndpointOptions, 'defaultTargets'>;
  /** For the source `resource`. */
  readonly resources?: readonly ResourceRule[];
}

/**
 * Makes sources, in the order of their names.
 *
 * @param names each once
 */
export function makeSources(names: readonly ClusterSource[], rules: SourceRules, zones: NamingOfZonesOptions): Source[] {
  const common: ObjectSourceOptions = {
    naming: namingOfZones(zones),
    externalDns: {
      target: rules.annotations?.target ?? 'honour',
      ...(rules.annotations?.controller === undefined ? {} : { controller: rules.annotations.controller }),
    },
    filter: objectFilter(rules.filters),
  };
  return names.flatMap((name) => makeSource(name, { rules, zones, common }));
}

/** Routes differ in nothing but their kind. */
const ROUTE_SOURCES = {
  httproute: httpRoute,
  tlsroute: tlsRoute,
  grpcroute: grpcRoute,
  tcproute: tcpRoute,
  udproute: udpRoute,
} as const satisfies Partial<Record<ClusterSource, (options: RouteSourceOptions) => Source>>;

/** What one source is made of. */
interface Ingredients {
  readonly rules: SourceRules;
  readonly zones: NamingOfZonesOptions;
  readonly common: ObjectSourceOptions;
}

function makeSource(name: ClusterSource, ingredients: Ingredients): readonly Source[] {
  const { rules, common } = ingredients;
  const { filters } = rules;
  switch (name) {
    case 'record':
      return [record({ ...common, ...rules.record })];

    case 'node-area': {
      const areasAnnotation = rules.annotations?.areas;
      return [nodeArea({ ...nodeRules(ingredients), ...(areasAnnotation === undefined ? {} : { areasAnnotation }) })];
    }
    case 'node-service': {
      const serviceAnnotation = rules.annotations?.service;
      return [nodeService({ ...nodeRules(ingredients), ...(serviceAnnotation === undefined ? {} : { serviceAnnotation }) })];
    }
    case 'service': {
      const types = filters?.serviceTypes ?? [];
      const options = { ...common, ...rules.service, filter: serviceFilter(filters), ...(types.length === 0 ? {} : { types }) };
      return [templated(name, rules, (template) => service({ ...options, ...template }))];
    }
    case 'ingress': {
      const options = { ...common, ...rules.ingress, classes: filters?.ingressClasses ?? [] };
      return [templated(name, rules, (template) => ingress({ ...options, ...template }))];
    }
    case 'httproute':
    case 'tlsroute':
    case 'grpcroute':
    case 'tcproute':
    case 'udproute': {
      const make = ROUTE_SOURCES[name];
      const options = { ...common, gateways: filters?.gateways ?? {}, acceptance: rules.gatewayAcceptance ?? 'enforce' };
      return [templated(name, rules, (template) => make({ ...options, ...template }))];
    }
    case 'dnsendpoint':
      return [dnsEndpoint({ ...common, ...rules.dnsendpoint })];

    case 'node':
      return [templated(name, rules, (template) => node({ ...common, ...rules.node, ...template }))];

    case 'nodeport': {
      const options = { ...common, ...rules.nodeport, filter: serviceFilter(filters) };
      return [templated(name, rules, (template) => nodeport({ ...options, ...template }))];
    }
    case 'pod':
      return [templated(name, rules, (template) => pod({ ...common, ...rules.pod, ...template }))];

    case 'resource':
      return resourceSources(rules.resources ?? [], common);

    case 'fake':
      return [fake(common)];

    default:
      return name satisfies never;
  }
}

/** A source with the template, whose fields are kept of its objects. */
function templated(
  kind: ClusterSource,
  { template: rule }: SourceRules,
  make: (options: Pick<ServiceOptions, 'template'>) => Source,
): Source {
  if (rule === undefined) return make({});
  const template = templateNaming(rule.template, kind, rule.use);
  return { ...make({ template }), fields: template.reads };
}

/** What `node-area` and `node-service` have in common. */
function nodeRules({ rules, zones: { zones, relativeTo } }: Ingredients): {
  readonly ipsAnnotation?: string;
  readonly relativeTo: readonly RelativeZone[];
  readonly servedZones: NonNullable<NamingOfZonesOptions['relativeTo']>;
} {
  const { ips } = rules.annotations ?? {};
  return {
    relativeTo: relativeTo === undefined ? zones : zones.filter(({ apex }) => relativeTo.includes(apex)),
    servedZones: zones.map(({ apex }) => apex),
    ...(ips === undefined ? {} : { ipsAnnotation: ips }),
  };
}

function objectFilter({ label, annotation }: SourceFilters = {}): ObjectFilter {
  return {
    ...(label === undefined ? {} : { labels: [label] }),
    ...(annotation === undefined ? {} : { annotations: annotation }),
  };
}

/** Services meet one of their own selectors, and that of all objects as well. */
function serviceFilter(filters: SourceFilters = {}): ObjectFilter {
  const { label = [], serviceSelectors = [] } = filters;
  if (serviceSelectors.length === 0) return objectFilter(filters);
  return { ...objectFilter(filters), labels: serviceSelectors.map((selector) => [...label, ...selector]) };
}
