import type { IncomingMessage, ServerResponse } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { FakeApiServer, replyStatus } from '../../testing/fake-api-server.ts';
import { REAL_CLOCK } from '../../testing/fake-clock.ts';
import { ApiWriter, refusalOf } from './api-writer.ts';

const NEVER = new AbortController().signal;
const EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events';

let server: FakeApiServer;
let renewed = 0;

beforeEach(async () => {
  server = new FakeApiServer();
  await server.listen();
  renewed = 0;
});

afterEach(() => server.close());

function writer(timeoutMs = 5_000, path = ''): ApiWriter {
  const access = {
    server: new URL(`${server.url}${path}`),
    identity: '',
    options: {},
    headers: { authorization: 'Bearer s3cret' },
  };
  return new ApiWriter({
    access: () => Promise.resolve(access),
    renew: () => void renewed++,
    userAgent: 'test/1',
    clock: REAL_CLOCK,
    timeoutMs,
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Lets the server answer, after it has read the request. */
function answer(reply: (request: IncomingMessage, body: string, response: ServerResponse) => void): void {
  server.fault = (request, response) => {
    void bodyOf(request).then((body) => reply(request, body, response));
    return true;
  };
}

describe('a single request to the API server', () => {
  it('carries its body, its type and the credentials, below the path of the server', async () => {
    answer(({ method, url, headers }, body, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          method,
          url,
          type: headers['content-type'],
          agent: headers['user-agent'],
          accept: headers.accept,
          auth: headers.authorization,
          body,
        }),
      );
    });
    const request = { method: 'PATCH', path: `${EVENTS}/x?force=true`, body: { series: { count: 2, note: 'é' } } } as const;
    const answered = await writer(5_000, '/k8s/clusters/c1/').send(
      { ...request, contentType: 'application/merge-patch+json' },
      NEVER,
    );
    expect(answered).toEqual({
      status: 201,
      body: {
        method: 'PATCH',
        url: `/k8s/clusters/c1${EVENTS}/x?force=true`,
        type: 'application/merge-patch+json',
        agent: 'test/1',
        accept: 'application/json',
        auth: 'Bearer s3cret',
        body: '{"series":{"count":2,"note":"é"}}',
      },
    });
  });

  it.each([403, 404, 409, 422])('is answered with %d where the server does not do it', async (status) => {
    answer((_request, _body, response) => replyStatus(response, status, 'no'));
    const answered = await writer().send({ method: 'POST', path: EVENTS, body: {} }, NEVER);
    expect(answered).toMatchObject({ status, body: { message: 'no' } });
    expect(refusalOf(answered).message).toBe(`the API server answered ${status}: no`);
  });

  it.each([
    [401, 'API_UNAUTHORIZED', 1],
    [429, 'API_THROTTLED', 0],
    [500, 'API_ERROR', 0],
    [503, 'API_ERROR', 0],
  ])('fails with %d, and is not repeated', async (status, code, renewals) => {
    answer((_request, _body, response) => replyStatus(response, status, 'later', { 'retry-after': '3' }));
    await expect(writer().send({ method: 'POST', path: EVENTS, body: {} }, NEVER)).rejects.toMatchObject({
      code,
      retryAfterMs: 3_000,
    });
    expect(server.requests).toHaveLength(1);
    expect(renewed).toBe(renewals);
  });

  it('is given up as a whole in time, before an answer, within one, and while there are no credentials', async () => {
    server.fault = () => true;
    await expect(writer(50).send({ method: 'GET', path: '/x' }, NEVER)).rejects.toMatchObject({ code: 'API_SILENT' });
    const beats: NodeJS.Timeout[] = [];
    answer((_request, _body, response) => {
      response.writeHead(200);
      beats.push(setInterval(() => response.write(' '), 10));
    });
    await expect(writer(80).send({ method: 'GET', path: '/x' }, NEVER)).rejects.toMatchObject({ code: 'API_SILENT' });
    for (const beat of beats) clearInterval(beat);
    const waiting = new ApiWriter({
      access: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
      renew: () => undefined,
      userAgent: 'test/1',
      clock: REAL_CLOCK,
      timeoutMs: 50,
    });
    await expect(waiting.send({ method: 'GET', path: '/x' }, NEVER)).rejects.toMatchObject({ code: 'API_SILENT' });
  });

  it('fails where the connection breaks, and where it is aborted', async () => {
    server.fault = (request) => (request.socket.destroy(), true);
    await expect(writer().send({ method: 'GET', path: '/x' }, NEVER)).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    server.fault = () => true;
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    await expect(writer().send({ method: 'GET', path: '/x' }, abort.signal)).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
  });

  it('fails where the answer is no object, unless it is a refusal', async () => {
    answer((_request, _body, response) => response.writeHead(200).end('<html>'));
    await expect(writer().send({ method: 'GET', path: '/x' }, NEVER)).rejects.toMatchObject({ code: 'API_BAD_RESPONSE' });
    answer((_request, _body, response) => response.writeHead(404).end('<html>'));
    expect(await writer().send({ method: 'GET', path: '/x' }, NEVER)).toEqual({ status: 404, body: {} });
    answer((_request, _body, response) => response.writeHead(502).end('bad gateway'));
    await expect(writer().send({ method: 'GET', path: '/x' }, NEVER)).rejects.toMatchObject({
      message: 'the API server answered 502: bad gateway',
    });
  });

  it('says nothing of credentials when it fails', async () => {
    answer((_request, _body, response) => replyStatus(response, 500, 'internal'));
    const error: unknown = await writer()
      .send({ method: 'POST', path: EVENTS, body: { token: 's3cret' } }, NEVER)
      .catch((thrown: unknown) => thrown);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('s3cret');
  });
});
