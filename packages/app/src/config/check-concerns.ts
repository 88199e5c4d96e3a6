import type { KeyPath } from './config-file.ts';
import type { SourceName } from './source-names.ts';

/** The sources whose objects have external-dns's annotations. */
const ANNOTATED = [
  'record',
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
] as const satisfies readonly SourceName[];
const ROUTES = ['httproute', 'tlsroute', 'grpcroute', 'tcproute', 'udproute'] as const satisfies readonly SourceName[];
/** Those whose objects a template can name. */
const TEMPLATED = ['service', 'ingress', ...ROUTES, 'node', 'nodeport', 'pod'] as const satisfies readonly SourceName[];

/** Which keys say something about which sources. */
const CONCERNS: readonly { readonly path: KeyPath; readonly sources: readonly SourceName[] }[] = [
  { path: ['annotations', 'areas'], sources: ['node-area'] },
  { path: ['annotations', 'ips'], sources: ['node-area', 'node-service'] },
  { path: ['annotations', 'service'], sources: ['node-service'] },
  { path: ['annotations', 'target'], sources: ANNOTATED },
  { path: ['annotations', 'controller'], sources: ANNOTATED },
  { path: ['filters', 'annotation'], sources: ANNOTATED },
  { path: ['filters', 'label'], sources: ANNOTATED },
  { path: ['filters', 'ingressClasses'], sources: ['ingress'] },
  { path: ['filters', 'gatewayClasses'], sources: ROUTES },
  { path: ['filters', 'gateways'], sources: ROUTES },
  { path: ['filters', 'serviceSelectors'], sources: ['service', 'nodeport'] },
  { path: ['filters', 'serviceTypes'], sources: ['service'] },
  { path: ['gatewayAcceptance'], sources: ROUTES },
  { path: ['template'], sources: TEMPLATED },
  { path: ['record'], sources: ['record'] },
  { path: ['service'], sources: ['service'] },
  { path: ['ingress'], sources: ['ingress'] },
  { path: ['node'], sources: ['node'] },
  { path: ['nodeport'], sources: ['nodeport'] },
  { path: ['pod'], sources: ['pod'] },
  { path: ['dnsendpoint'], sources: ['dnsendpoint'] },
  { path: ['resources'], sources: ['resource'] },
  { path: ['fake'], sources: ['fake'] },
];

/** A key that says something only about sources that are not configured. */
export interface Unconcerned {
  readonly path: KeyPath;
  readonly found: unknown;
  readonly expected: string;
}

/**
 * Finds keys that would do nothing, since no configured source reads them: whoever wrote one expects something of it.
 *
 * @param given reads what is configured at a path, undefined where nothing is. An empty list asks for nothing
 */
export function findUnconcerned(sources: readonly SourceName[], given: (path: KeyPath) => unknown): readonly Unconcerned[] {
  return CONCERNS.flatMap(({ path, sources: readers }): readonly Unconcerned[] => {
    const found = given(path);
    if (found === undefined || (Array.isArray(found) && found.length === 0)) return [];
    if (readers.some((reader) => sources.includes(reader))) return [];
    const which = readers.length === 1 ? `the source ${readers[0]}` : `one of the sources ${readers.join(', ')}`;
    return [{ path, found, expected: `expected ${which} in sources: no other reads it` }];
  });
}
