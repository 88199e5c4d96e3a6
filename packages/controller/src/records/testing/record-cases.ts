import { RECORD_RULES } from '../record-rules.ts';

/** A Record's specification, and what becomes of it: on an API server that has the definition, and in a source that gets it all the same. */
export interface RecordCase {
  readonly rule: string;
  /** YAML in flow style. */
  readonly spec: string;
  /** Part of the API server's message; absent where it accepts the Record. */
  readonly refusal?: string;
  /** Part of the source's problem; absent where it has none. Written out where it is not the same as `refusal`. */
  readonly problem?: string;
  /** What the name holds by the source. */
  readonly records: readonly string[];
}

const TARGET_63 = 'x'.repeat(63);
const NAME_253 = `${`${TARGET_63}.`.repeat(3)}${'x'.repeat(49)}.example.com`;
const NODATA = ['a.example.com. NODATA'];

/** Refused by both, in the same words. */
function refused(rule: string, words: string, spec: string, records: readonly string[] = []): RecordCase {
  return { rule, spec, refusal: words, problem: words, records };
}

/** `fqdn: a.example.com` and the rest of a specification. */
function at(rest: string): string {
  return `{fqdn: a.example.com, ${rest}}`;
}

const text = (length: number): string => 'x'.repeat(length);

export const RECORD_CASES: readonly RecordCase[] = [
  // ARES's own examples.
  {
    rule: 'a CNAME with its TTL',
    spec: '{fqdn: a.example.com, ttl: 100, type: CNAME, value: [example.org]}',
    records: ['a.example.com. 100 IN CNAME example.org.'],
  },
  {
    rule: 'no TTL is that of the zone',
    spec: at('type: A, value: [192.0.2.1]'),
    records: ['a.example.com. 60 IN A 192.0.2.1'],
  },
  { rule: 'a TTL of 0 is one', spec: at('type: A, ttl: 0, value: [192.0.2.1]'), records: ['a.example.com. 0 IN A 192.0.2.1'] },
  // Every type.
  {
    rule: 'several values',
    spec: at('type: AAAA, value: ["2001:db8::1", "2001:db8::2"]'),
    records: ['a.example.com. 60 IN AAAA 2001:db8::1', 'a.example.com. 60 IN AAAA 2001:db8::2'],
  },
  { rule: 'ALIAS', spec: at('type: ALIAS, value: [lb.example.org.]'), records: ['a.example.com. 60 IN ALIAS lb.example.org.'] },
  {
    rule: 'MX, and one that refuses all mail (RFC 7505)',
    spec: at('type: MX, value: ["10 mail.example.com", "0 ."]'),
    records: ['a.example.com. 60 IN MX 0 .', 'a.example.com. 60 IN MX 10 mail.example.com.'],
  },
  { rule: 'NS', spec: at('type: NS, value: [ns1.example.net]'), records: ['a.example.com. 60 IN NS ns1.example.net.'] },
  {
    rule: 'PTR',
    spec: at('type: PTR, value: [1.2.0.192.in-addr.arpa]'),
    records: ['a.example.com. 60 IN PTR 1.2.0.192.in-addr.arpa.'],
  },
  {
    rule: 'SRV',
    spec: '{fqdn: _sip._tcp.example.com., type: SRV, value: ["0 10 5060 sip.example.com."]}',
    records: ['_sip._tcp.example.com. 60 IN SRV 0 10 5060 sip.example.com.'],
  },
  {
    rule: 'TXT as it is, several of them, and in presentation format',
    spec: at(`type: TXT, value: ['v=spf1 -all; "q"', '', '"one" "t\\"wo"']`),
    records: [
      'a.example.com. 60 IN TXT ""',
      'a.example.com. 60 IN TXT "one" "t\\"wo"',
      'a.example.com. 60 IN TXT "v=spf1 -all; \\"q\\""',
    ],
  },
  {
    rule: 'TXT of more than 255 octets',
    spec: at(`type: TXT, value: [${text(600)}]`),
    records: [`a.example.com. 60 IN TXT "${text(255)}" "${text(255)}" "${text(90)}"`],
  },
  { rule: 'CAA', spec: at(`type: CAA, value: ['0 issue "ca.test"']`), records: ['a.example.com. 60 IN CAA 0 issue "ca.test"'] },
  {
    rule: 'HTTPS and SVCB',
    spec: at('type: HTTPS, value: ["1 . alpn=h2,h3"]'),
    records: ['a.example.com. 60 IN HTTPS 1 . alpn="h2,h3"'],
  },
  {
    rule: 'NAPTR, in presentation format',
    spec: at(`type: NAPTR, value: ['100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .']`),
    records: ['a.example.com. 60 IN NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .'],
  },
  { rule: 'TLSA', spec: at('type: TLSA, value: ["3 1 1 abcd"]'), records: ['a.example.com. 60 IN TLSA 3 1 1 ABCD'] },
  { rule: 'SSHFP', spec: at('type: SSHFP, value: ["4 2 abcd"]'), records: ['a.example.com. 60 IN SSHFP 4 2 ABCD'] },
  {
    rule: 'DS',
    spec: at('type: DS, value: ["60485 5 1 2BB183AF5F22588179A53B0A 98631FAD1A292118"]'),
    records: ['a.example.com. 60 IN DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118'],
  },
  {
    rule: 'DNSKEY',
    spec: at('type: DNSKEY, value: ["256 3 5 AQPSKmynfzW4kyBv"]'),
    records: ['a.example.com. 60 IN DNSKEY 256 3 5 AQPSKmynfzW4kyBv'],
  },
  {
    rule: 'NSEC',
    spec: at('type: NSEC, value: ["b.example.com A MX RRSIG NSEC"]'),
    records: ['a.example.com. 60 IN NSEC b.example.com. A MX RRSIG NSEC'],
  },
  {
    rule: 'NSEC3',
    spec: at('type: NSEC3, value: ["1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG"]'),
    records: ['a.example.com. 60 IN NSEC3 1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A RRSIG'],
  },
  {
    rule: 'NSEC3PARAM',
    spec: at('type: NSEC3PARAM, value: ["1 0 12 -"]'),
    records: ['a.example.com. 60 IN NSEC3PARAM 1 0 12 -'],
  },
  {
    rule: 'RRSIG',
    spec: at('type: RRSIG, value: ["A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3"]'),
    records: ['a.example.com. 60 IN RRSIG A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3'],
  },
  {
    rule: 'rdata in generic form (RFC 3597)',
    spec: at(`type: TLSA, value: ['\\# 4 03010101']`),
    records: ['a.example.com. 60 IN TLSA 3 1 1 01'],
  },
  // Names.
  {
    rule: 'a wildcard',
    spec: '{fqdn: "*.w.example.com", type: A, value: [192.0.2.1]}',
    records: ['*.w.example.com. 60 IN A 192.0.2.1'],
  },
  {
    rule: 'a name in capitals and letters outside ASCII',
    spec: '{fqdn: BÜCHER.example.com, type: A, value: [192.0.2.1]}',
    records: ['xn--bcher-kva.example.com. 60 IN A 192.0.2.1'],
  },
  {
    rule: 'the longest name',
    spec: `{fqdn: ${NAME_253}., type: A, value: [192.0.2.1]}`,
    records: [`${NAME_253}. 60 IN A 192.0.2.1`],
  },
  ...[
    ['of 254 characters', `x${NAME_253}`],
    ['with a label of 64 characters', `${TARGET_63}x.example.com`],
    ['with an asterisk in the middle', 'a.*.example.com'],
    ['with an asterisk in a label', 'a*.example.com'],
    ['with a hyphen at the end of a label', 'a-.example.com'],
    ['with an empty label', 'a..example.com'],
    ['with a space', 'a b.example.com'],
    ['with an escape', 'a\\.b.example.com'],
    ['that is the origin of a zone file', '@'],
  ].map(([what, fqdn]) => refused(`a name ${what}`, RECORD_RULES.fqdn, `{fqdn: '${fqdn}', type: A, value: [192.0.2.1]}`)),
  ...['_owner.example.com', 'a._owner-x.example.com', '_WILDCARD.example.com'].map((fqdn) =>
    refused(`the name ${fqdn}`, RECORD_RULES.unreserved, `{fqdn: ${fqdn}, type: A, value: [192.0.2.1]}`),
  ),
  {
    rule: 'no name',
    spec: '{type: A, value: [192.0.2.1]}',
    refusal: 'spec.fqdn: Required value',
    problem: RECORD_RULES.fqdn,
    records: [],
  },
  {
    rule: 'a name in no zone, which no definition can know',
    spec: '{fqdn: a.example.org, type: A, value: [192.0.2.1]}',
    problem: 'spec.fqdn: found "a.example.org", expected a name in a configured zone',
    records: [],
  },
  // What stands in it.
  refused('neither value nor valueFrom', RECORD_RULES.oneOrigin, at('type: A')),
  refused(
    'value and valueFrom',
    RECORD_RULES.oneOrigin,
    at('type: A, value: [192.0.2.1], valueFrom: {podSelector: {matchLabels: {a: b}}}'),
  ),
  refused('values without a type', RECORD_RULES.typeBesideValue, at('value: [192.0.2.1]')),
  refused('SOA', RECORD_RULES.noSoa, at('type: SOA, value: ["a. b. 1 2 3 4 5"]')),
  {
    rule: 'a type that there is not',
    spec: at('type: FOO, value: [x]'),
    refusal: 'spec.type: Unsupported value: "FOO"',
    problem: 'spec.type: found "FOO", expected one of A, AAAA,',
    records: [],
  },
  {
    rule: 'a type in lower case',
    spec: at('type: txt, value: [x]'),
    refusal: 'spec.type: Unsupported value: "txt"',
    problem: 'spec.type: found "txt", expected one of',
    records: [],
  },
  {
    rule: 'an empty list of values',
    spec: at('type: A, value: []'),
    refusal: 'spec.value in body should have at least 1 items',
    problem: 'spec.value: found 0 values, expected 1 to 500',
    records: NODATA,
  },
  {
    rule: 'more than 500 values',
    spec: at(`type: TXT, value: [${Array.from({ length: 501 }, (_, index) => `t${index}`).join(', ')}]`),
    refusal: 'spec.value: Too many: 501: must have at most 500 items',
    problem: 'spec.value: found 501 values, expected 1 to 500; none of them is used',
    records: NODATA,
  },
  {
    rule: 'a value of more than 4096 characters',
    spec: at(`type: TXT, value: [${text(4097)}, short]`),
    refusal: 'spec.value[0]: Too long: may not be more than 4096',
    problem: 'expected at most 4096 characters, of which there are 4097',
    records: ['a.example.com. 60 IN TXT "short"'],
  },
  ...['-1', '2147483648'].map((ttl): RecordCase => ({
    rule: `a TTL of ${ttl}`,
    spec: at(`type: A, ttl: ${ttl}, value: [192.0.2.1]`),
    refusal: 'spec.ttl',
    problem: `spec.ttl: found ${ttl}, expected a whole number of seconds from 0 to 2147483647`,
    records: ['a.example.com. 60 IN A 192.0.2.1'],
  })),
  // Values that are none of their type. The others stand where the Record comes without an API server.
  ...(
    [
      ['A', ['2001:db8::1', '1.2.3.4.', '300.1.1.1', 'lb.example.org', '::ffff:192.0.2.9', '01.2.3.4', ''], '192.0.2.1', 'ipv4'],
      ['AAAA', ['192.0.2.1', 'fe80::1%eth0', '::ffff:192.0.2.9', 'x'], '2001:db8::1', 'ipv6'],
      ['NS', ['192.0.2.1', '2001:db8::1', 'a b', ''], 'ns.example.net.', 'domainNames'],
      ['PTR', ['192.0.2.1'], 'x.example.net.', 'domainNames'],
      ['ALIAS', ['192.0.2.1', '2001:db8::1', 'a b', ''], 'lb.example.net.', 'domainNames'],
      [
        'MX',
        ['mail.example.com', '10', '10 192.0.2.1', '-1 mail.example.com', '10 a b', '\\# 4 000a0000'],
        '10 m.example.net.',
        'mailExchange',
      ],
      ['SRV', ['80 h.example.com', '0 1 80', '0 1 80 192.0.2.1', '1 1 80 h x'], '1 1 80 h.example.net.', 'service'],
    ] as const
  ).flatMap(([type, bad, good, words]) =>
    bad.map((value) =>
      refused(
        `${value === '' ? 'nothing' : value} of type ${type}`,
        RECORD_RULES[words],
        at(`type: ${type}, value: ['${value}', '${good}']`),
        [`a.example.com. 60 IN ${type} ${good}`],
      ),
    ),
  ),
  refused('an address of type CNAME', RECORD_RULES.domainNames, at('type: CNAME, value: [192.0.2.1]'), NODATA),
  refused('two values of type CNAME', RECORD_RULES.oneCname, at('type: CNAME, value: [one.test, two.test]'), [
    'a.example.com. 60 IN CNAME one.test.',
  ]),
  {
    rule: 'more than a message can hold, which only the source finds',
    spec: at(`type: TXT, value: [${Array.from({ length: 16 }, (_, index) => `${index}${text(4090)}`).join(', ')}]`),
    problem: 'octets of records, expected at most 65000, which fit into a message; none of them is used',
    records: NODATA,
  },
  {
    rule: 'a port that is none, which only the source finds',
    spec: at('type: SRV, value: ["0 1 65536 h.test"]'),
    problem: RECORD_RULES.service,
    records: NODATA,
  },
  {
    rule: 'a digest that is none, which only the source finds',
    spec: at('type: TLSA, value: ["3 1 1 xyz", "3 1 1 ab"]'),
    problem: 'spec.value[0]: found "3 1 1 xyz", expected rdata of type TLSA: ',
    records: ['a.example.com. 60 IN TLSA 3 1 1 AB'],
  },
];

const NO_POD = 'found no pod that is scheduled and has not ended, expected one at least';

/** Selectors: what the API server says of them; and the source, where there are no pods. */
export const SELECTOR_CASES: readonly RecordCase[] = [
  ...[
    [
      'the example of ARES, which its own definition refuses',
      'ttl: 1, valueFrom: {podSelector: {matchLabels: {app: nginx-hello-world}}}',
    ],
    ['with a type', 'type: AAAA, valueFrom: {podSelector: {matchLabels: {app: a}}}'],
    ['by expressions', 'type: A, valueFrom: {podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [a, b]}]}}'],
    ['Exists without values', 'valueFrom: {podSelector: {matchExpressions: [{key: app, operator: Exists}]}}'],
    ['Exists with an empty list', 'valueFrom: {podSelector: {matchExpressions: [{key: app, operator: Exists, values: []}]}}'],
    ['for internal addresses', 'valueFrom: {addressType: InternalIP, podSelector: {matchLabels: {app: ""}}}'],
  ].map(([rule = '', rest = '']): RecordCase => ({ rule, spec: at(rest), problem: NO_POD, records: NODATA })),
  refused('nothing to select by', RECORD_RULES.selector, at('valueFrom: {podSelector: {}}')),
  refused(
    'empty lists to select by',
    RECORD_RULES.selector,
    at('valueFrom: {podSelector: {matchLabels: {}, matchExpressions: []}}'),
  ),
  refused(
    'a type that is none of an address',
    RECORD_RULES.addressTypes,
    at('type: CNAME, valueFrom: {podSelector: {matchLabels: {a: b}}}'),
  ),
  {
    rule: 'no selector',
    spec: at('valueFrom: {}'),
    refusal: 'spec.valueFrom.podSelector: Required value',
    problem: RECORD_RULES.selector,
    records: [],
  },
  {
    rule: 'a kind of address that there is not',
    spec: at('valueFrom: {addressType: Hostname, podSelector: {matchLabels: {a: b}}}'),
    refusal: 'Unsupported value: "Hostname": supported values: "ExternalIP", "InternalIP"',
    problem: 'spec.valueFrom.addressType: found "Hostname", expected ExternalIP or InternalIP',
    records: [],
  },
  {
    rule: 'In without values',
    spec: at('valueFrom: {podSelector: {matchExpressions: [{key: a, operator: In}]}}'),
    refusal: 'expected values with In and NotIn, and none with Exists and DoesNotExist',
    problem: 'matchExpressions[0].values: found',
    records: [],
  },
  {
    rule: 'Exists with values',
    spec: at('valueFrom: {podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}'),
    refusal: 'expected values with In and NotIn, and none with Exists and DoesNotExist',
    problem: 'matchExpressions[0].values: found a list of 1, expected none, with Exists',
    records: [],
  },
  {
    rule: 'an operator that there is not',
    spec: at('valueFrom: {podSelector: {matchExpressions: [{key: a, operator: Gt, values: ["1"]}]}}'),
    refusal: 'Unsupported value: "Gt"',
    problem: 'found the string "Gt", expected In, NotIn, Exists, DoesNotExist',
    records: [],
  },
  {
    rule: 'a value that no label can have',
    spec: at('valueFrom: {podSelector: {matchLabels: {a: "b c"}}}'),
    refusal: 'spec.valueFrom.podSelector.matchLabels.a',
    problem: 'spec.valueFrom.podSelector.matchLabels: found',
    records: [],
  },
];
