import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API server with one node. */
export interface NodeApi {
  /** The kubeconfig's text. */
  readonly kubeconfig: string;
  /** What was written to it, as `METHOD path`. */
  readonly written: readonly string[];
  readonly close: () => void;
}

/**
 * Serves the list of one node, that of the area `home`, and watches in which nothing happens. What is written is taken note of, and refused.
 *
 * @param address the node's
 */
export async function serveNodeApi(address: string = '192.0.2.11'): Promise<NodeApi> {
  const written: string[] = [];
  const node = {
    metadata: {
      name: 'n1',
      resourceVersion: '1',
      annotations: { 'k8s.pootis.network/node-areas': 'home', 'k8s.pootis.network/node-ips': address },
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const list = { apiVersion: 'v1', kind: 'NodeList', metadata: { resourceVersion: '1' }, items: [node] };
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (method !== 'GET') written.push(`${method} ${pathname}`);
    const isThere = method === 'GET' && pathname === '/api/v1/nodes';
    response.writeHead(isThere ? 200 : method === 'GET' ? 404 : 403, { 'content-type': 'application/json' });
    if (searchParams.get('watch') === 'true') response.flushHeaders();
    else response.end(JSON.stringify(isThere ? list : { kind: 'Status', status: 'Failure' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    // JSON is YAML.
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
    written,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
