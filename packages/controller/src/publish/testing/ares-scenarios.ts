import type { AdoptRule } from '@kubezone/core';

import type { PublishScenario } from './publish-scenario.ts';

const ARES: readonly AdoptRule[] = [{ format: 'ares' }];

/** ARES's, by what it was to do. */
export const ARES_SCENARIOS: readonly PublishScenario[] = [
  {
    rule: 'a Record of any type is there with its TTL, in the zone above it',
    asked: {
      'service/a': ['www.example.com. 100 CNAME example.com.'],
      'service/b': ['a.b.c.example.com. 120 MX 10 mail.example.com.'],
    },
    holds: ['a.b.c.example.com. 120 MX 10 mail.example.com.', 'www.example.com. 100 CNAME example.com.'],
  },
  {
    rule: 'a pod that moves takes one address along and brings another',
    asked: { 'node/a': ['out.example.com. 300 A 192.0.2.1', 'out.example.com. 300 A 192.0.2.2'] },
    afterwards: { 'node/a': ['out.example.com. 300 A 192.0.2.2', 'out.example.com. 300 A 192.0.2.3'] },
    holds: ['out.example.com. 300 A 192.0.2.2', 'out.example.com. 300 A 192.0.2.3'],
  },
  {
    rule: 'a Record that is deleted takes its records along, and leaves the others at its name',
    held: ['out.example.com. 300 MX 10 mail.example.net.'],
    asked: { 'service/a': ['out.example.com. 300 A 192.0.2.1'], 'service/b': ['b.example.com. 300 A 192.0.2.2'] },
    afterwards: { 'service/a': [] },
    holds: ['b.example.com. 300 A 192.0.2.2', 'out.example.com. 300 MX 10 mail.example.net.'],
  },
  {
    rule: 'what it has marked is taken over: surplus addresses go, missing ones come, other types stay',
    adopt: ARES,
    held: [
      '_owner.out.example.com. 300 TXT "ares"',
      'out.example.com. 300 A 192.0.2.1',
      'out.example.com. 300 A 192.0.2.9',
      'out.example.com. 300 TXT "v=spf1 a -all"',
    ],
    asked: { 'service/a': ['out.example.com. 300 A 192.0.2.1', 'out.example.com. 300 A 192.0.2.2'] },
    holds: ['out.example.com. 300 A 192.0.2.1', 'out.example.com. 300 A 192.0.2.2', 'out.example.com. 300 TXT "v=spf1 a -all"'],
  },
  {
    rule: 'what has another text for a marker is nobody’s that is known',
    adopt: ARES,
    held: ['_owner.out.example.com. 300 TXT "someone"', 'out.example.com. 300 A 192.0.2.1'],
    asked: { 'service/a': ['out.example.com. 300 A 192.0.2.2'] },
    unwritten: true,
    holds: ['_owner.out.example.com. 300 TXT "someone"', 'out.example.com. 300 A 192.0.2.1'],
    withheld: ['FOREIGN_RRSET out.example.com.'],
  },
  {
    rule: 'what it has marked and no Record asks for stays, and is told of',
    adopt: ARES,
    held: ['_owner.out.example.com. 300 TXT "ares"', 'out.example.com. 300 A 192.0.2.1'],
    unwritten: true,
    holds: ['_owner.out.example.com. 300 TXT "ares"', 'out.example.com. 300 A 192.0.2.1'],
    withheld: ['ADOPTABLE_NOT_DESIRED out.example.com.'],
  },
];
