import { describe, expect, it } from '@jest/globals';

import type { OpenAnswer } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { discoveringClient } from './discovering-client.ts';

const OCTOPUS = { apiVersion: 'sea.test/v1', kind: 'Octopus', plural: 'octopuses', namespaced: true };
const { signal } = new AbortController();

/** A server that answers what it is told, and remembers the requests. */
function serverOf(bodies: Readonly<Record<string, string>>): {
  readonly asked: string[];
  open(path: string): Promise<OpenAnswer>;
} {
  const asked: string[] = [];
  return {
    asked,
    open(path) {
      asked.push(path);
      const body = bodies[path];
      if (body === undefined) return Promise.reject(new ApiError('API_NOT_FOUND', 'the API server answered 404'));
      return Promise.resolve({ server: 'x', body: bodyOf(body), allowSilence: () => undefined, close: () => undefined });
    },
  };
}

async function* bodyOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text.slice(0, 3));
  yield await Promise.resolve(Buffer.from(text.slice(3)));
}

const kinds = (namespaced: boolean): string =>
  JSON.stringify({ resources: [{ name: 'octopodes', kind: 'Octopus', namespaced }] });

describe('a client of a kind whose plural is not configured', () => {
  it('asks the API for it once, and uses it from then on', async () => {
    const server = serverOf({
      '/apis/sea.test/v1': kinds(true),
      '/apis/sea.test/v1/namespaces/octopuses/octopodes?limit=5': 'x',
    });
    const client = discoveringClient(server, OCTOPUS);
    await client.open('/apis/sea.test/v1/namespaces/octopuses/octopuses?limit=5', signal);
    await client.open('/apis/sea.test/v1/namespaces/octopuses/octopuses?limit=5', signal);
    expect(server.asked).toEqual([
      '/apis/sea.test/v1',
      '/apis/sea.test/v1/namespaces/octopuses/octopodes?limit=5',
      '/apis/sea.test/v1/namespaces/octopuses/octopodes?limit=5',
    ]);
  });

  it('asks again once the API does not have it any more', async () => {
    const server = serverOf({ '/apis/sea.test/v1': kinds(true) });
    const client = discoveringClient(server, OCTOPUS);
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(client.open('/apis/sea.test/v1/octopuses?limit=5', signal)).rejects.toMatchObject({ code: 'API_NOT_FOUND' });
    }
    expect(server.asked.filter((path) => path === '/apis/sea.test/v1')).toHaveLength(2);
  });

  it.each<[what: string, body: Record<string, string>, code: string, message: string]>([
    ['the group is missing', {}, 'API_NOT_FOUND', 'the API server answered 404'],
    [
      'the kind is missing',
      { '/apis/sea.test/v1': '{"resources":[]}' },
      'API_NOT_FOUND',
      'the API server has no Octopus in sea.test/v1',
    ],
    [
      'its objects are outside namespaces',
      { '/apis/sea.test/v1': kinds(false) },
      'API_NOT_FOUND',
      'expected "namespaced: false" in its configuration',
    ],
    ['the answer is no JSON', { '/apis/sea.test/v1': '<html>' }, 'API_BAD_RESPONSE', 'not JSON'],
  ])('fails as other requests do where %s', async (_, body, code, message) => {
    const client = discoveringClient(serverOf(body), OCTOPUS);
    const failure = client.open('/apis/sea.test/v1/octopuses?limit=5', signal);
    await expect(failure).rejects.toMatchObject({ code, message: expect.stringContaining(message) as unknown });
  });
});
