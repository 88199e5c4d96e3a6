import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API server with one node. */
export interface NodeApi {
  /** The kubeconfig's text. */
  readonly kubeconfig: string;
  readonly close: () => void;
}

/** Serves the list of one node, that of the area `home` with the address 192.0.2.11, and watches in which nothing happens. */
export async function serveNodeApi(): Promise<NodeApi> {
  const node = {
    metadata: {
      name: 'n1',
      resourceVersion: '1',
      annotations: { 'k8s.pootis.network/node-areas': 'home', 'k8s.pootis.network/node-ips': '192.0.2.11' },
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const list = { apiVersion: 'v1', kind: 'NodeList', metadata: { resourceVersion: '1' }, items: [node] };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    response.writeHead(pathname === '/api/v1/nodes' ? 200 : 404, { 'content-type': 'application/json' });
    if (searchParams.get('watch') === 'true') response.flushHeaders();
    else response.end(JSON.stringify(list));
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
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
