/** The apex of the zone that the readers are shown. */
export const APEX = 'readers.test.';

/** A zone with every RR type that has a layout, names that need escapes, chains, a delegation, a DNAME, wildcards and answers of every size. */
export const ZONE_FILE: string = `$ORIGIN ${APEX}
$TTL 300
@ SOA ns1 host\\.master 2026112201 3600 900 86400 60
@ NS ns1
@ NS ns2.elsewhere.example.
@ MX 10 mail
@ TXT "v=spf1 -all" "second string"
@ CAA 0 issue "ca.example"
ns1 A 192.0.2.53
ns1 AAAA 2001:db8::53
mail A 192.0.2.25
www 60 A 192.0.2.1
www 60 A 192.0.2.2
www 60 A 192.0.2.3
www 60 AAAA 2001:db8::1
alias CNAME www
chain CNAME alias
outside CNAME www.elsewhere.example.
tree DNAME target
host.target A 192.0.2.77
*.wild A 192.0.2.99
*.wild TXT "from a wildcard"
deep.empty.nonterminal A 192.0.2.5
sub NS ns.sub
sub NS ns2.elsewhere.example.
sub DS 12345 13 2 E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766
ns.sub A 192.0.2.61
ns.sub AAAA 2001:db8::61
a PTR www
srv SRV 0 5 443 www
_sip._tcp SRV 1 2 5060 mail
text TXT "plain" "with \\"quotes\\" and \\\\ and ; and \\009 and \\255" ""
spf SPF "v=spf1 -all"
https HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1
svcb SVCB 2 svc.elsewhere.example. mandatory=alpn alpn=dot key65333=abc
naptr NAPTR 100 10 "U" "E2U+sip" "!^.*$!sip:info@example.com!" .
tlsa TLSA 3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971
sshfp SSHFP 4 2 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971
ds DS 1 8 2 E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766
dnskey DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
nsec NSEC www A MX RRSIG NSEC TYPE1234
nsec3param NSEC3PARAM 1 0 12 AABBCCDD
hinfo HINFO "PC-Intel-700mhz" "Redhat Linux 7.1"
loc LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
caa CAA 128 iodef "mailto:security@example.com"
unknown TYPE65280 \\# 3 010203
unknown-empty TYPE65281 \\# 0
a\\.dot A 192.0.2.110
\\000\\032\\255 A 192.0.2.111
_under-score A 192.0.2.112
${'l'.repeat(63)} A 192.0.2.113
${Array.from({ length: 60 }, (_, index) => `many A 198.51.100.${index}`).join('\n')}
${Array.from({ length: 40 }, (_, index) => `huge TXT "${'x'.repeat(100)}${index}"`).join('\n')}
`;

/** Every question that is put to every reader: name relative to the apex, and type. */
export const QUESTIONS: readonly (readonly [name: string, type: string])[] = [
  ['@', 'SOA'],
  ['@', 'NS'],
  ['@', 'MX'],
  ['@', 'TXT'],
  ['@', 'CAA'],
  ['@', 'ANY'],
  ['@', 'AAAA'],
  ['@', 'DNSKEY'],
  ['www', 'A'],
  ['WwW', 'A'],
  ['www', 'AAAA'],
  ['www', 'HTTPS'],
  ['www', 'ANY'],
  ['alias', 'A'],
  ['chain', 'A'],
  ['chain', 'MX'],
  ['chain', 'CNAME'],
  ['outside', 'A'],
  ['host.tree', 'A'],
  ['nothing.tree', 'A'],
  ['tree', 'DNAME'],
  ['x.wild', 'A'],
  ['x.y.wild', 'TXT'],
  ['*.wild', 'A'],
  ['empty.nonterminal', 'A'],
  ['nonterminal', 'TXT'],
  ['sub', 'NS'],
  ['www.sub', 'A'],
  ['sub', 'DS'],
  ['a', 'PTR'],
  ['srv', 'SRV'],
  ['_sip._tcp', 'SRV'],
  ['text', 'TXT'],
  ['spf', 'SPF'],
  ['https', 'HTTPS'],
  ['svcb', 'SVCB'],
  ['naptr', 'NAPTR'],
  ['tlsa', 'TLSA'],
  ['sshfp', 'SSHFP'],
  ['ds', 'DS'],
  ['dnskey', 'DNSKEY'],
  ['nsec', 'NSEC'],
  ['nsec3param', 'NSEC3PARAM'],
  ['hinfo', 'HINFO'],
  ['loc', 'LOC'],
  ['caa', 'CAA'],
  ['unknown', 'TYPE65280'],
  ['unknown-empty', 'TYPE65281'],
  ['a\\.dot', 'A'],
  ['\\000\\032\\255', 'A'],
  ['_under-score', 'A'],
  ['l'.repeat(63), 'A'],
  ['missing', 'A'],
  ['missing', 'TYPE1000'],
  ['many', 'A'],
  ['huge', 'TXT'],
];
