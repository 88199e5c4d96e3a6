/**
 * The tests of RFC 8906, section 8: what every server is expected to answer, whatever it serves. `dig`'s options are written out as the query they
 * make; TCP (8.1.5) over real sockets is in server.test.ts.
 */
import { describe, expect, it } from '@jest/globals';
import { EDNS_OPTION, HEADER_OCTETS, OPCODE } from '@kubezone/core';

import {
  ask,
  askOctets,
  composeQuery,
  contextOf,
  parseResponse,
  type QueryOptions,
  show,
  type ShownResponse,
} from '../testing/ask.ts';

const ZONE = `
  $ORIGIN example.
  @    SOA ns1 admin 1 3600 900 86400 300
  @    NS  ns1
  ns1  A   192.0.2.53
`;
const SOA = 'example. 3600 SOA ns1.example. admin.example. 1 3600 900 86400 300';
/** Types of which the zone has nothing. */
const ABSENT = ['MX', 'TXT', 'DNSKEY'];

/** What the section expects of a response; everything that is not mentioned may be as it is. */
interface Expected {
  readonly rcode: string;
  readonly soa: boolean;
  readonly aa: boolean;
  readonly rd?: boolean;
  /** The OPT record, or that there is none. */
  readonly edns: string | undefined;
}

const PLAIN: Expected = { rcode: 'NOERROR', soa: true, aa: true, edns: undefined };
const WITH_EDNS: Expected = { rcode: 'NOERROR', soa: true, aa: true, edns: 'version=0 size=1232' };
const BAD_VERSION: Expected = { rcode: 'BADVERS', soa: false, aa: false, edns: 'version=0 size=1232' };
const UNKNOWN_OPTION = { options: [{ code: 100, data: new Uint8Array() }] };

const TESTS: readonly (readonly [string, string, string, QueryOptions, Expected])[] = [
  ['8.1.1', 'the server is configured for the zone', 'example. SOA', {}, PLAIN],
  ['8.1.2', 'an unknown type', 'example. TYPE1000', {}, { ...PLAIN, soa: false }],
  ['8.1.3.1', 'CD=1', 'example. SOA', { flags: 'cd' }, PLAIN],
  ['8.1.3.2', 'AD=1', 'example. SOA', { flags: 'ad' }, PLAIN],
  ['8.1.3.4', 'a recursive query', 'example. SOA', { flags: 'rd' }, { ...PLAIN, rd: true }],
  ['8.1.5', 'TCP', 'example. SOA', { transport: 'tcp' }, PLAIN],
  ['8.2.1', 'minimal EDNS', 'example. SOA', { edns: {} }, WITH_EDNS],
  ['8.2.2', 'EDNS version negotiation', 'example. SOA', { edns: { version: 1 } }, BAD_VERSION],
  ['8.2.3', 'an unknown EDNS option', 'example. SOA', { edns: UNKNOWN_OPTION }, WITH_EDNS],
  [
    '8.2.6',
    'version negotiation with an unknown option',
    'example. SOA',
    { edns: { version: 1, ...UNKNOWN_OPTION } },
    BAD_VERSION,
  ],
  ['8.2.8', 'DO=1', 'example. SOA', { edns: { dnssecOk: true } }, { ...WITH_EDNS, edns: 'version=0 size=1232 do' }],
  [
    '8.2.9',
    'version negotiation with DO=1',
    'example. SOA',
    { edns: { version: 1, dnssecOk: true } },
    { ...BAD_VERSION, edns: 'version=0 size=1232 do' },
  ],
];

describe('RFC 8906, section 8', () => {
  it.each(TESTS)('%s: %s', (_section, _title, query, options, response) => {
    expect(essence(ask(contextOf([ZONE]), query, options))).toEqual(expected(response));
  });

  it('8.1.3.3: the reserved header bit', () => {
    const query = composeQuery('example. SOA');
    query[3] = (query[3] as number) | 0x40;
    expect(essence(show(askOctets(contextOf([ZONE]), query)))).toEqual(expected(PLAIN));
  });

  it('8.1.4: an unknown opcode, with nothing but a header', () => {
    const query = composeQuery('', { opcode: 15 });
    const response = askOctets(contextOf([ZONE]), query) as Uint8Array;
    expect(response).toHaveLength(HEADER_OCTETS);
    expect(parseResponse(response).header.opcode).toBe(15);
    expect(show(response)).toMatchObject({ rcode: 'NOTIMP', flags: 'qr' });
  });

  it('8.2.4 and 8.2.5: an unknown EDNS flag, with version 0 and 1', () => {
    for (const [version, due] of [[0, WITH_EDNS] as const, [1, BAD_VERSION] as const]) {
      const query = composeQuery('example. SOA', { edns: { version } });
      // Flags are the last octets of the OPT record's TTL, before its RDLENGTH.
      query[query.length - 3] = 0x40;
      const response = askOctets(contextOf([ZONE]), query) as Uint8Array;
      expect(essence(show(response))).toEqual(expected(due));
      expect(response[response.length - 3]).toBe(0);
    }
  });

  it('8.2.7: a truncated response has an OPT record', () => {
    const big = Array.from({ length: 12 }, (_, index) => `@ DNSKEY 256 3 13 ${Buffer.alloc(64, index).toString('base64')}`);
    const shown = ask(contextOf([`${ZONE}\n${big.join('\n')}`]), 'example. DNSKEY', {
      edns: { udpPayloadSize: 512, dnssecOk: true },
    });
    expect(shown).toMatchObject({ rcode: 'NOERROR', flags: 'qr aa tc', answer: [], edns: 'version=0 size=1232 do' });
  });

  it('8.2.10: several defined EDNS options at once', () => {
    const options = [
      { code: EDNS_OPTION.COOKIE, data: new Uint8Array(8) },
      { code: EDNS_OPTION.NSID, data: new Uint8Array() },
      { code: EDNS_OPTION.EXPIRE, data: new Uint8Array() },
      { code: EDNS_OPTION.CLIENT_SUBNET, data: Uint8Array.of(0, 1, 0, 0) },
    ];
    const context = contextOf([ZONE], { nsid: Buffer.from('a1'), cookieSecrets: [new Uint8Array(16)] });
    const shown = ask(context, 'example. SOA', { edns: { options } }) as ShownResponse;
    expect(shown).toMatchObject({ rcode: 'NOERROR', flags: 'qr aa', answer: [SOA] });
    expect(shown.edns).toMatch(/^version=0 size=1232 nsid=6131 cookie=0{16}[0-9a-f]{32}$/);
  });

  it('3.2.7: EDNS over TCP', () => {
    expect(essence(ask(contextOf([ZONE]), 'example. SOA', { edns: {}, transport: 'tcp' }))).toEqual(expected(WITH_EDNS));
  });

  it.each(ABSENT)('3.1.3: a type that the zone has nothing of (%s) is NODATA, not an error', (type) => {
    expect(essence(ask(contextOf([ZONE]), `example. ${type}`))).toEqual(expected({ ...PLAIN, soa: false }));
  });

  it.each([
    ['IQUERY', OPCODE.IQUERY],
    ['STATUS', OPCODE.STATUS],
    ['3', 3],
    ['NOTIFY', OPCODE.NOTIFY],
    ['UPDATE', OPCODE.UPDATE],
    ['DSO', OPCODE.DSO],
    ['7', 7],
  ])('3.1.4: opcode %s is NOTIMP, not an answer', (_name, opcode) => {
    const response = askOctets(contextOf([ZONE]), composeQuery('example. SOA', { opcode, flags: 'rd' })) as Uint8Array;
    expect(show(response)).toEqual({ rcode: 'NOTIMP', flags: 'qr rd', answer: [], authority: [], additional: [] });
    expect(parseResponse(response).header.opcode).toBe(opcode);
  });
});

/** What section 8 looks at in a response. */
function essence(shown: ShownResponse | undefined): object {
  return { rcode: shown?.rcode, flags: shown?.flags, answer: shown?.answer, edns: shown?.edns };
}

function expected({ rcode, soa, aa, rd = false, edns }: Expected): object {
  const flags = ['qr', ...(aa ? ['aa'] : []), ...(rd ? ['rd'] : [])].join(' ');
  return { rcode, flags, answer: soa ? [SOA] : [], edns };
}
