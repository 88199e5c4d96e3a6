import * as z from 'zod/mini';

import { decimalNumber, listOf, nonEmpty, oneOf, optionalMap, type SchemaOf, textOr, wholeNumber } from './leaf.ts';
import { type ListenAddress } from './listen-address.ts';
import { serverLeaf } from './server-leaf.ts';

/** What is served where a name shall have the addresses of a host name, such as that of a load balancer. */
export interface HostnameTargets {
  /** `flatten`: its addresses. `cname`: a CNAME where the name can hold one, else its addresses. */
  readonly mode: 'flatten' | 'cname';
  /** Who is asked for addresses; undefined: those that the system asks. */
  readonly servers: readonly ListenAddress[] | undefined;
  /** How long one of them is waited for, in milliseconds; undefined: as the asking has it by default. */
  readonly timeoutMs: number | undefined;
  /** How long addresses are served that can no longer be asked for, in milliseconds; undefined: as above. */
  readonly staleForMs: number | undefined;
}

const MODES: readonly HostnameTargets['mode'][] = ['flatten', 'cname'];
const YEAR = 31_536_000;

/** The schema of `hostnameTargets`: a mode, or a map. */
export const hostnameTargetsSchema: SchemaOf<HostnameTargets> = textOr<HostnameTargets>(
  z.pipe(
    oneOf(MODES),
    z.transform((mode) => ({ mode, servers: undefined, timeoutMs: undefined, staleForMs: undefined })),
  ),
  z.pipe(
    optionalMap({
      mode: oneOf(MODES),
      servers: nonEmpty(
        listOf(serverLeaf, 'a list of addresses of name servers'),
        'at least one; without the key it is those that the system asks',
      ),
      timeout: decimalNumber(0.01, 60, 'seconds'),
      staleFor: wholeNumber(0, YEAR, 'a whole number of seconds'),
    }),
    z.transform(({ mode = 'flatten', servers, timeout, staleFor }) => ({
      mode,
      servers,
      timeoutMs: timeout === undefined ? undefined : Math.round(timeout * 1000),
      staleForMs: staleFor === undefined ? undefined : staleFor * 1000,
    })),
  ),
);
