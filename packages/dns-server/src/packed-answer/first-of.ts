import { TYPE } from '@kubezone/core';

import { ZONE_FLAG } from './packed-zone-table.ts';
import type { Xorshift } from './xorshift.ts';

/**
 * Which rdata of an RRset comes first: of addresses any, each as likely.
 *
 * @param rrset its first word
 * @param flags the zone's
 */
export function firstOf(rrset: number, flags: number, random: Xorshift): number {
  const count = rrset >>> 16;
  const type = rrset & 0xffff;
  if (count < 2 || (flags & ZONE_FLAG.ROTATE) === 0 || (type !== TYPE.A && type !== TYPE.AAAA)) return 0;
  return random.below(count);
}
