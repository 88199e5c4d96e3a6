import { jest } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { describeConformance } from '../testing/conformance.ts';
import { describeWithPrograms } from '../testing/rfc2136-servers/describe-with-programs.ts';
import { type DnsServerName, KEYS, PROGRAMS, startDnsServer, ZONES } from '../testing/rfc2136-servers/dns-server.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { systemClock } from '../testing/system-clock.ts';
import { createRfc2136Provider } from './rfc2136-provider.ts';

// Servers start slowly where all processors are busy.
jest.setTimeout(30_000);

const zone = { apex: nameOf('example.com'), id: 'example.com.' };
const servers: readonly (readonly [DnsServerName, keyof typeof KEYS])[] = [
  ['knot', 'sha256'],
  ['bind', 'sha512'],
];

describeWithPrograms('the provider rfc2136 with servers of other projects', PROGRAMS, () => {
  for (const [server, key] of servers) {
    describeConformance(
      `rfc2136 with ${server}`,
      async () => {
        const running = await startDnsServer(server);
        const provider = createRfc2136Provider(
          { servers: [running.address], zones: ZONES, tsig: KEYS[key] },
          { clock: systemClock(), logger: silentLogger },
        );
        return {
          provider,
          zone,
          seed: (lines) => running.seed(zone.apex, lines),
          dump: () => running.dump(zone.apex),
          close: () => running.stop(),
        };
      },
      {
        states: {
          'text of every octet': [`www.example.com. 300 TXT "${everyOctet(0)}" "${everyOctet(128)}"`],
          'text of empty strings': ['www.example.com. 300 TXT "" "x" ""'],
          'text of 30,000 octets': [
            `www.example.com. 300 TXT ${Array.from({ length: 118 }, () => `"${'t'.repeat(255)}"`).join(' ')}`,
          ],
          'the longest TTL': ['www.example.com. 2147483647 A 192.0.2.1'],
        },
      },
    );
  }
});

function everyOctet(start: number): string {
  return Array.from({ length: 128 }, (_, index) => `\\${String(start + index).padStart(3, '0')}`).join('');
}
