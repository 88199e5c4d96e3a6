import { DEFAULT_AREAS_ANNOTATION, DEFAULT_IPS_ANNOTATION, DEFAULT_SERVICE_ANNOTATION } from '@kubezone/controller';

import { LOG_FORMATS, LOG_LEVELS } from '../logging.ts';
import type { Flag } from './flag.ts';
import { EVENTS } from './report-schema.ts';

/** The names of flags that both apps have. */
export type SharedFlagName =
  | 'kubeconfig'
  | 'context'
  | 'manifests'
  | 'areas-annotation'
  | 'ips-annotation'
  | 'service-annotation'
  | 'ingress-class'
  | 'gateway-class'
  | 'service-selector'
  | 'gateway-acceptance'
  | 'filter'
  | 'template'
  | 'events'
  | 'metrics'
  | 'log-level'
  | 'log-format';

/** Flags that mean the same in both apps. */
export const SHARED_FLAGS: { readonly [Name in SharedFlagName]: Flag<Name> } = {
  kubeconfig: {
    name: 'kubeconfig',
    value: 'FILE',
    description: 'how to reach the cluster',
    fallback: 'in-cluster, then KUBECONFIG, then ~/.kube/config',
  },
  context: { name: 'context', value: 'NAME', description: 'context of the kubeconfig', fallback: 'its current-context' },
  manifests: {
    name: 'manifests',
    value: 'DIR',
    description: 'read objects from the YAML and JSON files of this folder instead of a cluster',
  },
  'areas-annotation': {
    name: 'areas-annotation',
    value: 'KEY',
    description: 'node annotation that lists its areas',
    fallback: DEFAULT_AREAS_ANNOTATION,
  },
  'ips-annotation': {
    name: 'ips-annotation',
    value: 'KEY',
    description: 'node annotation that lists its addresses',
    fallback: DEFAULT_IPS_ANNOTATION,
  },
  'service-annotation': {
    name: 'service-annotation',
    value: 'KEY',
    description: 'Service annotation that, being "true", gives it a name',
    fallback: DEFAULT_SERVICE_ANNOTATION,
  },
  'ingress-class': {
    name: 'ingress-class',
    value: 'CLASS',
    description: 'look at Ingresses of these classes only',
    fallback: 'all',
    repeatable: true,
  },
  'gateway-class': {
    name: 'gateway-class',
    value: 'CLASS',
    description: 'look at routes by way of Gateways of these classes only',
    fallback: 'all',
    repeatable: true,
  },
  'service-selector': {
    name: 'service-selector',
    value: 'SELECTOR',
    description: 'look at Services that meet one of these label selectors only',
    fallback: 'all',
    repeatable: true,
  },
  'gateway-acceptance': {
    name: 'gateway-acceptance',
    value: 'MODE',
    description: "what it takes for a route to be a Gateway's: enforce, that this has accepted it; ignore, that it names it",
    fallback: 'enforce',
  },
  filter: {
    name: 'filter',
    value: 'SELECTOR',
    description: 'look at objects whose annotations meet this selector only',
    fallback: 'all',
  },
  template: {
    name: 'template',
    value: 'TEMPLATE',
    description: 'give objects that name no host these names, such as {{.Namespace}}-{{.Name}}.example.com',
  },
  events: { name: 'events', value: 'WHICH', description: `which Events to write: ${EVENTS.join(', ')}`, fallback: 'warnings' },
  metrics: {
    name: 'metrics',
    value: 'ADDRESS:PORT',
    description: 'serve /metrics, /healthz and /readyz here over HTTP',
    fallback: 'off',
  },
  'log-level': { name: 'log-level', value: 'LEVEL', description: `how much to log: ${LOG_LEVELS.join(', ')}`, fallback: 'info' },
  'log-format': { name: 'log-format', value: 'FORMAT', description: `how to log: ${LOG_FORMATS.join(' or ')}`, fallback: 'json' },
};
