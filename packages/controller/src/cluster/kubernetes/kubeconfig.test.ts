import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { withFolder, writeKubeconfig } from '../../testing/kubeconfig.ts';
import { Credentials } from './credentials.ts';
import { loadKubeconfig } from './kubeconfig.ts';

/** What a kubeconfig is refused for. */
async function refusal(text: string, context?: string): Promise<string> {
  return withFolder(async (folder) => {
    const kubeconfig = join(folder, 'k');
    await writeFile(kubeconfig, text);
    const error: unknown = await loadKubeconfig({ kubeconfig, context }).catch((thrown: unknown) => thrown);
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message.replaceAll(folder, '')}`;
  });
}

const GOOD = {
  clusters: [{ name: 'c', cluster: { server: 'https://192.0.2.1:6443' } }],
  users: [{ name: 'u', user: { token: 'SECRET' } }],
  contexts: [
    { name: 'x', context: { cluster: 'c', user: 'u' } },
    { name: 'lost', context: { cluster: 'nowhere', user: 'u' } },
    { name: 'alone', context: { cluster: 'c', user: 'nobody' } },
  ],
};

describe('a kubeconfig', () => {
  it.each([
    ['{}', undefined, 'KUBECONFIG_INVALID: the kubeconfig /k has no current-context; name one of its contexts: '],
    ['just text', undefined, 'KUBECONFIG_INVALID: the kubeconfig /k is not valid: it is no mapping'],
    [
      JSON.stringify(GOOD),
      undefined,
      'KUBECONFIG_INVALID: the kubeconfig /k has no current-context; name one of its contexts: x, lost, alone',
    ],
    [JSON.stringify(GOOD), 'y', 'KUBECONFIG_INVALID: the kubeconfig /k has no context "y"; it has: x, lost, alone'],
    [
      JSON.stringify(GOOD),
      'lost',
      'KUBECONFIG_INVALID: context "lost" of the kubeconfig /k refers to cluster "nowhere", which is not there',
    ],
    [
      JSON.stringify(GOOD),
      'alone',
      'KUBECONFIG_INVALID: context "alone" of the kubeconfig /k refers to user "nobody", who is not there',
    ],
    [
      JSON.stringify({ ...GOOD, clusters: [{ name: 'c', cluster: { server: '192.0.2.1:6443' } }] }),
      'x',
      'KUBECONFIG_INVALID: cluster "c" of the kubeconfig /k has no http:// or https:// server',
    ],
    [
      JSON.stringify({ ...GOOD, clusters: [{ name: 'c' }] }),
      'x',
      'KUBECONFIG_INVALID: the kubeconfig /k is not valid: clusters[0].cluster is missing',
    ],
  ])('is refused with what is wrong: %s, context %s', async (text, context, expected) => {
    expect(await refusal(text, context)).toBe(expected);
  });

  it('never shows the secrets that are in it, not even where it is broken', async () => {
    expect(await refusal('users:\n- name: u\n  user:\n    token: SECRET\n   password: SECRET\n')).not.toContain('SECRET');
    expect(await refusal('users: {token: SECRET, token: SECRET}')).not.toContain('SECRET');
  });

  it('is missed by its path, or by the places where it was looked for', async () => {
    await expect(loadKubeconfig({ kubeconfig: '/nonexistent/k' })).rejects.toMatchObject({
      code: 'KUBECONFIG_NOT_FOUND',
      message: expect.stringContaining('cannot read the kubeconfig /nonexistent/k'),
    });
    await expect(loadKubeconfig({}, { HOME: '/nonexistent' })).rejects.toMatchObject({
      code: 'KUBECONFIG_NOT_FOUND',
      message: expect.stringContaining('/nonexistent/.kube/config'),
    });
    await expect(loadKubeconfig({}, { KUBECONFIG: '/a:/b' })).rejects.toMatchObject({
      message: expect.stringContaining('KUBECONFIG names /a, /b'),
    });
  });

  it('is found in the home folder, and before that in all files of KUBECONFIG, the first that says something counting', async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, '.kube'));
      await writeKubeconfig(join(folder, '.kube', 'config'), 'https://home');
      const one = await writeKubeconfig(join(folder, 'one'), 'https://one');
      const two = await writeKubeconfig(
        join(folder, 'two'),
        'https://two',
        {},
        { contexts: [{ name: 'z', context: { cluster: 'c', user: 'u' } }] },
      );
      const at = async (environment: NodeJS.ProcessEnv, context?: string): Promise<string | undefined> =>
        (await loadKubeconfig({ context }, environment)).config.getCurrentCluster()?.server;
      expect(await at({ HOME: folder })).toBe('https://home');
      expect(await at({ HOME: folder, KUBECONFIG: `${one}:${folder}/missing:${two}` })).toBe('https://one');
      expect(await at({ HOME: folder, KUBECONFIG: `${one}:${two}` }, 'z')).toBe('https://one');
    });
  });
});

const NEVER = new AbortController().signal;

describe('credentials', () => {
  it('are read from a token file, without the line feed at its end', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 't'), 'abc\n');
      const kubeconfig = await writeKubeconfig(join(folder, 'k'), 'http://192.0.2.1', { token: 'stale', tokenFile: 't' });
      expect((await new Credentials({ kubeconfig }).access(NEVER)).headers).toMatchObject({ Authorization: 'Bearer abc' });
    });
  });

  it('need no user, and the CA counts all the same', async () => {
    await withFolder(async (folder) => {
      const cluster = { server: 'https://192.0.2.1', 'certificate-authority-data': Buffer.from('CA').toString('base64') };
      const contexts = [{ name: 'x', context: { cluster: 'c' } }];
      const kubeconfig = await writeKubeconfig(
        join(folder, 'k'),
        '',
        {},
        { clusters: [{ name: 'c', cluster }], contexts, users: [] },
      );
      const { options, headers } = await new Credentials({ kubeconfig }).access(NEVER);
      expect(String(options.ca)).toBe('CA');
      expect(headers).toEqual({});
    });
  });

  it('that cannot be read are an error of the request, which is tried again, with the reason', async () => {
    await withFolder(async (folder) => {
      const kubeconfig = await writeKubeconfig(join(folder, 'k'), 'https://192.0.2.1', {
        exec: { apiVersion: 'v1', command: '/nonexistent/plugin' },
      });
      const credentials = new Credentials({ kubeconfig });
      await credentials.load();
      await expect(credentials.access(NEVER)).rejects.toMatchObject({
        code: 'API_CREDENTIALS',
        message: expect.stringContaining('/nonexistent/plugin'),
      });
    });
  });

  it('come with one agent as long as the certificates are the same, and a new one afterwards', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'ca'), 'one');
      const clusters = [{ name: 'c', cluster: { server: 'https://192.0.2.1', 'certificate-authority': 'ca' } }];
      const kubeconfig = await writeKubeconfig(join(folder, 'k'), '', {}, { clusters });
      const credentials = new Credentials({ kubeconfig });
      const { agent } = (await credentials.access(NEVER)).options;
      expect((await credentials.access(NEVER)).options.agent).toBe(agent);
      await writeFile(join(folder, 'ca'), 'two');
      expect((await credentials.access(NEVER)).options.agent).not.toBe(agent);
    });
  });
});

it('is not needed for a server that asks for no credentials, whatever the environment says', async () => {
  const { config, files } = await loadKubeconfig({ address: 'http://127.0.0.1:8001' }, { KUBECONFIG: '/nowhere' });
  expect(config.getCurrentCluster()).toMatchObject({ server: 'http://127.0.0.1:8001', skipTLSVerify: true });
  expect(files).toEqual([]);
});
