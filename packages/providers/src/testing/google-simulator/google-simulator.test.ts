import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { GoogleSimulator } from './google-simulator.ts';

const TOKEN = { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 'subject-token-of-the-simulator' };
const ADDITION = { name: 'www.example.com.', type: 'A', ttl: 300, rrdatas: ['192.0.2.1'] };

interface Answer {
  readonly status: number;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly body: { readonly [key: string]: unknown };
}

describe('the simulator of Cloud DNS', () => {
  let simulator: GoogleSimulator;
  let token: string;
  beforeAll(async () => {
    simulator = await GoogleSimulator.start({ zones: [{ name: 'example', dnsName: 'example.com.' }] });
    const response = await fetch(`${simulator.url}/token`, { method: 'POST', body: new URLSearchParams(TOKEN) });
    token = ((await response.json()) as { access_token: string }).access_token;
  });
  afterAll(async () => {
    await simulator.close();
  });
  beforeEach(() => {
    simulator.seed('example', []);
  });

  const call = async (method: string, path: string, body?: unknown, authorization = `Bearer ${token}`): Promise<Answer> => {
    const url = `${simulator.url}/dns/v1/projects/test-project${path}`;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url, { method, headers: { authorization }, ...sent });
    const parsed = (await response.json()) as { error?: { message: string; errors: readonly { reason: string }[] } };
    const { error } = parsed;
    return { status: response.status, reason: error?.errors[0]?.reason, message: error?.message, body: { ...parsed } };
  };
  const change = (additions: readonly unknown[], deletions: readonly unknown[] = []): Promise<Answer> =>
    call('POST', '/managedZones/example/changes', { additions, deletions });

  it.each([
    ['no token', 'GET', '', undefined, '', 401, 'authError'],
    ['a path with a slash too many', 'GET', '/', undefined, undefined, 404, 'notFound'],
    ['a method that there is not', 'DELETE', '/managedZones', undefined, undefined, 404, 'notFound'],
    ['a parameter that there is not', 'GET', '/managedZones?limit=3', undefined, undefined, 400, 'badRequest'],
    ['a parameter of the wrong type', 'GET', '/managedZones?maxResults=many', undefined, undefined, 400, 'badRequest'],
    ['a field that there is not', 'POST', '/managedZones/example/changes', { adds: [] }, undefined, 400, 'badRequest'],
    [
      'a field that there is not, further down',
      'POST',
      '/managedZones/example/changes',
      { additions: [{ ...ADDITION, rdatas: [] }] },
      undefined,
      400,
      'badRequest',
    ],
    [
      'a TTL that is text',
      'POST',
      '/managedZones/example/changes',
      { additions: [{ ...ADDITION, ttl: '300' }] },
      undefined,
      400,
      'badRequest',
    ],
    ['an empty change', 'POST', '/managedZones/example/changes', {}, undefined, 400, 'required'],
    ['a zone that there is not', 'GET', '/managedZones/nowhere/rrsets', undefined, undefined, 404, 'notFound'],
    ['a page that there is not', 'GET', '/managedZones/example/rrsets?pageToken=page-7000', undefined, undefined, 400, 'invalid'],
    ['a type without a name', 'GET', '/managedZones/example/rrsets?type=A', undefined, undefined, 400, 'required'],
  ])('refuses %s', async (_, method, path, body, authorization, status, reason) => {
    const answered = await call(method, path, body, authorization);
    expect([answered.status, answered.reason]).toEqual([status, reason]);
    expect(simulator.dump('example')).toEqual([]);
  });

  it.each<readonly [name: string, addition: object, status: number, reason: string]>([
    ['a name outside the zone', { ...ADDITION, name: 'www.example.net.' }, 400, 'invalid'],
    ['a name without its final dot', { ...ADDITION, name: 'www.example.com' }, 400, 'invalid'],
    ['an address that is none', { ...ADDITION, rrdatas: ['not-an-ip'] }, 400, 'invalid'],
    ['one record twice', { ...ADDITION, rrdatas: ['192.0.2.1', '192.0.2.1'] }, 400, 'invalid'],
    ['no records', { ...ADDITION, rrdatas: [] }, 400, 'required'],
    ['two CNAMEs', { ...ADDITION, type: 'CNAME', rrdatas: ['a.example.', 'b.example.'] }, 400, 'invalid'],
    ['a type that it does not know', { ...ADDITION, type: 'LOC', rrdatas: ['x'] }, 400, 'invalid'],
    ['a string of more than 255 octets', { ...ADDITION, type: 'TXT', rrdatas: [`"${'x'.repeat(256)}"`] }, 400, 'invalid'],
    [
      'a CNAME at the apex',
      { ...ADDITION, name: 'example.com.', type: 'CNAME', rrdatas: ['a.example.'] },
      400,
      'cnameResourceRecordSetConflict',
    ],
    ['an RRset that is there', { ...ADDITION, name: 'example.com.', type: 'NS', rrdatas: ['a.example.'] }, 409, 'alreadyExists'],
  ])('refuses to add %s, and with it the whole change', async (_, addition, status, reason) => {
    const answered = await change([
      ADDITION,
      { ...addition, name: 'name' in addition && addition.name !== ADDITION.name ? addition.name : 'x.example.com.' },
    ]);
    expect([answered.status, answered.reason]).toEqual([status, reason]);
    expect(answered.message).toMatch(/\[1\]/);
    expect(simulator.dump('example')).toEqual([]);
  });

  it.each<readonly [name: string, deletion: object, status: number, reason: string]>([
    ['what is not there', { ...ADDITION, name: 'gone.example.com.' }, 404, 'notFound'],
    ['what has another TTL', { ...ADDITION, ttl: 60 }, 412, 'conditionNotMet'],
    ['what has other records', { ...ADDITION, rrdatas: ['192.0.2.2'] }, 412, 'conditionNotMet'],
  ])('refuses to delete %s, and with it the whole change', async (_, deletion, status, reason) => {
    await change([ADDITION]);
    const answered = await change([{ ...ADDITION, name: 'other.example.com.' }], [deletion]);
    expect([answered.status, answered.reason]).toEqual([status, reason]);
    expect(simulator.dump('example')).toEqual(['www.example.com. 300 A 192.0.2.1']);
  });

  it('refuses to delete the SOA, but lets it be replaced', async () => {
    const soa = simulator.get('example', 'example.com.', 'SOA');
    expect((await change([], [soa])).status).toBe(400);
    expect((await change([{ ...soa, ttl: 60 }], [soa])).status).toBe(200);
  });

  it('replaces in one change, and shows at once what it holds', async () => {
    await change([ADDITION]);
    expect((await change([{ ...ADDITION, ttl: 60 }], [ADDITION])).body).toMatchObject({ status: 'pending' });
    const { body } = await call('GET', '/managedZones/example/rrsets?name=www.example.com.');
    expect(body['rrsets']).toMatchObject([{ name: 'www.example.com.', ttl: 60 }]);
  });

  it('takes a text without quotes word by word', async () => {
    await change([{ ...ADDITION, type: 'TXT', rrdatas: ['v=spf1 -all'] }]);
    expect(simulator.dump('example')).toEqual(['www.example.com. 300 TXT "v=spf1" "-all"']);
  });

  it('answers no more requests in a minute than it is told', async () => {
    const slow = await GoogleSimulator.start({ zones: [], requestsPerMinute: 0 });
    try {
      const response = await fetch(`${slow.url}/token`, { method: 'POST', body: new URLSearchParams(TOKEN) });
      const { access_token: other } = (await response.json()) as { access_token: string };
      const headers = { authorization: `Bearer ${other}` };
      expect((await fetch(`${slow.url}/dns/v1/projects/test-project`, { headers })).status).toBe(429);
    } finally {
      await slow.close();
    }
  });

  it('lets each rule for faults wait for its own requests', async () => {
    const fault = { kind: 'error', status: 503, reason: 'backendError' } as const;
    simulator.inject({ on: /^GET/, fault, after: 1 }, { on: /^GET/, fault, after: 2 });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count++) statuses.push((await call('GET', '')).status);
    expect(statuses).toEqual([200, 503, 200, 503, 200]);
  });
});
