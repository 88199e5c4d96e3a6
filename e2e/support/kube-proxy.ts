import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { ControlPlane } from '../../tools/control-plane/control-plane.ts';

/** What `kubectl proxy` is: plain HTTP on 127.0.0.1 for whoever asks, passed on with the administrator's credentials. */
export interface KubeProxy {
  /** Such as `http://127.0.0.1:8001`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts one, on any port. Watches stream through it, as through kubectl's. */
export async function startKubeProxy(cluster: ControlPlane): Promise<KubeProxy> {
  const agent = new Agent({ keepAlive: true, ca: await readFile(cluster.caPath) });
  const server: Server = createServer((incoming, response) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${cluster.adminToken}`, host: new URL(cluster.server).host };
    const passed = request(`${cluster.server}${incoming.url}`, { method: incoming.method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    response.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      agent.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
