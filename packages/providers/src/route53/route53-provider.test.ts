import { inspect } from 'node:util';

import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ApplyResult,
  nameOf,
  type NameState,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type ProvidedRRset,
  providedKey,
  sameProvided,
} from '@kubezone/core';

import { linesOf, stateOf } from '../testing/provided-text.ts';
import { FAULTS, type Fault } from '../testing/route53-simulator/fault.ts';
import {
  ACCESS_KEY,
  openRoute53,
  type Route53UnderTest,
  SECRET,
  SESSION_TOKEN,
  ZONE,
} from '../testing/route53-simulator/under-test.ts';

const SIGNAL = new AbortController().signal;
const WWW = nameOf('www.example.com');
const MARKER = nameOf('_owner.www.example.com');

let under: Route53UnderTest;
afterEach(() => under.simulator.close());

async function open(...options: Parameters<typeof openRoute53>): Promise<void> {
  under = await openRoute53(...options);
}

const dump = (): readonly string[] => under.simulator.dump(ZONE.id);
const read = (...owners: readonly OwnerName[]): Promise<readonly ObservedRRset[]> => under.provider.read(ZONE, owners, SIGNAL);
const apply = (...writes: readonly NameWrite[]): Promise<readonly ApplyResult[]> => under.provider.apply(ZONE, writes, SIGNAL);
const lowered = (state: NameState, owner: OwnerName = WWW): readonly ProvidedRRset[] =>
  under.provider.lower(ZONE, owner, state).rrsets;

function creation(owner: OwnerName, ...lines: readonly string[]): NameWrite {
  return { owner, writes: lowered(stateOf(...lines), owner).map((after) => ({ before: undefined, after })) };
}

function change(owner: OwnerName, before: readonly ObservedRRset[], after: readonly ProvidedRRset[]): NameWrite {
  const keys = new Set([...before, ...after].map(providedKey));
  const find = <T extends ProvidedRRset>(some: readonly T[], key: string): T | undefined =>
    some.find((rrset) => providedKey(rrset) === key);
  return { owner, writes: [...keys].map((key) => ({ before: find(before, key), after: find(after, key) })) };
}

const host = (index: number): OwnerName => nameOf(`h${index}.example.com`);
const hosts = (count: number): NameWrite[] =>
  Array.from({ length: count }, (_, index) => creation(host(index), `${host(index)} 300 A 192.0.2.1`));

describe('zones', () => {
  const zones = [
    { id: 'ZPUBLIC', name: 'example.com.' },
    { id: 'ZPRIVATE', name: 'example.com.', isPrivate: true },
    { id: 'ZMAP', name: 'svc.example.com.', isPrivate: true, linkedService: 'servicediscovery.amazonaws.com' },
    ...Array.from({ length: 230 }, (_, index) => ({ id: `Z${index}`, name: `z${index}.example.` })),
  ];

  it.each([
    ['all, page by page, but for those of other services', {}, 232],
    ['public ones', { zoneType: 'public' as const }, 231],
    ['private ones', { zoneType: 'private' as const }, 1],
    ['those that are named, in either form', { zoneIds: ['/hostedzone/ZPUBLIC', 'Z229'] }, 2],
  ])('are listed: %s', async (_, options, count) => {
    await open(options, { zones });
    const found = await under.provider.zones(SIGNAL);
    expect(found).toHaveLength(count);
    expect(new Set(found.map(({ id }) => id)).size).toBe(count);
    expect(found.map(({ id }) => id)).not.toContain('ZMAP');
  });

  it('of one name are told apart by their id', async () => {
    await open({ zoneIds: ['ZPUBLIC', 'ZPRIVATE'] }, { zones });
    const [first, second] = await under.provider.zones(SIGNAL);
    if (first === undefined || second === undefined) throw new Error('two zones are expected');
    await under.provider.apply(second, [creation(WWW, 'www.example.com. 300 A 10.0.0.1')], SIGNAL);
    expect(under.simulator.dump('ZPUBLIC')).toEqual([]);
    expect(under.simulator.dump('ZPRIVATE')).toEqual(['www.example.com. 300 A 10.0.0.1']);
  });

  it('that are named and not there are told of', async () => {
    await open({ zoneIds: ['ZPUBLIC', 'ZGONE'] }, { zones });
    expect(await under.provider.zones(SIGNAL)).toHaveLength(1);
    expect(under.logged).toContainEqual({
      message: 'Route 53 shows no such hosted zone',
      fields: { provider: 'route53', zone: 'ZGONE' },
    });
  });

  it('of VPCs get no alias to CloudFront, once they are known', async () => {
    await open({}, { zones });
    await under.provider.zones(SIGNAL);
    const state = stateOf('www.example.com. 300 ALIAS d1.cloudfront.net.');
    const types = (id: string): number[] => under.provider.lower({ ...ZONE, id }, WWW, state).rrsets.map(({ type }) => type);
    expect(types('ZPUBLIC')).toEqual([1, 28]);
    expect(types('ZPRIVATE')).toEqual([5]);
  });
});

describe('what is observed', () => {
  it('equals what was lowered, field by field, after a write, a read and a listing', async () => {
    await open();
    const state: NameState = {
      exists: true,
      rrsets: [
        ...stateOf('*.dev.example.com. 60 TXT "\\"a\\" \\\\ b" "c"').rrsets,
        ...stateOf('*.dev.example.com. 60 HTTPS 1 . alpn="h2"').rrsets.map((rrset) => ({
          ...rrset,
          setIdentifier: 'a b/c',
          properties: {
            'aws/geoproximity-coordinates': '48.85,2.35',
            'aws/geoproximity-bias': '-5',
            'aws/health-check-id': 'abc',
          },
        })),
      ],
      aliases: [
        {
          ttl: 60,
          targets: [nameOf('w.us-east-1.elb.amazonaws.com')],
          setIdentifier: 'blue',
          properties: { 'aws/weight': '10' },
        },
        {
          ttl: 60,
          targets: [nameOf('w.eu-west-1.elb.amazonaws.com')],
          setIdentifier: 'green',
          properties: { 'aws/weight': '0', 'aws/evaluate-target-health': 'false' },
        },
      ],
    };
    const owner = nameOf('*.dev.example.com');
    const wanted = lowered(state, owner);
    expect(wanted).toHaveLength(6);
    const [result] = await apply({ owner, writes: wanted.map((after) => ({ before: undefined, after })) });
    const listed: ObservedRRset[] = [];
    for await (const page of under.provider.list(ZONE, SIGNAL)) listed.push(...page);
    for (const observed of [result?.kind === 'applied' ? result.observed : [], await read(owner), listed]) {
      for (const want of wanted) {
        expect(observed.filter((rrset) => sameProvided(rrset, want))).toHaveLength(1);
      }
    }
    expect(
      under.simulator
        .zone(ZONE.id)
        .sets()
        .map(({ Name }) => Name),
    ).toContain('\\052.dev.example.com.');
    // And what was returned deletes it again.
    expect(await apply(change(owner, await read(owner), []))).toMatchObject([{ kind: 'applied', observed: [] }]);
    expect(dump()).toEqual([]);
  });

  it('of an alias made before 2016 is the same as of one made today, and it is deleted as it stands', async () => {
    await open();
    const AliasTarget = { HostedZoneId: 'Z3DZXE0Q79N41H', DNSName: 'W.us-east-1.elb.amazonaws.com', EvaluateTargetHealth: true };
    under.simulator.zone(ZONE.id).put({ Name: 'www.example.com', Type: 'A', AliasTarget });
    const found = await read(WWW);
    const [wanted] = lowered(stateOf('www.example.com. 300 ALIAS w.us-east-1.elb.amazonaws.com.'));
    expect(found.map((rrset) => sameProvided(rrset, wanted as ProvidedRRset))).toEqual([true]);
    expect(await apply(change(WWW, found, []))).toMatchObject([{ kind: 'applied' }]);
  });

  it('is kept where it is not well formed, told of, and deleted as it stands', async () => {
    await open();
    under.simulator.zone(ZONE.id).put({ Name: 'www.example.com', Type: 'CAA', TTL: 60, ResourceRecords: [{ Value: '0 issue' }] });
    const found = await read(WWW);
    expect(found).toHaveLength(1);
    expect(under.logged).toMatchObject([{ message: 'Route 53 returned something unexpected' }]);
    expect(await apply(change(WWW, found, []))).toMatchObject([{ kind: 'applied' }]);
    expect(dump()).toEqual([]);
  });

  it('of a traffic policy equals nothing that anybody wants', async () => {
    await open();
    under.simulator.zone(ZONE.id).put({ Name: 'www.example.com', Type: 'A', TTL: 60, TrafficPolicyInstanceId: 'b5d8c1a0' });
    expect(linesOf(await read(WWW))).toEqual([]);
    expect(await read(WWW)).toMatchObject([{ properties: { 'aws/traffic-policy-instance-id': 'b5d8c1a0' } }]);
  });
});

describe('requests', () => {
  it('are one for a change, and no listing', async () => {
    await open();
    await apply(creation(WWW, 'www.example.com. 300 A 192.0.2.1', '_owner.www.example.com. 300 TXT "ours"'));
    expect(under.simulator.seen.map(({ operation }) => operation)).toEqual(['ChangeResourceRecordSets']);
  });

  it('are one for reading a name and its marker, whatever else there is', async () => {
    await open();
    under.simulator.seed(ZONE.id, [
      '1.www.example.com. 300 A 192.0.2.1',
      '_owner.www.example.com. 300 TXT "ours"',
      'a.www.example.com. 300 A 192.0.2.2',
      'www.example.com. 300 A 192.0.2.3',
      'zzz.example.com. 300 A 192.0.2.4',
    ]);
    expect(linesOf(await read(MARKER, WWW))).toEqual([
      '_owner.www.example.com. 300 TXT "ours"',
      'www.example.com. 300 A 192.0.2.3',
    ]);
    expect(under.simulator.seen).toHaveLength(1);
  });

  it('are as many as it takes for names that stand far apart, some of which have nothing', async () => {
    await open();
    const lines = Array.from({ length: 100 }, (_, index) => `h${String(index).padStart(3, '0')}.example.com. 300 A 192.0.2.1`);
    under.simulator.seed(ZONE.id, ['*.example.com. 300 A 192.0.2.2', ...lines, 'zzz.example.com. 300 A 192.0.2.3']);
    const owners = ['h001', 'h000', 'zzz', '*', 'h050x', 'nothing', 'h099'].map((first) => nameOf(`${first}.example.com`));
    expect(linesOf(await read(...owners))).toEqual([
      '*.example.com. 300 A 192.0.2.2',
      'h000.example.com. 300 A 192.0.2.1',
      'h001.example.com. 300 A 192.0.2.1',
      'h099.example.com. 300 A 192.0.2.1',
      'zzz.example.com. 300 A 192.0.2.3',
    ]);
  });

  it('for a name with more RRsets than a page has are several', async () => {
    await open();
    for (let index = 0; index < 120; index++) {
      under.simulator
        .zone(ZONE.id)
        .put({ Name: WWW, Type: 'A', SetIdentifier: `s${index}`, Weight: 1, TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] });
    }
    expect(await read(WWW, MARKER)).toHaveLength(120);
    expect(under.simulator.seen).toHaveLength(3);
  });

  it('hold as many changes as they may, and part no name', async () => {
    await open({ batchChangeSize: 5 });
    const writes = Array.from({ length: 100 }, (_, index) =>
      creation(host(index), `${host(index)} 300 A 192.0.2.1`, `_owner.${host(index)} 300 TXT "ours"`),
    );
    const results = await apply(...writes);
    expect(results.every(({ kind }) => kind === 'applied')).toBe(true);
    expect(under.simulator.seen.map(({ changes }) => changes.length)).toEqual(Array.from({ length: 50 }, () => 4));
  });

  it('stay within what Route 53 takes: 1000 values, 32,000 characters', async () => {
    await open();
    const long = `"${'x'.repeat(200)}"`;
    const writes = Array.from({ length: 300 }, (_, index) => creation(host(index), `${host(index)} 300 TXT ${long}`));
    expect(new Set((await apply(...writes)).map(({ kind }) => kind))).toEqual(new Set(['applied']));
    expect(under.simulator.batches).toBe(2);
    const addresses = Array.from({ length: 200 }, (_, index) => `192.0.2.${index}`);
    const many = Array.from({ length: 8 }, (_, index) => nameOf(`m${index}.example.com`));
    const results = await apply(
      ...many.map((owner) => creation(owner, ...addresses.map((address) => `${owner} 300 A ${address}`))),
    );
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['applied']));
    expect(under.simulator.batches).toBe(4);
  });

  it('wait for their turn where there is a rate, and none is throttled', async () => {
    let now = 0;
    const started = performance.now();
    const rate = { perSecond: 40, now: () => performance.now() - started };
    await open({ rate: { capacity: 10, perSecond: 20 } }, { rate });
    now = performance.now();
    await Promise.all(Array.from({ length: 15 }, (_, index) => read(host(index))));
    expect(performance.now() - now).toBeGreaterThan(200);
    expect(under.simulator.seen).toHaveLength(15);
  });

  it('are not sent while another change of the zone is under way', async () => {
    await open();
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    under.simulator.inject({ fault: { kind: 'hold', until } });
    const both = Promise.all([
      apply(creation(WWW, 'www.example.com. 300 A 192.0.2.1')),
      apply(creation(host(1), 'h1.example.com. 300 A 192.0.2.1')),
    ]);
    setTimeout(release, 50);
    expect((await both).flat().map(({ kind }) => kind)).toEqual(['applied', 'applied']);
  });
});

describe('what is refused', () => {
  it.each(['error-response', 'invalid-change-batch'] as const)(
    'is found in a batch, and the others are written (%s)',
    async (refusals) => {
      await open({}, { refusals });
      under.simulator.seed(ZONE.id, ['h1.example.com. 300 A 192.0.2.66', 'h2.example.com. 300 CNAME other.example.net.']);
      const bad = {
        ...stateOf('h3.example.com. 300 A 192.0.2.1').rrsets[0],
        rdatas: [new Uint8Array([1, 2, 3])],
      } as ProvidedRRset;
      const writes = [
        ...hosts(3),
        { owner: host(3), writes: [{ before: undefined, after: bad }] },
        creation(host(4), 'h4.example.com. 300 A 192.0.2.1'),
      ];
      const results = await apply(...writes);
      expect(Object.fromEntries(results.map(({ owner, kind }) => [owner, kind]))).toEqual({
        'h0.example.com.': 'applied',
        'h1.example.com.': 'conflict',
        'h2.example.com.': 'conflict',
        'h3.example.com.': 'refused',
        'h4.example.com.': 'applied',
      });
      expect(dump()).toContain('h1.example.com. 300 A 192.0.2.66');
      expect(results.find(({ kind }) => kind === 'refused')).toMatchObject({ reason: expect.stringContaining('ARRDATA') });
    },
  );

  it('because another owner has a set there with another policy is a conflict', async () => {
    await open();
    const theirs = { SetIdentifier: 'theirs', Region: 'eu-west-1', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
    under.simulator.zone(ZONE.id).put({ Name: WWW, Type: 'A', ...theirs });
    const [rrset] = stateOf('www.example.com. 60 A 192.0.2.2').rrsets;
    const state = { exists: true, rrsets: [{ ...rrset, setIdentifier: 'ours', properties: { 'aws/weight': '1' } }] } as NameState;
    expect(await apply(change(WWW, [], lowered(state)))).toMatchObject([{ kind: 'conflict' }]);
  });

  it('leaves the set of another owner alone, and stands beside it', async () => {
    await open();
    under.simulator
      .zone(ZONE.id)
      .put({ Name: WWW, Type: 'A', SetIdentifier: 'theirs', Weight: 1, TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] });
    const state = (ttl: number): NameState => ({
      exists: true,
      rrsets: stateOf(`www.example.com. ${ttl} A 192.0.2.2`).rrsets.map((rrset) => ({
        ...rrset,
        setIdentifier: 'ours',
        properties: { 'aws/weight': '1' },
      })),
    });
    await apply(change(WWW, [], lowered(state(60))));
    expect(dump()).toEqual(['www.example.com. 60 A 192.0.2.1 ; theirs', 'www.example.com. 60 A 192.0.2.2 ; ours']);
    const ours = (await read(WWW)).filter(({ setIdentifier }) => setIdentifier === 'ours');
    expect(await apply(change(WWW, ours, lowered(state(30))))).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining('must contain the same TTL') },
    ]);
    await apply(change(WWW, ours, []));
    expect(dump()).toEqual(['www.example.com. 60 A 192.0.2.1 ; theirs']);
  });
});

describe('faults', () => {
  const denied: Fault = {
    kind: 'error',
    status: 403,
    code: 'AccessDenied',
    message: `User: arn:aws:iam::123456789012:user/x with ${ACCESS_KEY} is not authorized`,
  };
  const signature: Fault = {
    kind: 'error',
    status: 403,
    code: 'SignatureDoesNotMatch',
    message: `The canonical string should have been x-amz-security-token:${SESSION_TOKEN}`,
  };

  it.each([
    ['Throttling', FAULTS.throttling, 'throttled', false],
    ['429 with Retry-After', FAULTS.throttledByProxy, 'throttled', false],
    ['PriorRequestNotComplete', FAULTS.priorRequest, 'throttled', false],
    ['500', FAULTS.internal, 'unknown', false],
    ['a reset before', { kind: 'reset-before' }, 'unknown', false],
    ['a reset after', { kind: 'reset-after' }, 'unknown', true],
    ['silence before', { kind: 'hang-before' }, 'unknown', false],
    ['silence after', { kind: 'hang-after' }, 'unknown', true],
    ['AccessDenied for one name', denied, 'refused', false],
  ] as const)('of a write: %s', async (_, fault, kind, written) => {
    // A machine that is busy takes its time to answer, too.
    await open(fault.kind.startsWith('hang') ? { timeoutMs: 190 } : {});
    under.simulator.inject({ fault });
    const results = await apply(creation(WWW, 'www.example.com. 300 A 192.0.2.1'));
    expect(results).toMatchObject([{ kind, owner: WWW }]);
    expect(under.simulator.batches).toBe(1);
    expect(dump()).toHaveLength(written ? 1 : 0);
  });

  it('of a write that name a time keep it back for so long', async () => {
    await open();
    under.simulator.inject({ fault: FAULTS.throttledByProxy });
    expect(await apply(creation(WWW, 'www.example.com. 300 A 192.0.2.1'))).toMatchObject([{ kind: 'throttled', afterMs: 7000 }]);
  });

  it.each([
    ['500', FAULTS.internal],
    ['a reset', { kind: 'reset-before' }],
    ['silence', { kind: 'hang-before' }],
  ] as const)('of a read are tried again: %s', async (_, fault) => {
    await open({ timeoutMs: 150 });
    under.simulator.seed(ZONE.id, ['www.example.com. 300 A 192.0.2.1']);
    under.simulator.inject({ fault, times: 2 });
    expect(linesOf(await read(WWW))).toEqual(['www.example.com. 300 A 192.0.2.1']);
    expect(under.simulator.seen).toHaveLength(3);
  });

  it.each([
    ['500 again and again', FAULTS.internal, 3, { code: 'PROVIDER_UNAVAILABLE' }],
    ['Throttling', FAULTS.throttling, 1, { code: 'PROVIDER_THROTTLED', retryAfterMs: 1000 }],
    ['429', FAULTS.throttledByProxy, 1, { code: 'PROVIDER_THROTTLED', retryAfterMs: 7000 }],
    ['a token that has expired', FAULTS.expired, 1, { code: 'PROVIDER_FORBIDDEN' }],
    ['a wrong signature', signature, 1, { code: 'PROVIDER_FORBIDDEN' }],
    ['no permission', denied, 1, { code: 'PROVIDER_FORBIDDEN' }],
  ] as const)('of a read are errors: %s', async (_, fault, requests, error) => {
    await open();
    under.simulator.inject({ fault, times: 9 });
    await expect(read(WWW)).rejects.toMatchObject(error);
    expect(under.simulator.seen).toHaveLength(requests);
  });

  it('of a write are errors of the provider where the credentials are refused', async () => {
    await open({}, { accessKeys: ['AKIAOTHER'] });
    await expect(apply(creation(WWW, 'www.example.com. 300 A 192.0.2.1'))).rejects.toMatchObject({ code: 'PROVIDER_FORBIDDEN' });
  });

  it('are errors where nobody listens', async () => {
    await open({ endpoint: 'http://127.0.0.1:1' });
    const write = apply(creation(WWW, 'www.example.com. 300 A 192.0.2.1'));
    await expect(write).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE', message: expect.stringContaining('ECONNREFUSED') });
    await expect(read(WWW)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
  });

  it('of a listing in the middle are tried again, page by page', async () => {
    await open();
    under.simulator.seed(
      ZONE.id,
      Array.from({ length: 700 }, (_, index) => `${host(index)} 300 A 192.0.2.1`),
    );
    under.simulator.inject({ fault: { kind: 'reset-before' }, after: 1 });
    const listed: ObservedRRset[] = [];
    for await (const page of under.provider.list(ZONE, SIGNAL)) listed.push(...page);
    expect(linesOf(listed).filter((line) => / A /.test(line))).toHaveLength(700);
    expect(under.simulator.seen).toHaveLength(4);
  });

  it('of one zone do not touch another', async () => {
    await open(
      { timeoutMs: 150 },
      {
        zones: [
          { id: ZONE.id, name: ZONE.apex },
          { id: 'ZOTHER', name: 'other.example.' },
        ],
      },
    );
    under.simulator.inject({ fault: { kind: 'hang-before' } });
    const first = apply(creation(WWW, 'www.example.com. 300 A 192.0.2.1'));
    const other = { apex: nameOf('other.example'), id: 'ZOTHER' };
    const owner = nameOf('www.other.example');
    await new Promise((resolve) => void setTimeout(resolve, 20));
    expect(await under.provider.apply(other, [creation(owner, `${owner} 300 A 192.0.2.1`)], SIGNAL)).toMatchObject([
      { kind: 'applied' },
    ]);
    expect(await first).toMatchObject([{ kind: 'unknown' }]);
  });

  it('of one batch end the call: what was written is told, what was not is kept back', async () => {
    await open({ batchChangeSize: 1 });
    under.simulator.inject({ fault: { kind: 'reset-after' }, after: 2 });
    expect((await apply(...hosts(5))).map(({ kind }) => kind)).toEqual([
      'applied',
      'applied',
      'unknown',
      'throttled',
      'throttled',
    ]);
    expect(dump()).toHaveLength(3);
  });
});

describe('a caller who gives up', () => {
  it('before anything is sent gets his reason, and nothing is sent', async () => {
    await open();
    const signal = AbortSignal.abort(new Error('lost the lease'));
    await expect(under.provider.apply(ZONE, hosts(1), signal)).rejects.toThrow('lost the lease');
    await expect(under.provider.read(ZONE, [WWW], signal)).rejects.toThrow('lost the lease');
    expect(under.simulator.seen).toEqual([]);
  });

  it('while the process is stopped has nothing sent for him when it goes on', async () => {
    await open({ rate: { capacity: 1, perSecond: 2 } });
    await under.provider.zones(SIGNAL);
    const leader = new AbortController();
    // The turn comes after half a second, the deadline a little later; stopped until after both, the process finds both passed.
    const write = under.provider.apply(ZONE, hosts(1), leader.signal);
    setTimeout(() => leader.abort(new Error('lost the lease')), 550);
    await new Promise(setImmediate);
    const end = performance.now() + 600;
    while (performance.now() < end);
    await expect(write).rejects.toThrow('lost the lease');
    expect(under.simulator.batches).toBe(0);
  });

  it('while a batch is under way is told that nobody knows, and no other is sent', async () => {
    await open({ batchChangeSize: 1 });
    under.simulator.inject({ fault: { kind: 'hang-after' }, after: 1 });
    const leader = new AbortController();
    const pending = under.provider.apply(ZONE, hosts(4), leader.signal);
    while (under.simulator.batches < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    leader.abort(new Error('lost the lease'));
    const results = await pending;
    expect(results.map(({ kind }) => kind)).toEqual(['applied', 'unknown', 'throttled', 'throttled']);
    expect(under.simulator.batches).toBe(2);
  });
});

describe('secrets', () => {
  it('stand in no error, result, log line, or rendering of the provider', async () => {
    await open({ timeoutMs: 100 });
    const told: unknown[] = [];
    const note = (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        (value) => told.push(value),
        (error: unknown) => told.push(error),
      );
    const leaky = (code: string, status = 403): Fault => ({
      kind: 'error',
      status,
      code,
      message: `Credential=${ACCESS_KEY} x-amz-security-token:${SESSION_TOKEN}`,
    });
    const faults: readonly Fault[] = [
      FAULTS.internal,
      FAULTS.throttling,
      FAULTS.expired,
      leaky('SignatureDoesNotMatch'),
      leaky('InvalidClientTokenId'),
      leaky('IncompleteSignature', 400),
      { kind: 'reset-before' },
      { kind: 'hang-before' },
    ];
    for (const fault of faults) {
      under.simulator.inject({ fault, times: 3 });
      await note(apply(creation(WWW, 'www.example.com. 300 A 192.0.2.1')));
      await note(read(WWW));
      under.simulator.forget();
    }
    const seen = [under.provider, under.logged, told]
      .map((one) => `${inspect(one, { depth: Infinity, showHidden: true })} ${JSON.stringify(one)}`)
      .concat(told.map((one) => (one instanceof Error ? `${one.message} ${one.stack ?? ''}` : '')))
      .join('\n');
    expect(told.length).toBe(faults.length * 2);
    for (const secret of [SECRET, SESSION_TOKEN, ACCESS_KEY]) expect(seen.includes(secret)).toBe(false);
  });
});
