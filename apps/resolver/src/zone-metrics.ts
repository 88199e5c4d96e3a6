import { gauge } from '@kubezone/app/metrics';
import { serialOf } from '@kubezone/core';
import type { ServedZones } from '@kubezone/dns-server';
import type { Registry } from 'prom-client';

import type { MetricsInputs } from './metrics.ts';

/** Registers what the served zones hold, and how current their files are. */
export function registerZones(registry: Registry, { zones, zoneFiles, refusedNames }: MetricsInputs): void {
  const zone = (name: string, help: string, read: (served: ReturnType<ServedZones['get']> & object) => number): void =>
    gauge(registry, name, help, ['zone'], (set) => {
      for (const served of zones) set({ zone: served.zone.apex }, read(served));
    });
  zone('kubezone_zone_rrsets', 'RRsets in the zone.', (served) => served.zone.rrsetCount);
  zone('kubezone_zone_names', 'Names in the zone, empty non-terminals included.', (served) => served.zone.nameCount);
  zone('kubezone_zone_serial', "The SOA's serial.", (served) => soaSerial(served.zone.soa.rdatas));
  gauge(
    registry,
    'kubezone_zone_memory_bytes',
    'Memory of all zones: in use, free to be used again, taken from the system.',
    ['state'],
    (set) => {
      const { usedOctets, freeOctets, touchedOctets } = zones.usage();
      set({ state: 'used' }, usedOctets);
      set({ state: 'free' }, freeOctets);
      set({ state: 'resident' }, touchedOctets);
    },
  );
  gauge(
    registry,
    'kubezone_refused_names',
    'Names that stay as they were, because the zones have no room for what they should hold; each is logged.',
    [],
    (set) => set({}, refusedNames()),
  );
  zone('kubezone_zone_complete', '1 once names that are not there are denied; until then they are SERVFAIL.', (served) =>
    Number(served.complete),
  );

  gauge(
    registry,
    'kubezone_zone_file_current',
    '1 while the zone file as it is now is served without errors.',
    ['zone'],
    (set) => {
      for (const { apex, current } of zoneFiles()) set({ zone: apex }, Number(current));
    },
  );
  gauge(
    registry,
    'kubezone_zone_file_loaded_timestamp_seconds',
    'When the content of the zone file that is served was read, in Unix time.',
    ['zone'],
    (set) => {
      for (const { apex, loadedAt } of zoneFiles()) set({ zone: apex }, loadedAt / 1000);
    },
  );
}

function soaSerial([rdata]: readonly Uint8Array[]): number {
  return rdata === undefined ? 0 : serialOf(rdata);
}
