import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { FakeApiServer, replyStatus } from '../../testing/fake-api-server.ts';
import { ApiClient } from './api-client.ts';

let server: FakeApiServer;

beforeEach(async () => {
  server = new FakeApiServer();
  await server.listen();
});

afterEach(() => server.close());

function client(answerSilenceMs = 5_000, port = server.port): ApiClient {
  const access = { server: new URL(`http://127.0.0.1:${port}`), identity: '', options: {}, headers: {} };
  return new ApiClient({ access: () => Promise.resolve(access), userAgent: 'test/1', answerSilenceMs });
}

const NEVER = new AbortController().signal;

async function drain(body: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of body);
}

describe('a request to the API server', () => {
  it('is given up when no answer begins in time', async () => {
    server.fault = () => true;
    await expect(client(50).open('/api/v1/nodes', NEVER)).rejects.toMatchObject({ code: 'API_SILENT' });
  });

  it('is given up when the answer falls silent, however long it has lasted', async () => {
    const answer = await client().open('/api/v1/nodes?watch=true&resourceVersion=100', NEVER);
    answer.allowSilence(60);
    const beats = setInterval(() => server.bookmark('/api/v1/nodes'), 20);
    setTimeout(() => clearInterval(beats), 200);
    const started = performance.now();
    await expect(drain(answer.body)).rejects.toMatchObject({ code: 'API_SILENT' });
    expect(performance.now() - started).toBeGreaterThan(200);
  });

  it('fails by what the server says, with its words and its wish', async () => {
    server.fault = (_request, response) => (replyStatus(response, 429, 'too many requests', { 'retry-after': '7' }), true);
    await expect(client().open('/api/v1/nodes', NEVER)).rejects.toMatchObject({
      code: 'API_THROTTLED',
      message: 'the API server answered 429: too many requests',
      retryAfterMs: 7_000,
    });
  });

  it('fails by the status alone where the body says nothing, or too much', async () => {
    server.fault = (_request, response) => (response.writeHead(404).end(), true);
    await expect(client().open('/x', NEVER)).rejects.toMatchObject({
      code: 'API_NOT_FOUND',
      message: 'the API server answered 404',
    });
    server.fault = (_request, response) => (response.writeHead(500).end('x'.repeat(1_000_000)), true);
    const error: unknown = await client()
      .open('/x', NEVER)
      .catch((thrown: unknown) => thrown);
    expect((error as Error).message.length).toBeLessThan(500);
  });

  it('fails where nobody listens, and where the connection breaks', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(client(1_000, port).open('/x', NEVER)).rejects.toMatchObject({ code: 'API_UNREACHABLE' });

    const { body } = await client().open('/api/v1/nodes?watch=true&resourceVersion=100', NEVER);
    server.cut();
    await expect(drain(body)).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
  });

  it('ends when it is aborted, before the answer and during it', async () => {
    const abort = new AbortController();
    const { body } = await client().open('/api/v1/nodes?watch=true&resourceVersion=100', abort.signal);
    server.fault = () => true;
    const pending = [drain(body), client().open('/api/v1/nodes', abort.signal)];
    setTimeout(() => abort.abort(), 20);
    const outcomes = await Promise.allSettled(pending);
    expect(outcomes).toMatchObject([{ reason: { code: 'API_UNREACHABLE' } }, { reason: { code: 'API_UNREACHABLE' } }]);
  });
});
