import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';
import { composeSoa } from '../rr/soa.ts';
import type { ZoneEdit } from '../zone/zone.ts';
import type { PackedZone } from './packed-zone.ts';
import { PackedZones } from './packed-zones.ts';
import { ZoneReader } from './zone-reader.ts';
import { PackedZoneView } from './zone-view.ts';

const APEX = nameOf('example');
const WWW = nameOf('www.example');

function edit(host: number): ZoneEdit {
  const rdatas = Array.from({ length: 100 }, (_, index) => Uint8Array.of(10, 0, index, host));
  return { owner: WWW, exists: true, rrsets: [{ owner: WWW, type: TYPE.A, ttl: 60, rdatas }] };
}

function zonesWith(host: number): { zones: PackedZones; zone: PackedZone } {
  const rdata = composeSoa({ primary: APEX, mailbox: APEX, serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1 });
  const zones = new PackedZones({ seed: 7, maxOctets: 2 ** 22 });
  const zone = zones.create(APEX, { owner: APEX, type: TYPE.SOA, ttl: 60, rdatas: [rdata] });
  zone.apply([edit(host)]);
  zones.install(zone);
  zones.publish();
  return { zones, zone };
}

describe('a view of a packed zone', () => {
  it('reads the rdata of an RRset when it is asked for, and once', () => {
    const { zones } = zonesWith(1);
    const reader = new ZoneReader(zones.memory);
    const name = reader.createName();
    name.load(Uint8Array.of(7, ...Buffer.from('example'), 0), 0, 9);
    const view = new PackedZoneView(reader, reader.findZone(name, 1), APEX);
    const [rrset] = view.node(WWW)?.rrsets ?? [];
    // Nothing but a getter: what a name has costs nothing where it is not looked at.
    expect(Object.keys(Object.getOwnPropertyDescriptor(rrset, 'rdatas') ?? {})).toContain('get');
    expect(rrset).toEqual(edit(1).rrsets[0]);
    expect(rrset?.rdatas).toBe(rrset?.rdatas);
  });

  it('has RRsets that stay good in a snapshot, also when that is closed and the memory used again', () => {
    const { zones, zone } = zonesWith(1);
    const snapshot = zones.snapshot(APEX);
    const node = snapshot?.node(WWW);
    snapshot?.close();
    for (let host = 2; host < 50; host++) {
      zone.apply([edit(host)]);
      zones.publish();
      while (zones.maintain(1000));
    }
    expect(node?.rrsets).toEqual(edit(1).rrsets);
  });
});
