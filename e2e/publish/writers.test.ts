/**
 * Others who write to the same zone, at every provider: what they have is theirs, and what they do between our read and our write is not overwritten.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { markerRecord } from '@kubezone/controller/testing';
import type { Provider } from '@kubezone/core';

import { describeEveryServer } from './every-server.ts';
import { Publishing, type PublishingOptions } from './publishing.ts';
import type { ZoneServer } from './zone-server.ts';

// external-dns's program is built the first time.
jest.setTimeout(600_000);

const WWW = 'www.example.com.';
const MARKER = `_owner.${WWW}`;
const OURS = { 'ingress/www': [`${WWW} 300 A 192.0.2.1`] };
const THEIRS = `${WWW} 300 A 198.51.100.7`;
const THEIR_MARKER = markerRecord(MARKER, 'them', 'A/ingress');
const OUR_MARKER = markerRecord(MARKER, 'me', 'A/ingress');

describeEveryServer((open) => {
  let server: ZoneServer;
  const running: Publishing[] = [];
  beforeAll(async () => {
    server = await open();
  });
  afterAll(() => server.close());
  beforeEach(() => server.seed([]));
  afterEach(async () => {
    await Promise.all(running.splice(0).map((publishing) => publishing.stop()));
    server.gate.forget();
  });

  const start = async (
    asked: Readonly<Record<string, readonly string[]>>,
    options: Partial<PublishingOptions> = {},
  ): Promise<Publishing> => {
    const publishing = await Publishing.started({ provider: server.connect(), ...options }, asked);
    running.push(publishing);
    return publishing;
  };
  const held = async (): Promise<string[]> => (await server.dump()).toSorted();

  it('what external-dns and another Kubezone have stays octet by octet, through creations, updates, deletes and audits', async () => {
    const foreign = [
      '*.wild.example.com. 60 A 198.51.100.3',
      'a-app.example.com. 300 TXT "heritage=external-dns,external-dns/owner=default,external-dns/resource=ingress/default/app"',
      'api.example.com. 300 A 198.51.100.2',
      'app.example.com. 300 A 198.51.100.1',
      'cname-cdn.example.com. 300 TXT "heritage=external-dns,external-dns/owner=default"',
      'cdn.example.com. 300 CNAME cdn.example.net.',
      `${WWW} 3600 MX 10 mail.example.net.`,
      `${WWW} 3600 TXT "v=spf1 -all"`,
      markerRecord('_owner.api.example.com.', 'them', 'A/ingress'),
    ].toSorted();
    await server.seed(foreign);
    const publishing = await start({
      ...OURS,
      'ingress/app': ['app.example.com. 300 A 192.0.2.11'],
      'ingress/api': ['api.example.com. 300 A 192.0.2.12', 'api.example.com. 300 AAAA 2001:db8::12'],
      'ingress/cdn': ['cdn.example.com. 300 A 192.0.2.13'],
      'ingress/wild': ['*.wild.example.com. 300 A 192.0.2.14'],
      'service/keep': ['keep.example.com. 300 A 192.0.2.15'],
    });
    expect(await held()).toEqual(expect.arrayContaining(foreign));
    expect(publishing.withheld()).toEqual([
      'FOREIGN_ADDRESSES api.example.com.',
      'FOREIGN_DATA_AND_CNAME cdn.example.com.',
      'FOREIGN_RRSET *.wild.example.com.',
      'FOREIGN_RRSET app.example.com.',
      'OTHER_OWNER api.example.com.',
    ]);
    await publishing.publish({ 'ingress/www': [`${WWW} 300 A 192.0.2.2`] });
    await publishing.audit();
    await publishing.publish({ 'ingress/www': [], 'ingress/app': [], 'ingress/api': [], 'ingress/cdn': [], 'ingress/wild': [] });
    await publishing.audit();
    const ours = ['keep.example.com. 300 A 192.0.2.15', markerRecord('_owner.keep.example.com.', 'me', 'A/service')];
    expect(await held()).toEqual([...foreign, ...ours].toSorted());
  });

  describe('between our last look and our write', () => {
    /** Just before the next write reaches the server; where no write has a condition, before the read that comes before it. */
    const meanwhile = (run: () => Promise<void>): void => {
      const isConditional = server.connect().traits.conditionalWrites;
      server.gate.before(isConditional ? server.writes : /^GET /, run);
    };

    it('a record that somebody changes by hand is not overwritten unseen: it is drift, and set right as such', async () => {
      const publishing = await start(OURS);
      meanwhile(() => server.replace(WWW, 'A', [THEIRS]));
      server.gate.forget();
      await publishing.publish({ 'ingress/www': [`${WWW} 300 A 192.0.2.2`] });
      expect(await held()).toEqual([OUR_MARKER, `${WWW} 300 A 192.0.2.2`].toSorted());
      const writes = server.gate.requests.filter((request) => server.writes.test(request));
      // A condition that failed, a read, and the write of what is planned anew; or the read beforehand.
      expect(writes.length > 1).toBe(server.connect().traits.conditionalWrites);
    });

    it('a name that somebody takes is his: nothing of ours is written', async () => {
      const take = async (): Promise<void> => {
        await server.replace(MARKER, 'TXT', [THEIR_MARKER]);
        await server.replace(WWW, 'A', [THEIRS]);
      };
      const keep = { 'service/keep': ['keep.example.com. 300 A 192.0.2.15'] };
      const publishing = await start(keep);
      meanwhile(take);
      await publishing.publish(OURS);
      expect((await held()).filter((line) => line.includes('www'))).toEqual([THEIR_MARKER, THEIRS].toSorted());
      expect(publishing.withheld()).toEqual(['OTHER_OWNER www.example.com.']);
    });

    it('a name that somebody takes from us is his: it is neither changed nor deleted', async () => {
      const publishing = await start({ ...OURS, 'service/keep': ['keep.example.com. 300 A 192.0.2.15'] });
      meanwhile(async () => {
        await server.replace(MARKER, 'TXT', [THEIR_MARKER]);
        await server.replace(WWW, 'A', [THEIRS]);
      });
      await publishing.publish({ 'ingress/www': [`${WWW} 300 A 192.0.2.2`] });
      expect((await held()).filter((line) => line.includes('www'))).toEqual([THEIR_MARKER, THEIRS].toSorted());
      await publishing.publish({ 'ingress/www': [] });
      expect((await held()).filter((line) => line.includes('www'))).toEqual([THEIR_MARKER, THEIRS].toSorted());
    });

    it('a name that somebody takes over as it is, is his: its data are not changed any more', async () => {
      const publishing = await start(OURS);
      meanwhile(() => server.replace(MARKER, 'TXT', [THEIR_MARKER]));
      await publishing.publish({ 'ingress/www': [`${WWW} 300 A 192.0.2.2`] });
      expect(await held()).toEqual([THEIR_MARKER, `${WWW} 300 A 192.0.2.1`].toSorted());
      expect(publishing.withheld()).toEqual(['OTHER_OWNER www.example.com.']);
    });

    it('a marker that somebody puts beside ours keeps us from changing what both claim', async () => {
      const publishing = await start(OURS);
      meanwhile(() => server.replace(MARKER, 'TXT', [OUR_MARKER, THEIR_MARKER]));
      await publishing.publish({ 'ingress/www': [`${WWW} 300 A 192.0.2.2`] });
      expect(await held()).toEqual([OUR_MARKER, THEIR_MARKER, `${WWW} 300 A 192.0.2.1`].toSorted());
      expect(publishing.withheld()).toEqual(['CONTESTED www.example.com.']);
    });

    it('a record of his stays that somebody puts beside the one that we delete', async () => {
      const publishing = await start({ ...OURS, 'service/keep': ['keep.example.com. 300 A 192.0.2.15'] });
      const txt = `${WWW} 300 TXT "theirs"`;
      meanwhile(() => server.replace(WWW, 'TXT', [txt]));
      await publishing.publish({ 'ingress/www': [] });
      expect((await held()).filter((line) => line.includes('www'))).toEqual([txt]);
    });
  });

  it('two owners with set identifiers live side by side under one name, where there are any', async () => {
    const set = (owner: string, identifier: string, address: string): [Provider, Partial<PublishingOptions>, string] => [
      server.connect(),
      { settings: { owner } },
      `${WWW} 300 A ${address} ; ${identifier} aws/weight=10`,
    ];
    const [provider, blueOptions, blue] = set('me', 'blue', '192.0.2.1');
    const [other, greenOptions, green] = set('them', 'green', '198.51.100.7');
    const sets = async (): Promise<string[]> => (await held()).filter((line) => line.startsWith(WWW));
    const us = await start({ 'ingress/www': [blue] }, { provider, ...blueOptions });
    const them = await start({ 'ingress/www': [green] }, { provider: other, ...greenOptions });
    const hasSets = provider.traits.setIdentifiers;
    const shown = (...lines: readonly string[]): readonly string[] => (hasSets ? lines : []);
    const withheld = hasSets ? [] : ['PROVIDER_REJECTS www.example.com.'];
    expect([us.withheld(), them.withheld()]).toEqual([withheld, withheld]);
    expect(await sets()).toEqual(shown(`${WWW} 300 A 192.0.2.1 ; blue`, `${WWW} 300 A 198.51.100.7 ; green`));
    expect((await held()).filter((line) => line.startsWith(MARKER))).toEqual(
      shown(markerRecord(MARKER, 'me', 'A#blue/ingress'), markerRecord(MARKER, 'them', 'A#green/ingress')),
    );
    await us.audit();
    await us.publish({ 'ingress/www': [`${WWW} 300 A 192.0.2.9 ; blue aws/weight=20`] });
    expect(await sets()).toEqual(shown(`${WWW} 300 A 192.0.2.9 ; blue`, `${WWW} 300 A 198.51.100.7 ; green`));
    await them.audit();
    await us.publish({ 'ingress/keep': ['keep.example.com. 300 A 192.0.2.15'] });
    await us.publish({ 'ingress/www': [] });
    await us.audit();
    expect(await sets()).toEqual(shown(`${WWW} 300 A 198.51.100.7 ; green`));
    await them.audit();
    expect(them.withheld()).toEqual(withheld);
  });
});
