import * as fc from 'fast-check';

import { admitRecords, fold, type GeneratedRecord, type GeneratedZone, splitLabels } from './generated-zone.ts';

/** Labels: few, so that names meet; some that need escapes, some in upper case, some that only look like wildcards. */
const label: fc.Arbitrary<string> = fc.oneof(
  { weight: 24, arbitrary: fc.constantFrom('a', 'b', 'c') },
  { weight: 8, arbitrary: fc.constant('*') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('A', 'aB', '_s', 'x\\.y', '\\000', '\\255', '*a', '\\*', '\\(', 'a\\032b', 'l'.repeat(63)),
  },
);

/** A name relative to the apex, one to four labels deep. */
const freshName: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 5, arbitrary: fc.array(label, { minLength: 1, maxLength: 2, size: 'max' }) },
    { weight: 3, arbitrary: fc.array(label, { minLength: 2, maxLength: 4, size: 'max' }) },
  )
  .map((labels) => labels.join('.'));

/** Three labels that leave no room for much before them: substitution into it overflows (RFC 6672, section 2.2). */
const LONG_NAME = ['m'.repeat(61), 'n'.repeat(61), 'o'.repeat(61)].join('.');

/** Names that records of a zone are about: owners and targets come from the same few. */
interface NamePool {
  readonly owner: fc.Arbitrary<string>;
  readonly target: fc.Arbitrary<string>;
}

function namePool(names: readonly string[], elsewhere: readonly string[]): NamePool {
  const known = fc.constantFrom(...names);
  const below = fc.tuple(label, known).map(([first, rest]) => `${first}.${rest}`);
  return {
    owner: fc.oneof(
      { weight: 6, arbitrary: known },
      { weight: 3, arbitrary: below },
      { weight: 2, arbitrary: known.map((name) => `*.${name}`) },
      { weight: 2, arbitrary: freshName },
      { weight: 1, arbitrary: fc.constant('@') },
    ),
    target: fc.oneof(
      { weight: 8, arbitrary: known },
      { weight: 4, arbitrary: below },
      { weight: 2, arbitrary: freshName },
      { weight: 1, arbitrary: fc.constant('@') },
      { weight: 1, arbitrary: fc.constantFrom('x.out.example.', 'a.test.', ...elsewhere) },
      { weight: 1, arbitrary: fc.constant(LONG_NAME) },
    ),
  };
}

const ttl: fc.Arbitrary<number> = fc.constantFrom(0, 5, 60, 300, 3600, 2147483647);
const octet: fc.Arbitrary<number> = fc.nat(255);
const ipv4: fc.Arbitrary<string> = fc.tuple(octet, octet).map(([high, low]) => `192.0.${high}.${low}`);
const ipv6: fc.Arbitrary<string> = fc.nat(0xffff).map((last) => `2001:db8::${last.toString(16)}`);
const digest: fc.Arbitrary<string> = fc
  .array(octet, { minLength: 32, maxLength: 32 })
  .map((octets) => Buffer.from(octets).toString('hex'));

type Rows = fc.Arbitrary<readonly GeneratedRecord[]>;

function rowsOf(owner: fc.Arbitrary<string>, type: string, rdata: fc.Arbitrary<string>, most = 1): Rows {
  return fc
    .tuple(owner, ttl, fc.array(rdata, { minLength: 1, maxLength: most, size: 'max' }))
    .map(([at, seconds, rdatas]) => rdatas.map((data) => ({ owner: at, ttl: seconds, type, rdata: data })));
}

/** A cut: NS inside, beside and outside the delegated name, glue for some of them, and sometimes a DS. */
function delegation({ owner, target }: NamePool): Rows {
  const server = fc.oneof(
    { weight: 4, arbitrary: fc.constant('inside') },
    { weight: 2, arbitrary: fc.constant('at the cut') },
    { weight: 3, arbitrary: target },
    { weight: 1, arbitrary: fc.constant('ns.out.example.') },
  );
  const servers = fc.array(fc.tuple(server, fc.option(ipv4), fc.option(ipv6)), { minLength: 1, maxLength: 3, size: 'max' });
  return fc.tuple(owner, ttl, servers, fc.option(digest, { freq: 3 })).map(([cut, seconds, list, ds]) => {
    if (cut === '@') return [];
    return [
      ...list.flatMap(([place, v4, v6], index): GeneratedRecord[] => {
        const name = place === 'inside' ? `ns${index}.${cut}` : place === 'at the cut' ? cut : place;
        const glue = name.endsWith('.example.') || name.endsWith('test.') || name === '@';
        return [
          { owner: cut, ttl: seconds, type: 'NS', rdata: name },
          ...(v4 !== null && !glue ? [{ owner: name, ttl: 300, type: 'A', rdata: v4 }] : []),
          ...(v6 !== null && !glue ? [{ owner: name, ttl: 300, type: 'AAAA', rdata: v6 }] : []),
        ];
      }),
      ...(ds === null ? [] : [{ owner: cut, ttl: 300, type: 'DS', rdata: `12345 13 2 ${ds}` }]),
    ];
  });
}

/** An RRset too large for some of the sizes that clients offer. Not of MX: sixty of them behind a wildcard crash knotd 3.2.6. */
function largeRRset({ owner }: NamePool): Rows {
  return fc.tuple(owner, fc.constantFrom('A', 'TXT', 'AAAA'), fc.integer({ min: 8, max: 90 })).map(([at, type, count]) =>
    Array.from({ length: count }, (_, index): GeneratedRecord => {
      const rdata = { A: `198.51.100.${index}`, AAAA: `2001:db8:1::${index}`, TXT: `"${'t'.repeat(40)}${index}"` }[type];
      return { owner: at, ttl: 300, type, rdata: rdata ?? '' };
    }),
  );
}

function rows(pool: NamePool): Rows {
  const { owner, target } = pool;
  const preference = fc.nat(9);
  return fc.oneof(
    { weight: 10, arbitrary: rowsOf(owner, 'A', ipv4, 3) },
    { weight: 5, arbitrary: rowsOf(owner, 'AAAA', ipv6, 2) },
    { weight: 10, arbitrary: rowsOf(owner, 'CNAME', target) },
    {
      weight: 4,
      arbitrary: rowsOf(
        owner.filter((name) => name !== '@'),
        'DNAME',
        target,
      ),
    },
    { weight: 5, arbitrary: delegation(pool) },
    {
      weight: 3,
      arbitrary: rowsOf(
        owner,
        'MX',
        fc.tuple(preference, target).map(([order, name]) => `${order} ${name}`),
        3,
      ),
    },
    {
      weight: 2,
      arbitrary: rowsOf(
        owner,
        'SRV',
        fc.tuple(preference, target).map(([order, name]) => `${order} 5 443 ${name}`),
        2,
      ),
    },
    {
      weight: 2,
      arbitrary: rowsOf(owner, 'TXT', fc.constantFrom('"one"', '"two" "strings"', '"\\"quoted\\" \\000\\255"', '""'), 2),
    },
    { weight: 1, arbitrary: rowsOf(owner, 'PTR', target) },
    { weight: 1, arbitrary: rowsOf(owner, 'TYPE65280', fc.constantFrom('\\# 0', '\\# 3 010203', '\\# 5 c00c000102'), 2) },
    {
      weight: 1,
      arbitrary: rowsOf(
        owner,
        'DS',
        digest.map((hex) => `1 13 2 ${hex}`),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.oneof(
        rowsOf(owner, 'CAA', fc.constantFrom('0 issue "ca.example"', '128 iodef "mailto:a@b.example"'), 2),
        rowsOf(owner, 'HINFO', fc.constant('"cpu" "os"')),
        rowsOf(
          owner,
          'NAPTR',
          target.map((name) => `10 20 "u" "E2U+sip" "!^.*$!sip:a@b!" ${name}`),
        ),
        rowsOf(
          owner,
          'TLSA',
          digest.map((hex) => `3 1 1 ${hex}`),
        ),
        rowsOf(
          owner,
          'SSHFP',
          digest.map((hex) => `4 2 ${hex}`),
        ),
        rowsOf(owner, 'LOC', fc.constant('52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m')),
        rowsOf(owner, 'SPF', fc.constant('"v=spf1 -all"')),
        rowsOf(owner, 'HTTPS', fc.constantFrom('1 . alpn=h2', '0 x.out.example.', '2 . port=8443 ipv4hint=192.0.2.7')),
        rowsOf(owner, 'SVCB', fc.constantFrom('1 x.out.example. port=53')),
      ),
    },
    { weight: 1, arbitrary: largeRRset(pool) },
  );
}

/** What to generate. */
export interface ZoneOptions {
  /** See `admitRecords`. */
  readonly belowDname: 'leave-out' | 'keep';
  /** Absolute names of other zones that the same servers hold, to point at. */
  readonly elsewhere: readonly string[];
}

/** A zone that every peer loads (but see `belowDname`). */
export function zoneArbitrary(options: ZoneOptions): fc.Arbitrary<GeneratedZone> {
  const pool = fc
    .array(freshName, { minLength: 2, maxLength: 7, size: 'max' })
    .map((names) => namePool(names, options.elsewhere));
  // A DNAME at the apex leaves nothing below it, so only few zones have one; with a target in the zone itself the chain only ends at a limit.
  const apexDname = fc.oneof(
    { weight: 60, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: freshName.map((name) => `${name}.out.example.`) },
    { weight: 1, arbitrary: freshName },
  );
  return fc.tuple(pool, apexDname, ttl, fc.constantFrom(0, 30, 300, 7200)).chain(([names, dname, soaTtl, minimum]) =>
    fc.array(rows(names), { minLength: 3, maxLength: 22, size: 'max' }).map((groups) => {
      const apex: GeneratedRecord[] = [
        { owner: '@', ttl: soaTtl, type: 'SOA', rdata: `ns1 host\\.master 1 3600 900 86400 ${minimum}` },
        { owner: '@', ttl: 300, type: 'NS', rdata: 'ns.out.example.' },
        ...(dname === null
          ? [
              { owner: '@', ttl: 300, type: 'NS', rdata: 'ns1' },
              { owner: 'ns1', ttl: 300, type: 'A', rdata: '192.0.2.53' },
              { owner: 'ns1', ttl: 300, type: 'AAAA', rdata: '2001:db8::53' },
            ]
          : [{ owner: '@', ttl: 60, type: 'DNAME', rdata: dname }]),
      ];
      const records = admitRecords([...apex, ...groups.flat()].filter(isOfReasonableLength), options.belowDname);
      return { records: records.filter((record) => !isForeignApexServer(record)) };
    }),
  );
}

/** A name of at most 200 octets leaves room for the apex. */
function isOfReasonableLength({ owner }: GeneratedRecord): boolean {
  return owner.length < 210 && splitLabels(owner).every((part) => part.length <= 63 || part.includes('\\'));
}

/** An NS at the apex other than ours may have no address, with which BIND does not load. */
function isForeignApexServer({ owner, type, rdata }: GeneratedRecord): boolean {
  return fold(owner) === '@' && type === 'NS' && rdata !== 'ns1' && rdata !== 'ns.out.example.';
}
