import { describe } from '@jest/globals';
import { buildExternalDns, locateExternalDns, PROGRAMS } from '@kubezone/providers/testing';

import { describeWithPrograms } from '../support/needs-programs.ts';
import { memoryServer } from './memory-server.ts';
import { rfc2136Server, webhookServer } from './real-servers.ts';
import { cloudflareServer, googleServer, route53Server } from './simulated-servers.ts';
import type { ZoneServer } from './zone-server.ts';

const SERVERS: Readonly<Record<string, () => Promise<ZoneServer>>> = {
  memory: memoryServer,
  route53: route53Server,
  google: googleServer,
  cloudflare: cloudflareServer,
};

/** Declares a suite once for each provider. Where the other program that one needs is missing, it is skipped with a line that says so; where `CI=true` that is a failure. */
export function describeEveryServer(suite: (open: () => Promise<ZoneServer>) => void): void {
  // oxlint-disable jest/valid-title, jest/valid-describe-callback, jest/expect-expect -- this declares suites for others
  for (const [name, open] of Object.entries(SERVERS)) describe(`at ${name}`, () => suite(open));
  const programs = Object.entries(PROGRAMS).map(([program, aptPackage]) => ({ program, aptPackage }));
  describeWithPrograms('at rfc2136 with Knot', programs, () => suite(() => rfc2136Server('knot')));
  describeWithPrograms('at rfc2136 with BIND', programs, () => suite(() => rfc2136Server('bind')));

  const located = locateExternalDns();
  if ('path' in located) {
    describe('at the webhook of external-dns', () =>
      suite(async () => {
        await buildExternalDns(located.path);
        return webhookServer(located.path);
      }));
    return;
  }
  if (process.env['CI'] === 'true') throw new Error(located.missing);
  process.stderr.write(`\n*** SKIPPED: publishing through the webhook of external-dns: ${located.missing}\n\n`);
}
