import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { MEDIA_TYPE } from '../endpoint.ts';

/** A request that came. */
export interface CameRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is answered; `reset` breaks the connection instead, `silence` says nothing. */
export type ScriptedAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      readonly body?: string;
    }
  | 'reset'
  | 'silence';

/** A webhook that answers as a test says. */
export interface ScriptedWebhook {
  readonly url: string;
  readonly requests: CameRequest[];
  close(): Promise<void>;
}

export async function scriptedWebhook(answer: (request: CameRequest, count: number) => ScriptedAnswer): Promise<ScriptedWebhook> {
  const requests: CameRequest[] = [];
  const reply = (response: ServerResponse, given: ScriptedAnswer): void => {
    if (given === 'silence') return;
    if (given === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    const body = given.json === undefined ? (given.body ?? '') : JSON.stringify(given.json);
    response.writeHead(given.status ?? 200, { 'content-type': MEDIA_TYPE, ...given.headers }).end(body);
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      requests.push({ method, path, headers, body });
      reply(response, answer({ method, path, headers, body }, requests.length));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
