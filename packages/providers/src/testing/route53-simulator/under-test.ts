import { type Clock, type Logger, nameOf, type Provider, type ProviderZone } from '@kubezone/core';

import { createRoute53Provider, type Route53Options } from '../../route53/route53-provider.ts';
import { Route53Simulator, type SimulatorOptions } from './route53-simulator.ts';

/** A log line. */
export interface LoggedLine {
  readonly message: string;
  readonly fields: unknown;
}

/** The provider, the simulator that it talks to, and what it has logged. */
export interface Route53UnderTest {
  readonly provider: Provider;
  readonly simulator: Route53Simulator;
  readonly zone: ProviderZone;
  readonly logged: readonly LoggedLine[];
}

export const ZONE: ProviderZone = { apex: nameOf('example.com'), id: 'ZEXAMPLE' };
export const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
export const ACCESS_KEY = 'AKIAIOSFODNN7EXAMPLE';
export const SESSION_TOKEN = 'FwoGZXIvYXdzEXAMPLETOKEN';

/** Longer waits than a test's own time limits, up to this, are over at once: the pauses before another try. In milliseconds. */
const SKIPPED_MS = { from: 199, to: 1000 };

/** The machine's time, which jumps over pauses. */
function jumpingClock(): Clock {
  let jumped = 0;
  return {
    now: () => Date.now() + jumped,
    monotonic: () => performance.now() + jumped,
    after(delayMs, callback) {
      const skipped = delayMs > SKIPPED_MS.from && delayMs <= SKIPPED_MS.to ? delayMs : 0;
      const timer = setTimeout(() => {
        jumped += skipped;
        callback();
      }, delayMs - skipped);
      return () => clearTimeout(timer);
    },
  };
}

/** Starts a simulator with the zone `example.com.`, and a provider for it that waits for no rate. */
export async function openRoute53(
  options: Route53Options = {},
  simulated: Partial<SimulatorOptions> = {},
): Promise<Route53UnderTest> {
  const simulator = await Route53Simulator.start({ zones: [{ id: ZONE.id, name: ZONE.apex }], ...simulated });
  const logged: LoggedLine[] = [];
  const log = (message: string, fields?: unknown): void => void logged.push({ message, fields });
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const credentials = () => Promise.resolve({ accessKeyId: ACCESS_KEY, secretAccessKey: SECRET, sessionToken: SESSION_TOKEN });
  const provider = createRoute53Provider(
    { endpoint: simulator.endpoint, rate: { capacity: 10_000, perSecond: 10_000 }, ...options },
    { clock: jumpingClock(), logger, credentials },
  );
  return { provider, simulator, zone: ZONE, logged };
}
