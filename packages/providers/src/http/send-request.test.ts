import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterEach, describe, expect, it } from '@jest/globals';

import { HttpConnections, type SendError } from './send-request.ts';

const SIGNAL = new AbortController().signal;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const serve = async (listener: RequestListener): Promise<URL> => {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?a=b`);
};
const failureOf = async (work: Promise<unknown>): Promise<Partial<SendError>> =>
  await work.then(
    () => ({}),
    (error: unknown) => error as SendError,
  );

describe('an HTTP request', () => {
  it('is sent with its method, headers and body, and any answer is given back', async () => {
    const url = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => {
        response
          .writeHead(418, { 'retry-after': '5' })
          .end(`${request.method} ${request.url} ${String(request.headers['x-one'])} ${body}`);
      });
    });
    const answer = await new HttpConnections().send({ method: 'POST', url, headers: { 'x-one': '1' }, body: 'hällo' }, SIGNAL);
    expect(answer).toMatchObject({ status: 418, body: 'POST /path?a=b 1 hällo', headers: { 'retry-after': '5' } });
  });

  it('takes an answer that is compressed', async () => {
    const text = 'x'.repeat(100_000);
    const url = await serve((_, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(text)));
    expect((await new HttpConnections().send({ method: 'GET', url, headers: {} }, SIGNAL)).body).toBe(text);
  });

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const connections = new HttpConnections();
    for (let count = 0; count < 3; count++) await connections.send({ method: 'GET', url, headers: {} }, SIGNAL);
    expect(ports.size).toBe(1);
  });

  it('that nobody takes was not sent', async () => {
    const url = await serve(() => undefined);
    servers[0]?.close();
    const error = await failureOf(new HttpConnections().send({ method: 'POST', url, headers: {} }, SIGNAL));
    expect(error.sent).toBe(false);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  });

  it('goes by way of the proxy that the environment names', async () => {
    const proxy = await serve((request, response) => response.end(`${request.method} ${request.url}`));
    const { HTTP_PROXY } = process.env;
    process.env['HTTP_PROXY'] = proxy.origin;
    try {
      const url = new URL('http://dns.example/dns/v1');
      const answer = await new HttpConnections().send({ method: 'GET', url, headers: {} }, SIGNAL);
      expect(answer.body).toBe('GET http://dns.example/dns/v1');
    } finally {
      if (HTTP_PROXY === undefined) delete process.env['HTTP_PROXY'];
      else process.env['HTTP_PROXY'] = HTTP_PROXY;
    }
  });

  it.each<readonly [name: string, listener: RequestListener]>([
    ['is cut before the answer', (request) => request.socket.resetAndDestroy()],
    [
      'is cut in the middle of the answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half', () => request.socket.destroy());
      },
    ],
    ['is answered by what is no HTTP', (request) => void request.socket.end('hello\r\n\r\n')],
    [
      'is answered by what is not compressed as it says',
      (_, response) => response.setHeader('content-encoding', 'gzip').end('no'),
    ],
  ])('that %s may have been done', async (_, listener) => {
    const url = await serve(listener);
    expect((await failureOf(new HttpConnections().send({ method: 'POST', url, headers: {}, body: '{}' }, SIGNAL))).sent).toBe(
      true,
    );
  });

  it('that is given up before its connection stands was not sent', async () => {
    const url = await serve(() => undefined);
    const error = await failureOf(
      new HttpConnections().send({ method: 'POST', url, headers: {} }, AbortSignal.abort(new Error('no lease'))),
    );
    expect(error).toMatchObject({ sent: false, message: `${url.host}: no lease` });
  });
});
