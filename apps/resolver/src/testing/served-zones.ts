import { fakeClock } from '@kubezone/app/testing';
import type { Clock } from '@kubezone/core';
import { ServedZones } from '@kubezone/dns-server';

/** An empty table of zones, of a size for tests. */
export function servedZones(clock: Clock = fakeClock()): ServedZones {
  return new ServedZones({ clock, seed: 1, maxOctets: 2 ** 22 });
}
