/**
 * The provider route53, with AWS's SDK, at moto: a Route 53 that shares no code with ours and none with our simulator.
 *
 * What this tells: that another program understands our requests and we its replies and its errors, that listings of zones and RRsets go on over pages whose markers somebody else
 * has made, and that a server which refuses DELETE and CREATE of one RRset in a batch is found out once.
 *
 * What it does not tell: whether Route 53 would take the data, refuse a batch as a whole, or notice that somebody else was faster. moto looks at neither, keeps two RRsets of one name
 * and type side by side, writes names as they were given (never `\052`), does not know `StartRecordIdentifier`, and deletes by set identifier alone. The simulator does all that as AWS
 * documents it, so other tests use that.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  nameOf,
  type NameState,
  type ObservedRRset,
  type OwnerName,
  type Provider,
  type ProviderZone,
  sameProvided,
} from '@kubezone/core';
import { createRoute53Provider } from '@kubezone/providers';
import { linesOf, systemClock } from '@kubezone/providers/testing';

import { locateMoto } from '../../tools/moto/moto.ts';
import { builtOperator, SIMULATED_AWS, startOperator } from '../support/built-operator.ts';
import { endpointManifests } from '../support/endpoint-manifests.ts';
import { HttpGate } from './http-gate.ts';
import { type MotoServer, type MotoSet, startMoto } from './moto-server.ts';
import { MotoZone, statesOf, writeOf } from './moto-zone.ts';

// The operator is built the first time.
jest.setTimeout(180_000);

const SIGNAL = new AbortController().signal;
const RECREATION = /does not take the DELETE and CREATE of one RRset in a batch/;

const located = locateMoto();
const place = 'missing' in located || !located.isInstalled ? undefined : located;
if (place === undefined) {
  const reason = 'missing' in located ? located.missing : 'moto is not installed; to do so: npx node tools/moto/install.ts';
  if (process.env['CI'] === 'true') throw new Error(`${reason} (and CI=true)`);
  process.stderr.write(`\n*** SKIPPED: route53 at moto: ${reason}\n\n`);
}
const describeAtMoto = place === undefined ? describe.skip : describe;

describeAtMoto('route53 at moto', () => {
  let moto: MotoServer;
  /** What the provider asks for goes through it, and nothing else. */
  let gate: HttpGate;
  const warnings: string[] = [];

  function connect(options: Parameters<typeof createRoute53Provider>[0] = {}): Provider {
    const log = (): void => undefined;
    const warn = (message: string): void => void warnings.push(message);
    return createRoute53Provider(
      { endpoint: gate.url, requestsPerSecond: 100_000, ...options },
      {
        clock: systemClock(),
        logger: { debug: log, info: log, warn, error: warn },
        credentials: () => Promise.resolve({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }),
      },
    );
  }

  const zoneOf = (apex: string, provider = connect()): Promise<MotoZone> => MotoZone.create(moto, provider, apex);

  beforeAll(async () => {
    moto = await startMoto(place?.python ?? '');
    gate = await HttpGate.open(moto.endpoint);
  });
  afterAll(async () => {
    await gate?.close();
    await moto?.stop();
  });
  beforeEach(() => {
    gate.forget();
    warnings.length = 0;
  });

  describe('zones', () => {
    const COUNT = 205;
    const ids = new Map<string, string>();
    beforeAll(async () => {
      const names = Array.from({ length: COUNT }, (_, index) => `z${index}.zones.example.`);
      await Promise.all(names.map(async (name) => ids.set(name, await moto.createZone(name))));
      ids.set('private', await moto.createZone('z0.zones.example.', true));
    });
    const found = async (options?: Parameters<typeof connect>[0]): Promise<string[]> => {
      const zones: readonly ProviderZone[] = await connect(options).zones(SIGNAL);
      return zones.map(({ apex, id }) => `${apex} ${id}`).filter((line) => line.includes('.zones.example. '));
    };

    it('are listed page by page, each of them once', async () => {
      const expected = Array.from(ids, ([name, id]) => `${name === 'private' ? 'z0.zones.example.' : name} ${id}`);
      expect((await found()).toSorted()).toEqual(expected.toSorted());
      expect(gate.requests.length).toBeGreaterThanOrEqual(3);
      expect(gate.requests.filter((request) => request.includes('marker='))).toHaveLength(gate.requests.length - 1);
    });

    it('of the Internet and of VPCs are told apart, and so are those that are named', async () => {
      const id = ids.get('private') ?? '';
      expect(await found({ zoneType: 'public' })).toHaveLength(COUNT);
      expect(await found({ zoneType: 'private' })).toEqual([`z0.zones.example. ${id}`]);
      const last = ids.get('z204.zones.example.') ?? '';
      const named = await found({ zoneIds: [`/hostedzone/${id}`, last] });
      expect(named.toSorted()).toEqual([`z0.zones.example. ${id}`, `z204.zones.example. ${last}`]);
    });

    it('that are gone are an error that says so', async () => {
      const gone = { apex: nameOf('gone.example'), id: 'ZGONE' };
      await expect(connect().read(gone, [gone.apex], SIGNAL)).rejects.toMatchObject({ code: 'PROVIDER_ZONE_UNKNOWN' });
    });
  });

  describe('a zone of several pages', () => {
    const NAMES = 250;
    const host = (index: number): OwnerName => nameOf(`n${String(index).padStart(3, '0')}.pages.example`);
    const linesAt = (index: number): string[] => [
      `${host(index)} 300 A 192.0.2.${index}`,
      `${host(index)} 60 AAAA 2001:db8::1:${index}`,
      `${host(index)} 300 TXT "n${index}"`,
    ];
    const linesOfAll = (but: readonly number[] = []): string[] =>
      Array.from({ length: NAMES }, (_, index) => (but.includes(index) ? [] : linesAt(index))).flat();
    let pages: MotoZone;
    beforeAll(async () => {
      pages = await zoneOf('pages.example');
      const writes = Array.from({ length: NAMES }, (_, index) =>
        writeOf(host(index), [], pages.lower(statesOf(...linesAt(index)))),
      );
      const kinds = new Set(await pages.apply(...writes));
      if (kinds.size !== 1 || !kinds.has('applied')) throw new Error(`moto takes not all: ${[...kinds].join(', ')}`);
    });

    it('is listed as a whole, also where a page ends inside of a name', async () => {
      expect(await pages.lines()).toEqual(linesOfAll().toSorted());
      // SOA and NS, three RRsets of each name before, and one of this name are the first 300.
      const starts = gate.requests.map((request) => new URL(request.split(' ')[1] ?? '', 'http://localhost').searchParams);
      expect(starts.map((start) => [start.get('name'), start.get('type')])).toEqual([
        [null, null],
        ['n099.pages.example.', 'AAAA'],
        ['n199.pages.example.', 'AAAA'],
      ]);
    });

    it('is read by name, with what stands far from it and what is not there', async () => {
      const owners = [host(120), nameOf('_owner.n120.pages.example'), nameOf('nobody.pages.example'), host(0)];
      expect(linesOf(await pages.read(...owners))).toEqual([...linesAt(0), ...linesAt(120)].toSorted());
    });

    it('takes changes and deletes of what was read, and nothing else changes', async () => {
      const before = await pages.read(host(7), host(8));
      const ofOwner = (owner: OwnerName): ObservedRRset[] => before.filter((rrset) => rrset.owner === owner);
      const changed = [linesAt(7)[0] ?? '', `${host(7)} 60 AAAA 2001:db8::ffff`];
      const writes = [
        writeOf(host(7), ofOwner(host(7)), pages.lower(statesOf(...changed))),
        writeOf(host(8), ofOwner(host(8)), []),
      ];
      expect(await pages.apply(...writes)).toEqual(['applied', 'applied']);
      expect(await pages.lines()).toEqual([...linesOfAll([7, 8]), ...changed].toSorted());
    });

    it('does not take what is there already: a conflict of that name, and the others are written', async () => {
      const fresh = nameOf('new.pages.example');
      const results = await pages.results(
        writeOf(host(20), [], pages.lower(statesOf(...linesAt(20)))),
        writeOf(fresh, [], pages.lower(statesOf(`${fresh} 300 A 192.0.2.1`))),
      );
      expect(Object.fromEntries(results.map(({ owner, kind }) => [owner, kind]))).toEqual({
        [host(20)]: 'conflict',
        [fresh]: 'applied',
      });
      expect(linesOf(await pages.read(fresh))).toEqual([`${fresh} 300 A 192.0.2.1`]);
    });
  });

  describe('what is written comes back as it was', () => {
    it.each([
      ['text with quotes and backslashes', ['t.example. 300 TXT "say \\"hi\\"" "a\\\\b" ""']],
      ['text that XML has signs for', ['t.example. 300 TXT "<a href=\'b\'>&amp; &#10;"']],
      ['text that looks like an escape', ['t.example. 300 TXT "\\\\052 \\\\\\\\065"']],
      ['text with octets outside ASCII', ['t.example. 300 TXT "caf\\195\\169 \\000\\009\\127\\255"']],
      ['long text, and several', [`t.example. 300 TXT "${'x'.repeat(255)}" "${'y'.repeat(255)}"`, 't.example. 300 TXT "other"']],
      ['a wildcard', ['*.t.example. 300 A 192.0.2.1', '*.t.example. 300 TXT "*"']],
      ['a name with signs', ['a\\(b\\.c!._x-y.t.example. 300 CNAME \\228\\*.example.net.']],
      ['data with names and numbers', ['t.example. 60 MX 10 mail.example.net.', '_x._tcp.t.example. 60 SRV 0 5 443 t.example.']],
      [
        'data with quotes',
        ['t.example. 60 CAA 0 issue "ca.example.net; a=b"', 't.example. 60 NAPTR 1 2 "u" "E2U+sip" "!^.*$!sip:a@b!" .'],
      ],
      ['an alias of a load balancer', ['www.t.example. 300 ALIAS k8s-1234.eu-west-1.elb.amazonaws.com.']],
    ])('%s', async (_, lines) => {
      const zone = await zoneOf('t.example');
      const wanted = zone.lower(statesOf(...lines));
      const owners = [...new Set(wanted.map(({ owner }) => owner))];
      const of = <T extends { readonly owner: OwnerName }>(some: readonly T[], owner: OwnerName): T[] =>
        some.filter((one) => one.owner === owner);
      const creations = owners.map((owner) => writeOf(owner, [], of(wanted, owner)));
      expect(await zone.apply(...creations)).toEqual(owners.map(() => 'applied'));

      const listed = await zone.list();
      for (const found of [listed, await zone.read(...owners)]) {
        expect(linesOf(found)).toEqual(linesOf(wanted));
        // Nothing is left to do.
        expect(wanted.filter((one) => !found.some((rrset) => sameProvided(one, rrset)))).toEqual([]);
      }
      expect(await zone.apply(...owners.map((owner) => writeOf(owner, of(listed, owner), [])))).toEqual(
        owners.map(() => 'applied'),
      );
      expect(await moto.sets(zone.zone.id)).toEqual([]);
    });

    it('in the form that Route 53 has for it', async () => {
      const zone = await zoneOf('form.example');
      const line = '*.form.example. 300 TXT "\\"caf\\195\\169\\""';
      await zone.apply(writeOf(nameOf('*.form.example'), [], zone.lower(statesOf(line))));
      expect(await moto.sets(zone.zone.id)).toEqual([
        { name: '\\052.form.example.', type: 'TXT', ttl: 300, values: ['"\\"caf\\303\\251\\""'], setIdentifier: undefined },
      ]);
    });
  });

  it('what others write in other forms is read, and deleted as they wrote it', async () => {
    const zone = await zoneOf('others.example');
    await moto.create(
      zone.zone.id,
      { name: '*.others.example', type: 'A', values: ['192.0.2.1', '192.0.2.2'] },
      { name: 'WWW.others.example.', type: 'CNAME', values: ['lb.example.net'] },
      { name: 'mail.others.example.', type: 'MX', values: ['10 Mail.example.net'] },
    );
    expect(await zone.lines()).toEqual([
      '*.others.example. 300 A 192.0.2.1',
      '*.others.example. 300 A 192.0.2.2',
      'mail.others.example. 300 MX 10 mail.example.net.',
      'www.others.example. 300 CNAME lb.example.net.',
    ]);
    const deletes = (await zone.list()).map((rrset) => writeOf(rrset.owner, [rrset], []));
    expect(await zone.apply(...deletes)).toEqual(['applied', 'applied', 'applied']);
    expect(await moto.sets(zone.zone.id)).toEqual([]);
  });

  describe('set identifiers', () => {
    const OWNER = nameOf('www.sets.example');
    type Sets = NameState['rrsets'];
    const set = (setIdentifier: string, address: string, properties: Readonly<Record<string, string>>): Sets =>
      (statesOf(`${OWNER} 60 A ${address}`).get(OWNER)?.rrsets ?? []).map((rrset) => ({ ...rrset, setIdentifier, properties }));

    it.each([
      ['weights', [{ 'aws/weight': '0' }, { 'aws/weight': '255', 'aws/health-check-id': 'abc' }]],
      ['regions', [{ 'aws/region': 'eu-west-1' }, { 'aws/region': 'us-east-1' }]],
      ['roles in a failover', [{ 'aws/failover': 'PRIMARY', 'aws/health-check-id': 'abc' }, { 'aws/failover': 'SECONDARY' }]],
      ['places', [{ 'aws/geolocation-country-code': '*' }, { 'aws/geolocation-continent-code': 'EU' }]],
      ['several answers', [{ 'aws/multi-value-answer': 'true' }, { 'aws/multi-value-answer': 'true' }]],
    ] as readonly [string, readonly Readonly<Record<string, string>>[]][])(
      'come back with their %s, and one of them can be changed and deleted',
      async (_, [blue = {}, green = {}]) => {
        const zone = await zoneOf('sets.example');
        const become = async (...rrsets: readonly Sets[]): Promise<void> => {
          const wanted = zone.lower(new Map([[OWNER, { exists: true, rrsets: rrsets.flat() }]]));
          expect(wanted).toHaveLength(rrsets.length);
          expect(await zone.apply(writeOf(OWNER, await zone.read(OWNER), wanted))).toEqual(['applied']);
          expect(await zone.lines()).toEqual(linesOf(wanted));
        };
        await become(set('blue', '192.0.2.1', blue), set('green', '192.0.2.2', green));
        expect((await moto.sets(zone.zone.id)).map(({ setIdentifier }) => setIdentifier)).toEqual(['blue', 'green']);
        await become(set('blue', '192.0.2.9', blue), set('green', '192.0.2.2', green));
        await become(set('green', '192.0.2.2', green));
        await become();
      },
    );

    it('of one name that are more than a page, where no page begins within them, are an error and no listing without end', async () => {
      const zone = await zoneOf('sets.example');
      const rrsets = Array.from({ length: 301 }, (_, index) => set(`set-${index}`, '192.0.2.1', { 'aws/weight': '1' })).flat();
      expect(await zone.apply(writeOf(OWNER, [], zone.lower(new Map([[OWNER, { exists: true, rrsets }]]))))).toEqual(['applied']);
      const stuck = { code: 'PROVIDER_BAD_RESPONSE', message: expect.stringContaining(`${OWNER} A`) };
      await expect(zone.list()).rejects.toMatchObject(stuck);
      await expect(zone.read(OWNER)).rejects.toMatchObject(stuck);
    });
  });

  it('that a marker cannot be deleted and created in one batch is found out once, by two zones at a time', async () => {
    const provider = connect();
    const zones = await Promise.all(['one.example', 'two.example'].map((apex) => zoneOf(apex, provider)));
    const update = async (address: string): Promise<void> => {
      const goals = zones.map(({ zone: { apex } }) =>
        Array.from({ length: 3 }, (_, index) => [
          `n${index}.${apex} 300 A ${address}`,
          `_owner.n${index}.${apex} 300 TXT "ours"`,
        ]),
      );
      const writes = await Promise.all(
        zones.map(async (zone, nth) => {
          const held = await zone.list();
          return (goals[nth] ?? []).map((lines) => {
            const wanted = zone.lower(statesOf(...lines));
            const owners = new Set(wanted.map(({ owner }) => owner));
            const [owner = zone.zone.apex] = owners;
            return writeOf(
              owner,
              held.filter((rrset) => owners.has(rrset.owner)),
              wanted,
            );
          });
        }),
      );
      const kinds = await Promise.all(zones.map((zone, nth) => zone.apply(...(writes[nth] ?? []))));
      expect(kinds).toEqual(zones.map(() => ['applied', 'applied', 'applied']));
      for (const [nth, zone] of zones.entries()) expect(await zone.lines()).toEqual(goals[nth]?.flat().toSorted());
    };
    await update('192.0.2.1');
    expect(warnings.filter((message) => RECREATION.test(message))).toEqual([]);
    await update('192.0.2.2');
    await update('192.0.2.3');
    expect(warnings.filter((message) => RECREATION.test(message))).toHaveLength(1);
  });

  describe('the built operator', () => {
    const NAMES = 170;
    const FOREIGN: MotoSet = {
      name: 'theirs.sync.example.',
      type: 'A',
      ttl: 300,
      values: ['198.51.100.1'],
      setIdentifier: undefined,
    };
    let zoneId: string;
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kubezone-moto-'));
      await mkdir(join(folder, 'manifests'));
      zoneId = await moto.createZone('sync.example.');
      await moto.create(zoneId, FOREIGN);
      await builtOperator();
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    /** Runs it until nothing is left to do. @returns the warnings of which it has spoken, and how many writes it sent */
    async function publish(asked: ReadonlyMap<string, string>): Promise<{ readonly text: string; readonly writes: number }> {
      const endpoints = Array.from(asked, ([dnsName, target]) => ({ dnsName, recordType: 'A', target }));
      await writeFile(join(folder, 'manifests', 'endpoints.yaml'), endpointManifests(endpoints));
      const providerOptions = { endpoint: gate.url, requestsPerSecond: 1000, batchChangeSize: 60 };
      const config = {
        manifests: join(folder, 'manifests'),
        sources: ['dnsendpoint'],
        owner: { id: 'moto' },
        log: { level: 'warn', format: 'json' },
        providers: [{ selector: ['sync.example'], provider: 'route53', providerOptions }],
      };
      await writeFile(join(folder, 'kubezone.yaml'), JSON.stringify(config));
      gate.forget();
      const operator = await startOperator(['--config', 'kubezone.yaml', '--once'], { cwd: folder, env: SIMULATED_AWS });
      try {
        const end = await operator.ended();
        if (end !== 0) throw new Error(`it ended with ${end}, and said: ${operator.text()}`);
        return { text: operator.text(), writes: gate.requests.filter((request) => request.startsWith('POST ')).length };
      } finally {
        await operator.stop('SIGKILL');
      }
    }

    it('publishes everything, finds nothing left to do, follows changes, and tells of the server once', async () => {
      const first = new Map(Array.from({ length: NAMES }, (_, index) => [`n${index}.sync.example`, `192.0.2.${index}`]));
      const made = await publish(first);
      // Two changes for each name.
      expect(made.writes).toBeGreaterThanOrEqual(NAMES / 30);
      expect(made.text).not.toMatch(RECREATION);
      await holds(first);
      expect((await publish(first)).writes).toBe(0);

      const then = new Map([...first].slice(10).map(([name, address], index) => [name, index < 60 ? '203.0.113.1' : address]));
      then.set('new.sync.example', '203.0.113.2');
      const changed = await publish(then);
      expect(changed.writes).toBeGreaterThan(2);
      expect(changed.text.match(new RegExp(RECREATION, 'g'))).toHaveLength(1);
      await holds(then);
      expect(await publish(then)).toMatchObject({ writes: 0, text: expect.not.stringMatching(RECREATION) });
    });

    /** Every name with one marker, and what is somebody else's. */
    async function holds(asked: ReadonlyMap<string, string>): Promise<void> {
      const sets = await moto.sets(zoneId);
      const data = sets.filter(({ type }) => type === 'A').map(({ name, values }) => `${name} ${values.join(' ')}`);
      const expected = Array.from(asked, ([name, address]) => `${name}. ${address}`);
      expect(data.toSorted()).toEqual([...expected, `${FOREIGN.name} ${FOREIGN.values.join(' ')}`].toSorted());
      const markers = sets.filter(({ type, values }) => type === 'TXT' && values.join('').includes('heritage=kubezone'));
      expect(markers.map(({ name }) => name).toSorted()).toEqual(
        Array.from(asked.keys(), (name) => `_owner.${name}.`).toSorted(),
      );
      expect(sets).toHaveLength(data.length + markers.length);
    }
  });
});
