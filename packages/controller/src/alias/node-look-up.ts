import { Resolver } from 'node:dns/promises';

import {
  type AddressType,
  type FoundAddresses,
  type FoundAlias,
  isFailure,
  type LookUp,
  type OwnerName,
  type Rdata,
  ROOT,
  scanAddress,
  scanName,
  TYPE,
} from '@kubezone/core';

export interface NodeLookUpOptions {
  /** Addresses with or without a port: `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`. @default those of the system (`/etc/resolv.conf`) */
  readonly servers?: readonly string[];
  /** How long one server may take for one try, in milliseconds. @default 2000 */
  readonly timeoutMs?: number;
  /** How often the servers are tried. @default 2 */
  readonly tries?: number;
}

const DEFAULT_TIMEOUT_MS = 2000;
const DEFAULT_TRIES = 2;
/** How `node:dns` says that a name, or the type at it, does not exist. */
const NONE: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Looks names up by `node:dns`: by the DNS alone, without `/etc/hosts` and search lists.
 *
 * @throws {TypeError} where a server's address is none (`ERR_INVALID_IP_ADDRESS`)
 */
export function nodeLookUp(options: NodeLookUpOptions = {}): LookUp {
  const { servers, timeoutMs = DEFAULT_TIMEOUT_MS, tries = DEFAULT_TRIES } = options;
  // Without a maximum, c-ares doubles the time with each try.
  const resolver = new Resolver({ timeout: timeoutMs, tries, maxTimeout: timeoutMs });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    async addresses(name, type) {
      try {
        const ask = type === TYPE.A ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true });
        return readAddresses(await ask, type);
      } catch (error) {
        return notFound(error);
      }
    },
    async alias(name) {
      try {
        return readAlias(await resolver.resolveCname(name));
      } catch (error) {
        return notFound(error);
      }
    },
    stop: () => resolver.cancel(),
  };
}

function readAddresses(
  records: readonly { readonly address: string; readonly ttl: number }[],
  wanted: AddressType,
): FoundAddresses {
  const rdatas: Rdata[] = [];
  for (const { address: text } of records) {
    const address = scanAddress(text);
    // An IPv4-mapped AAAA is an address at which no host answers.
    if (!isFailure(address) && address.type === wanted) rdatas.push(address.rdata);
  }
  return rdatas.length === 0 ? { kind: 'none' } : { kind: 'addresses', ttl: Math.min(...records.map(({ ttl }) => ttl)), rdatas };
}

function readAlias([text]: readonly string[]): FoundAlias {
  const target: OwnerName | undefined = text === undefined ? undefined : scanned(text);
  return target === undefined ? { kind: 'none' } : { kind: 'alias', target };
}

/** `node:dns` gives names without the final dot. */
function scanned(text: string): OwnerName | undefined {
  const name = scanName(text, ROOT);
  return isFailure(name) ? undefined : name;
}

function notFound(error: unknown): { readonly kind: 'none' } | { readonly kind: 'failure'; readonly code: string } {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'EUNKNOWN';
  return NONE.has(code) ? { kind: 'none' } : { kind: 'failure', code };
}
