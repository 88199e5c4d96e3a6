import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { AuthorizedDns } from './authorized-dns.ts';
import { credentialsError } from './credentials-error.ts';

const SECRET = 'hunter2-hunter2';

describe('what is said where there is no access token', () => {
  const withFields = (message: string, fields: object): Error => Object.assign(new Error(message), fields);
  const request = { config: { headers: { authorization: SECRET }, data: `assertion=${SECRET}` } };

  it.each<readonly [name: string, error: unknown, code: string, text: string]>([
    [
      'the token server cannot be reached',
      withFields('connect', { code: 'ECONNREFUSED', ...request }),
      'PROVIDER_UNAVAILABLE',
      'ECONNREFUSED',
    ],
    [
      'the name of the token server is not resolved, by fetch',
      withFields('fetch failed', { cause: { code: 'EAI_AGAIN' } }),
      'PROVIDER_UNAVAILABLE',
      'EAI_AGAIN',
    ],
    [
      'the token server fails',
      withFields(SECRET, { status: 503, ...request }),
      'PROVIDER_UNAVAILABLE',
      'the token server answers 503',
    ],
    [
      'the grant is refused',
      withFields(`Error code invalid_grant: ${SECRET}`, { status: 400, ...request }),
      'PROVIDER_FORBIDDEN',
      'the token server says invalid_grant',
    ],
    [
      'the answer has no code',
      withFields(SECRET, { response: { status: 403, data: SECRET }, ...request }),
      'PROVIDER_FORBIDDEN',
      'the token server answers 403',
    ],
    [
      'there are no credentials',
      new Error('Could not load the default credentials. Browse to …'),
      'PROVIDER_FORBIDDEN',
      'set credentialsFile',
    ],
    [
      'they name no project',
      new Error('Unable to detect a Project Id in the current environment.'),
      'PROVIDER_FORBIDDEN',
      'set project',
    ],
    ['something is wrong that is not known', new Error(SECRET), 'PROVIDER_FORBIDDEN', 'incomplete'],
    ['nothing is known at all', undefined, 'PROVIDER_FORBIDDEN', 'incomplete'],
  ])('says so where %s, and shows no secret', (_, error, code, text) => {
    const told = credentialsError(error, '/etc/key.json');
    expect(told.code).toBe(code);
    expect(told.message).toContain('/etc/key.json');
    expect(told.message).toContain(text);
    expect(`${told.stack} ${JSON.stringify(told)} ${String(told.cause)}`).not.toContain(SECRET);
  });
});

describe('a file of credentials', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubezone-credentials-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const key = { type: 'service_account', project_id: 'p', client_email: 'a@p.iam.gserviceaccount.com', private_key: SECRET };
  it.each<readonly [name: string, content: string | undefined, text: string]>([
    ['that does not exist', undefined, 'the file cannot be read (ENOENT)'],
    ['that is no JSON', `${SECRET}: x`, 'the file holds no JSON'],
    ['whose JSON is cut', `{"private_key": "${SECRET}`, 'the file holds no JSON'],
    ['whose key is none', JSON.stringify(key), 'incomplete'],
    ['of a kind that is not known', JSON.stringify({ type: 'mystery', private_key: SECRET }), 'incomplete'],
  ])('%s is an error that names it, and shows nothing of it', async (name, content, text) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.json`);
    if (content !== undefined) await writeFile(path, content);
    const dns = new AuthorizedDns({ project: 'p', credentialsFile: path });
    const error = await dns.authorize({ path: '/managedZones' }).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error?.message).toContain(path);
    expect(error?.message).toContain(text);
    expect(`${error?.stack} ${JSON.stringify(error)}`).not.toContain(SECRET);
  });

  it('that nobody has configured, and none in the environment either, is an error that says what to do', async () => {
    const { CLOUDSDK_CONFIG, GOOGLE_APPLICATION_CREDENTIALS, METADATA_SERVER_DETECTION } = process.env;
    const restored = { CLOUDSDK_CONFIG, GOOGLE_APPLICATION_CREDENTIALS, METADATA_SERVER_DETECTION };
    Object.assign(process.env, { CLOUDSDK_CONFIG: folder, METADATA_SERVER_DETECTION: 'none' });
    delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
    try {
      const dns = new AuthorizedDns({ project: 'p' });
      await expect(dns.authorize({ path: '/managedZones' })).rejects.toThrow(
        'no access token for the credentials of the environment: there are none; set credentialsFile or GOOGLE_APPLICATION_CREDENTIALS',
      );
    } finally {
      for (const [name, value] of Object.entries(restored)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});
