import type { ZoneText } from '../support/peers.ts';
import { APEX, ZONE_FILE } from '../readers/every-type-zone.ts';

/** The zones that fuzzed questions are about: every type, every kind of name, and chains that end nowhere. */
export const FUZZ_ZONES: readonly ZoneText[] = [
  { apex: APEX, text: ZONE_FILE },
  {
    apex: 'loops.test.',
    text: `$ORIGIN loops.test.
@ 60 IN SOA ns1 host 1 3600 900 86400 60
@ 60 IN NS ns1
ns1 60 IN A 192.0.2.1
one 60 IN CNAME two
two 60 IN CNAME one
self 60 IN CNAME self
*.wild 60 IN CNAME x.wild
down 60 IN DNAME down2.down3
grow 60 IN DNAME a.grow2
grow2 60 IN DNAME b.grow
long 60 IN DNAME ${['m'.repeat(61), 'n'.repeat(61), 'o'.repeat(61)].join('.')}
${Array.from({ length: 40 }, (_, index) => `c${index} 60 IN CNAME c${index + 1}`).join('\n')}
c40 60 IN A 192.0.2.2
mx 60 IN MX 10 one
mx 60 IN MX 20 x.wild
mx 60 IN MX 30 c0
`,
  },
  {
    apex: 'dname.test.',
    text: `$ORIGIN dname.test.
@ 60 IN SOA ns1.readers.test. host 1 3600 900 86400 60
@ 60 IN NS ns1.readers.test.
@ 60 IN DNAME readers.test.
`,
  },
];
