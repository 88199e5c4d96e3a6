/** What external-dns calls our sources; where it has the same word for one, it need not stand here. */
const EXTERNAL_DNS_NAMES: ReadonlyMap<string, string> = new Map([
  ['gateway-httproute', 'httproute'],
  ['gateway-grpcroute', 'grpcroute'],
  ['gateway-tlsroute', 'tlsroute'],
  ['gateway-tcproute', 'tcproute'],
  ['gateway-udproute', 'udproute'],
  ['crd', 'dnsendpoint'],
  ['unstructured', 'resource'],
  ['contour-httpproxy', 'resource'],
  ['istio-gateway', 'resource'],
  ['istio-virtualservice', 'resource'],
  ['traefik-proxy', 'resource'],
]);

/** Sources whose objects templates may see. */
const SOURCES: ReadonlySet<string> = new Set([
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
  'fake',
]);

/** Whether a source has this name, here or in external-dns. */
export function isKnownSource(name: string): boolean {
  const lower = name.toLowerCase();
  return SOURCES.has(lower) || EXTERNAL_DNS_NAMES.has(lower);
}

/** Whether a name, ours or external-dns's, is that of a source. */
export function isSameSource(name: string, source: string): boolean {
  const lower = name.toLowerCase();
  return (EXTERNAL_DNS_NAMES.get(lower) ?? lower) === source;
}
