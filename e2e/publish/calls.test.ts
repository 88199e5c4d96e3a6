/**
 * What one change costs at every provider, once all is published: one write and no listing, whatever else the zone holds.
 */
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { ScenarioProvider } from '@kubezone/controller/testing';

import { describeEveryServer } from './every-server.ts';
import { Publishing } from './publishing.ts';
import type { ZoneServer } from './zone-server.ts';

// external-dns's program is built the first time.
jest.setTimeout(600_000);

/** More names than Route 53 and Google list on one page, and than one batch of Cloudflare's takes. */
const NAMES = 400;

/** What a change of a name that is there is allowed to ask for, in the order in which it is asked. */
const CHANGE: Readonly<Record<ScenarioProvider, readonly RegExp[]>> = {
  memory: [/^apply$/],
  route53: [/^POST \/2013-04-01\/hostedzone\/ZSCENARIO0\/rrset/],
  google: [/^POST \/dns\/v1\/projects\/test-project\/managedZones\/scenario-0\/changes/],
  rfc2136: [/^UPDATE example\.com\.$/],
  // No write there has a condition: the name and its marker are read just before.
  cloudflare: [
    /^GET .*\/dns_records\?.*name\.exact=(?:_owner\.)?n7\.example\.com/,
    /^GET .*\/dns_records\?.*name\.exact=(?:_owner\.)?n7\.example\.com/,
    /^POST .*\/dns_records\/batch$/,
  ],
  // The protocol reads everything or nothing; and of a change of addresses it is asked what becomes of it.
  webhook: [/^POST \/adjustendpoints$/, /^GET \/records$/, /^POST \/records$/],
};

/** What may be read where writes have no condition. */
const READS: Readonly<Partial<Record<ScenarioProvider, RegExp>>> = {
  cloudflare: /[?&]name\.exact=/,
  webhook: /^(?:GET \/records|POST \/adjustendpoints)$/,
};

describeEveryServer((open) => {
  let server: ZoneServer;
  let publishing: Publishing;
  beforeAll(async () => {
    server = await open();
    const names = Array.from({ length: NAMES }, (_, index) => `n${index}.example.com. 300 A 192.0.2.1`);
    publishing = await Publishing.started(
      { provider: server.connect() },
      Object.fromEntries(names.map((line, index) => [`ingress/n${index}`, [line]])),
    );
  });
  afterAll(async () => {
    await publishing.stop();
    await server.close();
  });
  beforeEach(() => server.gate.forget());
  const names = async (): Promise<number> => (await server.dump()).filter((line) => !line.includes('heritage=kubezone')).length;

  it('a change of one object is one write, and no listing', async () => {
    await publishing.publish({ 'ingress/n7': ['n7.example.com. 300 A 192.0.2.2'] });
    const expected = CHANGE[server.kind];
    expect(server.gate.requests).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
    expect(await server.dump()).toContain('n7.example.com. 300 A 192.0.2.2');
    expect(await names()).toBe(NAMES);
  });

  it('a name that goes, and one that comes, are one write each, and no listing', async () => {
    await publishing.publish({ 'ingress/n8': [] });
    await publishing.publish({ 'ingress/new': ['new.example.com. 300 A 192.0.2.1'] });
    const writes = server.gate.requests.filter((request) => server.writes.test(request));
    // Through a webhook a marker and its data are two: no other order is certain.
    expect(writes).toHaveLength(server.kind === 'webhook' ? 4 : 2);
    const others = server.gate.requests.filter((request) => !server.writes.test(request));
    expect(others.filter((request) => READS[server.kind]?.test(request) !== true)).toEqual([]);
    expect(await names()).toBe(NAMES);
  });

  it('what changes at once is one write', async () => {
    await publishing.publish(
      Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [`ingress/n${20 + index}`, [`n${20 + index}.example.com. 300 A 192.0.2.3`]]),
      ),
    );
    expect(server.gate.requests.filter((request) => server.writes.test(request))).toHaveLength(1);
  });
});
