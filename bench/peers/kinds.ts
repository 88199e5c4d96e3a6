import { bind } from './bind.ts';
import { coredns } from './coredns.ts';
import { echo } from './echo.ts';
import { knot } from './knot.ts';
import { kubezoneKind } from './kubezone.ts';
import { nsd } from './nsd.ts';
import type { ServerKind } from './server-kind.ts';

/** Every server that can be compared, in the order of the tables. @param root the checkout of this server that is measured, by default this one */
export function serverKinds(root?: string): readonly ServerKind[] {
  return [kubezoneKind(true, root), kubezoneKind(false, root), nsd, knot, bind, coredns, echo];
}
