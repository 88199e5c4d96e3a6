import { afterEach, describe, expect, it } from '@jest/globals';
import { nameOf, sameProvided } from '@kubezone/core';

import { linesOf, stateOf } from '../testing/provided-text.ts';
import { GoogleWorld, kindsOf, SIGNAL, ZONE } from './testing/google-world.ts';

const PEERING = {
  peeringConfig: { targetNetwork: { networkUrl: 'https://www.googleapis.com/compute/v1/projects/p/global/networks/n' } },
};
const FORWARDING = { forwardingConfig: { targetNameServers: [{ ipv4Address: '192.0.2.1' }] } };

let world: GoogleWorld;
const open = async (...args: Parameters<typeof GoogleWorld.open>): Promise<GoogleWorld> =>
  (world = await GoogleWorld.open(...args));
afterEach(async () => {
  await world.close();
});

describe('zones of google', () => {
  const zones = [
    { name: 'public-example', dnsName: 'example.com.' },
    { name: 'private-example', dnsName: 'example.com.', fields: { visibility: 'private' } },
    { name: 'peering-example', dnsName: 'example.com.', fields: { visibility: 'private', ...PEERING } },
    { name: 'forwarding-corp', dnsName: 'corp.example.', fields: { visibility: 'private', ...FORWARDING } },
    { name: 'directory', dnsName: 'sd.example.', fields: { visibility: 'private', serviceDirectoryConfig: {} } },
    { name: 'upper', dnsName: 'Upper.Example.' },
  ];
  const listed = async (visibility?: 'public' | 'private'): Promise<readonly string[]> => {
    await open({ zones, pageSize: 2 }, visibility === undefined ? {} : { visibility });
    return (await world.provider.zones(SIGNAL)).map(({ apex, id }) => `${apex} ${id}`);
  };

  it('are told apart by their names where public and private ones share an apex', async () => {
    expect(await listed()).toEqual(['example.com. public-example', 'example.com. private-example', 'upper.example. upper']);
  });

  it('can be restricted to public ones', async () => {
    expect(await listed('public')).toEqual(['example.com. public-example', 'upper.example. upper']);
  });

  it('can be restricted to private ones, among which peering zones are not', async () => {
    expect(await listed('private')).toEqual(['example.com. private-example']);
  });

  it('that hold nothing of their own are left out with a reason', async () => {
    await listed();
    const left = world.logger.lines.filter(({ message }) => message === 'zone left out').map(({ fields }) => fields?.['zone']);
    expect(left).toEqual(['peering-example', 'forwarding-corp', 'directory']);
  });

  it('are all listed, however many pages there are', async () => {
    const many = Array.from({ length: 7 }, (_, index) => ({ name: `zone-${index}`, dnsName: `zone-${index}.example.` }));
    await open({ zones: many, pageSize: 3 });
    expect(await world.provider.zones(SIGNAL)).toHaveLength(7);
  });
});

describe('what google is asked', () => {
  it('to change one name: one write, and nothing else', async () => {
    await open();
    await world.provider.zones(SIGNAL);
    world.simulator.seed('example', ['www.example.com. 300 A 192.0.2.1', '_owner.www.example.com. 300 TXT "ours"']);
    const before = await world.read('www.example.com', '_owner.www.example.com');
    world.simulator.forgetRequests();
    const write = world.write(before, 'www.example.com. 300 A 192.0.2.2', '_owner.www.example.com. 300 TXT "ours"');
    expect(kindsOf(await world.apply(write))).toEqual(['www.example.com. applied']);
    expect(world.simulator.requests.map(({ line }) => line)).toEqual([
      'POST /dns/v1/projects/test-project/managedZones/example/changes',
    ]);
    // The marker that stays as it is, is a condition: its deletion has to match.
    const marker = { name: '_owner.www.example.com.', type: 'TXT', ttl: 300, rrdatas: ['"ours"'] };
    expect(JSON.parse(world.simulator.requests[0]?.body ?? '')).toEqual({
      additions: [{ name: 'www.example.com.', type: 'A', ttl: 300, rrdatas: ['192.0.2.2'] }, marker],
      deletions: [{ name: 'www.example.com.', type: 'A', ttl: 300, rrdatas: ['192.0.2.1'] }, marker],
    });
  });

  it('to read names: one request for each, at most', async () => {
    await open();
    world.simulator.seed('example', ['a.example.com. 300 A 192.0.2.1', 'b.example.com. 300 A 192.0.2.1']);
    expect(await world.read('a.example.com', 'b.example.com', 'a.example.com', 'c.example.com')).toHaveLength(2);
    expect(world.requests('GET')).toBe(3);
  });

  it('for nothing, where nothing changes', async () => {
    await open();
    world.simulator.seed('example', ['www.example.com. 300 A 192.0.2.1']);
    const before = await world.read('www.example.com');
    world.simulator.forgetRequests();
    const results = await world.apply(world.write(before, 'www.example.com. 300 A 192.0.2.1'));
    expect(results).toEqual([{ kind: 'applied', owner: 'www.example.com.', observed: [expect.objectContaining({ ttl: 300 })] }]);
    expect(world.simulator.requests).toEqual([]);
  });

  it('to delete: exactly what it has shown, in its own words', async () => {
    await open();
    const raw = { name: 'www.example.com.', type: 'TXT', ttl: 77, rrdatas: ['"v=DKIM1\\; k=rsa"', '"b\\097r"'] };
    world.simulator.put('example', raw);
    const before = await world.read('www.example.com');
    expect(linesOf(before)).toEqual(['www.example.com. 77 TXT "bar"', 'www.example.com. 77 TXT "v=DKIM1; k=rsa"']);
    const [result] = await world.apply({
      owner: nameOf('www.example.com'),
      writes: before.map((one) => ({ before: one, after: undefined })),
    });
    expect(result?.kind).toBe('applied');
    expect(world.simulator.dump('example')).toEqual([]);
  });

  it('with the address and the project that are configured', async () => {
    await open({ project: 'my-project' }, { project: 'my-project' });
    await world.provider.zones(SIGNAL);
    expect(world.simulator.requests.map(({ line }) => line)).toEqual([
      'GET /dns/v1/projects/my-project/managedZones',
      'GET /dns/v1/projects/my-project',
    ]);
  });
});

describe('RRsets that google has and nobody else', () => {
  const wrr = {
    wrr: {
      items: [
        { weight: 0.5, rrdatas: ['192.0.2.1'] },
        { weight: 0.5, rrdatas: ['192.0.2.2', '192.0.2.1'] },
      ],
    },
  };
  const policed = { name: 'www.example.com.', type: 'A', ttl: 300, rrdatas: [], routingPolicy: wrr };

  it('with a routing policy are shown, as different from any that could be desired', async () => {
    await open();
    world.simulator.put('example', policed);
    const observed = await world.read('www.example.com');
    expect(linesOf(observed)).toEqual([
      'www.example.com. 300 A 192.0.2.1 ; google/routing-policy=wrr',
      'www.example.com. 300 A 192.0.2.2 ; google/routing-policy=wrr',
    ]);
    const [plain] = world.lower(nameOf('www.example.com'), [
      'www.example.com. 300 A 192.0.2.1',
      'www.example.com. 300 A 192.0.2.2',
    ]);
    expect(plain && observed[0] && sameProvided(plain, observed[0])).toBe(false);
  });

  it('with a routing policy are never written over, nor deleted; other names of the call are written', async () => {
    await open();
    world.simulator.put('example', policed);
    const before = await world.read('www.example.com');
    const results = await world.apply(
      world.write(before, 'www.example.com. 300 A 192.0.2.9'),
      world.create('other.example.com. 300 A 192.0.2.9'),
    );
    expect(kindsOf(results)).toEqual(['other.example.com. applied', 'www.example.com. refused']);
    expect(results.find(({ kind }) => kind === 'refused')).toMatchObject({
      reason: expect.stringContaining('www.example.com. A is left alone: it has a routing policy') as unknown,
    });
    expect(world.simulator.get('example', 'www.example.com.', 'A')).toEqual(policed);
  });

  it('with a routing policy are a conflict for whoever did not see them', async () => {
    await open();
    world.simulator.put('example', policed);
    expect(kindsOf(await world.apply(world.create('www.example.com. 300 A 192.0.2.9')))).toEqual(['www.example.com. conflict']);
    expect(world.simulator.get('example', 'www.example.com.', 'A')).toEqual(policed);
  });

  it('of types that are not known here are seen, and left alone', async () => {
    await open();
    world.simulator.put('example', { name: 'example.com.', type: 'ALIAS', ttl: 60, rrdatas: ['lb.example.net.'] });
    world.simulator.put('example', { name: 'vpn.example.com.', type: 'IPSECKEY', ttl: 60, rrdatas: ['10 1 2 192.0.2.1 AQ=='] });
    world.simulator.put('example', { name: 'new.example.com.', type: 'BRANDNEW', ttl: 60, rrdatas: ['x'] });
    const found = (await world.read('example.com', 'vpn.example.com', 'new.example.com')).filter(
      ({ type }) => type !== 2 && type !== 6,
    );
    expect(
      found
        .map(({ owner, type, alias, properties }) => ({ owner, type, alias: alias?.name, properties }))
        .toSorted((one, other) => one.type - other.type),
    ).toEqual([
      { owner: 'example.com.', type: 1, alias: 'lb.example.net.', properties: undefined },
      { owner: 'vpn.example.com.', type: 45, alias: undefined, properties: { 'google/type': 'IPSECKEY' } },
      { owner: 'new.example.com.', type: 65_280, alias: undefined, properties: { 'google/type': 'BRANDNEW' } },
    ]);
    const results = await world.apply(
      ...found.map((before) => ({ owner: before.owner, writes: [{ before, after: undefined }] })),
    );
    expect(results.map(({ kind }) => kind)).toEqual(['refused', 'refused', 'refused']);
    expect(world.requests('POST')).toBe(0);
  });
});

describe('what google is told to hold', () => {
  it('the addresses of a host name: a CNAME, which Mate could not write there', async () => {
    await open();
    const lowered = world.lower(nameOf('www.example.com'), ['www.example.com. 300 ALIAS my-lb-123.eu-west-1.elb.amazonaws.com.']);
    expect(linesOf(lowered)).toEqual(['www.example.com. 300 CNAME my-lb-123.eu-west-1.elb.amazonaws.com.']);
  });

  it('a new name with two addresses, and Mate’s own marker, in one change', async () => {
    await open();
    const write = world.create(
      'www.example.com. 300 A 192.0.2.1',
      'www.example.com. 300 A 192.0.2.2',
      'www.example.com. 300 TXT "heritage=mate"',
      'www.example.com. 300 TXT "mate/record-group-id=g"',
    );
    await world.apply(write);
    expect(world.requests('POST')).toBe(1);
    expect(world.simulator.dump('example')).toHaveLength(4);
  });

  it.each([
    ['a CNAME at the apex', 'example.com. 300 CNAME lb.example.net.', 'apex'],
    ['a host name’s addresses at the apex', 'example.com. 300 ALIAS lb.example.net.', 'apex'],
    ['a type that it does not take', 'www.example.com. 300 LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m', 'LOC'],
  ])('not %s, with the reason', async (_, line, reason) => {
    await open();
    const owner = nameOf(line.split(' ')[0] ?? '');
    const { rrsets, rejected } = world.provider.lower(ZONE, owner, stateOf(line));
    expect(rrsets).toEqual([]);
    expect(rejected).toEqual([expect.objectContaining({ reason: expect.stringContaining(reason) as unknown })]);
  });
});

describe('two writers at google', () => {
  it('a record changed after it was read is not written over, and neither is its marker', async () => {
    await open();
    world.simulator.seed('example', ['www.example.com. 300 A 192.0.2.1']);
    const before = await world.read('www.example.com');
    world.simulator.seed('example', ['www.example.com. 60 A 192.0.2.1']);
    const results = await world.apply(
      world.write(before, 'www.example.com. 300 A 192.0.2.2', '_owner.www.example.com. 300 TXT "ours"'),
    );
    expect(results).toEqual([
      { kind: 'conflict', owner: 'www.example.com.', reason: expect.stringContaining('Precondition not met') as unknown },
    ]);
    expect(world.simulator.dump('example')).toEqual(['www.example.com. 60 A 192.0.2.1']);
  });

  it('a marker that another has added his own to is not written over', async () => {
    await open();
    world.simulator.seed('example', ['_owner.www.example.com. 300 TXT "first"']);
    const before = await world.read('_owner.www.example.com');
    world.simulator.seed('example', ['_owner.www.example.com. 300 TXT "first"', '_owner.www.example.com. 300 TXT "second"']);
    const results = await world.apply(
      world.write(before, '_owner.www.example.com. 300 TXT "first"', '_owner.www.example.com. 300 TXT "third"'),
    );
    expect(results.map(({ kind }) => kind)).toEqual(['conflict']);
  });

  it('an address put beside our CNAME since is a conflict, and no refusal that would be repeated in vain', async () => {
    await open();
    world.simulator.seed('example', ['www.example.com. 300 A 192.0.2.66']);
    const results = await world.apply(world.create('www.example.com. 300 CNAME lb.example.net.'));
    expect(results.map(({ kind }) => kind)).toEqual(['conflict']);
  });

  it('a CNAME beside other data of the same write is refused for what it is', async () => {
    await open();
    const cname = world.create('www.example.com. 300 CNAME lb.example.net.');
    const text = world.create('www.example.com. 300 TXT "x"');
    const results = await world.apply({ owner: cname.owner, writes: [...cname.writes, ...text.writes] });
    expect(results.map(({ kind }) => kind)).toEqual(['refused']);
  });
});
