import { describe, expect, it } from '@jest/globals';

import { INGRESSES } from '../../resources/ingress.ts';
import { RECORDS } from '../../resources/record.ts';
import { SERVICES } from '../../resources/service.ts';
import type { OpenAnswer } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { isResourceGone } from './gone-resource.ts';

/** An API that says this at these paths, and 404 elsewhere. */
function apiOf(answers: Readonly<Record<string, object | ApiError>>, server = 'here') {
  return {
    async open(path: string): Promise<OpenAnswer> {
      const answer = answers[path] ?? new ApiError('API_NOT_FOUND', 'the server could not find the requested resource');
      if (answer instanceof ApiError) throw answer;
      async function* body(): AsyncGenerator<Buffer> {
        yield Buffer.from(JSON.stringify(answer));
      }
      return { server, body: body(), allowSilence: () => undefined, close: () => undefined };
    },
  };
}

const groups = (...names: readonly string[]): object => ({ kind: 'APIGroupList', groups: names.map((name) => ({ name })) });
const kinds = (...names: readonly string[]): object => ({
  resources: names.map((kind) => ({ kind, name: `${kind.toLowerCase()}s`, namespaced: true })),
});
const V1 = '/apis/syntixi.io/v1alpha1';
const ask = (
  answers: Readonly<Record<string, object | ApiError>>,
  resource: typeof RECORDS | typeof SERVICES = RECORDS,
  server = 'here',
) => isResourceGone(apiOf(answers, server), resource, 'here', new AbortController().signal);

describe('a resource is gone', () => {
  it.each<[is: string, gone: boolean, answers: Readonly<Record<string, object>>]>([
    ['where the API has no such group', true, { '/apis': groups('apps') }],
    ['where the API has the group, and none of the versions', true, { '/apis': groups('syntixi.io') }],
    ['where the version has other kinds only', true, { '/apis': groups('syntixi.io'), [V1]: kinds('Zone') }],
    ['not where the version has the kind', false, { '/apis': groups('syntixi.io'), [V1]: kinds('Record') }],
    ['not where the API knows no groups at all', false, { '/apis': groups() }],
    ['not where something else answers', false, { '/apis': { hello: 'world' } }],
    ['not where something else answers for the version', false, { '/apis': groups('syntixi.io'), [V1]: { hello: 'world' } }],
  ])('%s: %s', async (_is, gone, answers) => {
    expect(await ask(answers)).toBe(gone);
  });

  it('never where it is of the core group', async () => {
    expect(await ask({ '/apis': groups('apps') }, SERVICES)).toBe(false);
  });

  it('not where another server says so', async () => {
    expect(await ask({ '/apis': groups('apps') }, RECORDS, 'elsewhere')).toBe(false);
  });

  it('perhaps, where the API is forbidden, broken, or gone itself: that is an error', async () => {
    await expect(ask({})).rejects.toThrow(ApiError);
    await expect(ask({ '/apis': groups('syntixi.io'), [V1]: new ApiError('API_ERROR', '503') })).rejects.toThrow('503');
  });

  it('not where an older version has the kind', async () => {
    const resource = { ...INGRESSES, apiVersion: 'gateway.test/v2', olderVersions: ['gateway.test/v1'], kind: 'Route' };
    const answers = { '/apis': groups('gateway.test'), '/apis/gateway.test/v1': kinds('Route') };
    expect(await isResourceGone(apiOf(answers), resource, 'here', new AbortController().signal)).toBe(false);
  });
});
