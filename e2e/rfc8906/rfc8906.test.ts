/**
 * Every test of RFC 8906, section 8, with the RFC's own command lines. The names of the tests are the RFC's headings.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { describeWithPrograms } from '../support/needs-programs.ts';
import { type OwnServer, startOwnServer } from '../support/own-server.ts';
import { dig } from '../support/run-program.ts';

const ZONE = 'rfc8906.test';

const ZONE_FILE = `$ORIGIN ${ZONE}.
@ 3600 IN SOA ns1 hostmaster 1 3600 900 86400 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.1
large 60 IN TXT ${Array.from({ length: 10 }, (_, index) => `"${'x'.repeat(120)}${index}"`).join(' ')}
`;

/** What the RFC expects of one reply. */
interface Expected {
  readonly status: 'NOERROR' | 'NOTIMP' | 'BADVERS';
  /** Whether the zone's SOA stands in the answer, or in the authority section, or nowhere. */
  readonly soa: 'in the answer' | 'in the authority section' | 'absent';
  readonly present?: readonly string[];
  readonly absent?: readonly string[];
  /** Whether an OPT record is there; where it is, its version is 0 in all of the RFC's tests. */
  readonly opt: boolean;
  readonly doFlag?: true;
  readonly opcode?: string;
}

const TESTS: readonly (readonly [title: string, command: string, expected: Expected])[] = [
  [
    '8.1.1 Is the Server Configured for the Zone?',
    '+noedns +noad +norec soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd', 'ad'], opt: false },
  ],
  [
    '8.1.2 Testing Unknown Types',
    '+noedns +noad +norec type1000 $zone',
    { status: 'NOERROR', soa: 'in the authority section', present: ['aa'], absent: ['rd', 'ad'], opt: false },
  ],
  [
    '8.1.3.1 Testing CD=1 Queries',
    '+noedns +noad +norec +cd soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd', 'ad'], opt: false },
  ],
  [
    '8.1.3.2 Testing AD=1 Queries',
    '+noedns +norec +ad soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd'], opt: false },
  ],
  [
    '8.1.3.3 Testing Reserved Bit',
    '+noedns +noad +norec +zflag soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd', 'ad', 'MBZ'], opt: false },
  ],
  [
    '8.1.3.4 Testing Recursive Queries',
    '+noedns +noad +rec soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa', 'rd'], absent: ['ad'], opt: false },
  ],
  [
    '8.1.4 Testing Unknown Opcodes',
    '+noedns +noad +opcode=15 +norec +header-only',
    { status: 'NOTIMP', soa: 'absent', absent: ['aa', 'rd', 'ad'], opt: false, opcode: 'RESERVED15' },
  ],
  [
    '8.1.5 Testing TCP',
    '+noedns +noad +norec +tcp soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd', 'ad'], opt: false },
  ],
  [
    '8.2.1 Testing Minimal EDNS',
    '+nocookie +edns=0 +noad +norec soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd', 'ad'], opt: true },
  ],
  [
    '8.2.2 Testing EDNS Version Negotiation',
    '+nocookie +edns=1 +noednsneg +noad +norec soa $zone',
    { status: 'BADVERS', soa: 'absent', absent: ['aa', 'rd', 'ad'], opt: true },
  ],
  [
    '8.2.3 Testing Unknown EDNS Options',
    '+nocookie +edns=0 +noad +norec +ednsopt=100 soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd', 'ad', 'OPT=100'], opt: true },
  ],
  [
    '8.2.4 Testing Unknown EDNS Flags',
    '+nocookie +edns=0 +noad +norec +ednsflags=0x40 soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd', 'ad', 'MBZ'], opt: true },
  ],
  [
    '8.2.5 Testing EDNS Version Negotiation with Unknown EDNS Flags',
    '+nocookie +edns=1 +noednsneg +noad +norec +ednsflags=0x40 soa $zone',
    { status: 'BADVERS', soa: 'absent', absent: ['aa', 'rd', 'ad', 'MBZ'], opt: true },
  ],
  [
    '8.2.6 Testing EDNS Version Negotiation with Unknown EDNS Options',
    '+nocookie +edns=1 +noednsneg +noad +norec +ednsopt=100 soa $zone',
    { status: 'BADVERS', soa: 'absent', absent: ['aa', 'rd', 'ad', 'OPT=100'], opt: true },
  ],
  [
    '8.2.7 Testing Truncated Responses',
    '+norec +dnssec +bufsize=512 +ignore dnskey $zone',
    { status: 'NOERROR', soa: 'in the authority section', present: ['aa'], absent: ['rd'], opt: true, doFlag: true },
  ],
  [
    '8.2.7 Testing Truncated Responses, with an answer that does need truncation',
    '+norec +dnssec +bufsize=512 +ignore txt large.$zone',
    { status: 'NOERROR', soa: 'absent', present: ['aa', 'tc'], absent: ['rd'], opt: true, doFlag: true },
  ],
  [
    '8.2.8 Testing DO=1 Handling',
    '+nocookie +edns=0 +noad +norec +dnssec soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd', 'ad'], opt: true, doFlag: true },
  ],
  [
    '8.2.9 Testing EDNS Version Negotiation with DO=1',
    '+nocookie +edns=1 +noednsneg +noad +norec +dnssec soa $zone',
    { status: 'BADVERS', soa: 'absent', absent: ['aa', 'rd', 'ad'], opt: true, doFlag: true },
  ],
  [
    '8.2.10 Testing with Multiple Defined EDNS Options',
    '+edns=0 +noad +norec +cookie +nsid +expire +subnet=0.0.0.0/0 soa $zone',
    { status: 'NOERROR', soa: 'in the answer', present: ['aa'], absent: ['rd', 'ad'], opt: true },
  ],
];

describeWithPrograms('RFC 8906, section 8', [{ program: 'dig', aptPackage: 'bind9-dnsutils' }], () => {
  let server: OwnServer;

  beforeAll(async () => {
    server = await startOwnServer([{ apex: `${ZONE}.`, text: ZONE_FILE }]);
  });

  afterAll(async () => {
    await server.stop();
  });

  it.each(TESTS)('%s', async (_title, command, expected) => {
    const text = await dig(server.port, ...command.replace('$zone', ZONE).split(' '));
    expect(text).toContain(`status: ${expected.status},`);
    expect(text).toContain(`opcode: ${expected.opcode ?? 'QUERY'}`);
    expect(whereSoaStands(text)).toBe(expected.soa);
    const flags = flagsOf(text);
    for (const flag of expected.present ?? []) expect(flags).toContain(flag);
    for (const flag of expected.absent ?? [])
      expect(`${flags.join(' ')} ${optOf(text)}`).not.toMatch(new RegExp(`\\b${flag}\\b`));
    expect(/^; EDNS: version: 0,/m.test(text)).toBe(expected.opt);
    expect(/^; EDNS: version: 0, flags: do;/m.test(text)).toBe(expected.doFlag === true);
    // That an authoritative server offers no recursion is what dig shall say here.
    expect(text.replace(';; WARNING: recursion requested but not available', '')).not.toMatch(/warning|malformed|extra bytes/i);
  });
});

function whereSoaStands(text: string): Expected['soa'] {
  const record = new RegExp(`^${ZONE}\\.\\s+\\d+\\s+IN\\s+SOA\\s`, 'm');
  const [, answer = ''] = /;; ANSWER SECTION:\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const [, authority = ''] = /;; AUTHORITY SECTION:\n([\s\S]*?)\n\n/.exec(text) ?? [];
  if (record.test(answer)) return 'in the answer';
  return record.test(authority) ? 'in the authority section' : 'absent';
}

function flagsOf(text: string): string[] {
  const [, flags = '', rest = ''] = /^;; flags:([^;]*);(.*)$/m.exec(text) ?? [];
  return [...flags.trim().split(' '), ...(rest.includes('MBZ') ? ['MBZ'] : [])];
}

function optOf(text: string): string {
  return /;; OPT PSEUDOSECTION:\n([\s\S]*?)\n;; QUESTION/.exec(text)?.[1] ?? '';
}
