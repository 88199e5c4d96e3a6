import {
  listOf,
  nameLeaf,
  nonEmpty,
  objectLeaf,
  type Paths,
  readablePath,
  type SchemaOf,
  strictMap,
  textLeaf,
  textOr,
  trueOrFalse,
  wholeNumber,
} from '@kubezone/app';
import { checkZoneConfig, MAX_TTL, type NameServer, type OwnerName } from '@kubezone/core';
import { scanAddress, scanMailbox, scanSoaNs, type ZoneConfig } from '@kubezone/core';
import { isReverseZone } from '@kubezone/dns-server';
import * as z from 'zod/mini';

import { DEFAULT_ZONE } from './defaults.ts';

/** One zone that is served. */
export type ZoneSettings = ConfiguredZone | FileZone;

interface CommonSettings {
  readonly apex: OwnerName;
  /** Seconds: the TTL of what sources find for the zone, and of records of its file where nothing in the file gives one. */
  readonly ttl: number;
  /** Whether address RRsets begin with another address in each answer. */
  readonly rotate: boolean;
  /** Whether the zone has a PTR for each address in it that a served name holds; false for zones that are no reverse zones. */
  readonly ptr: boolean;
}

/** A zone whose SOA and NS are configured. */
export interface ConfiguredZone extends CommonSettings {
  readonly kind: 'configured';
  readonly config: ZoneConfig;
}

/** A zone whose SOA and NS come from a zone file, with all else that is in it. */
export interface FileZone extends CommonSettings {
  readonly kind: 'file';
  readonly path: string;
}

/** What a 32-bit field holds: REFRESH, RETRY and EXPIRE (RFC 1035, section 3.3.13). */
const MAX_TIMER = 2 ** 32 - 1;

const timer = wholeNumber(0, MAX_TIMER, 'a whole number of seconds');
const ttl = wholeNumber(0, MAX_TTL, 'a whole number of seconds');

/** What `--soa-email` takes. */
export const MAIL_ADDRESS = 'a mail address such as hostmaster@example.com';

/** A mail address. To the scanner all before the last "@" is the local part; unquoted it has none (RFC 5321, section 4.1.2). */
const mailbox: SchemaOf<OwnerName> = textLeaf(MAIL_ADDRESS, (text) => (/^[^"@]*@.*@/.test(text) ? undefined : scanMailbox(text)));

const address = textLeaf('an IPv4 or IPv6 address', scanAddress);

const nameServer: SchemaOf<NameServer> = z.pipe(
  strictMap({
    name: nameLeaf,
    addresses: z._default(listOf(address, 'a list of addresses'), []),
    service: z.optional(objectLeaf),
  }),
  z.transform(({ name, addresses, service }): NameServer => ({
    name,
    addresses,
    ...(service === undefined ? {} : { service: `${service.namespace}/${service.name}` }),
  })),
);

/** What `--soa-ns` takes. */
export const NAME_SERVERS_TEXT = 'NAME[:ADDRESS,ADDRESS][;NAME...]';
/** What `nameservers` takes. */
const NAME_SERVERS_FORM = `a list of {name, addresses} or {name, service}, or text of the form ${NAME_SERVERS_TEXT}`;

/** A list, or the text that k8s-node-dns takes. */
const nameServers: SchemaOf<readonly NameServer[]> = textOr<readonly NameServer[]>(
  textLeaf(NAME_SERVERS_TEXT, scanSoaNs),
  nonEmpty(listOf(nameServer, NAME_SERVERS_FORM), NAME_SERVERS_FORM),
);

const soa = strictMap({
  email: mailbox,
  refresh: z._default(timer, DEFAULT_ZONE.refresh),
  retry: z._default(timer, DEFAULT_ZONE.retry),
  expire: z._default(timer, DEFAULT_ZONE.expire),
  ttl: z._default(ttl, DEFAULT_ZONE.soaTtl),
  negativeTtl: z._default(ttl, DEFAULT_ZONE.negativeTtl),
});

/** The schema of one entry of `zones`. */
export function zoneSchema(paths: Paths): SchemaOf<ZoneSettings> {
  return z.pipe(
    strictMap({
      name: nameLeaf,
      ttl: z._default(ttl, DEFAULT_ZONE.ttl),
      rotate: z._default(trueOrFalse(), true),
      ptr: z.optional(trueOrFalse()),
      soa: z.optional(soa),
      nameservers: z.optional(nameServers),
      file: z.optional(readablePath(paths, 'file')),
    }),
    z.transform((entry, context): ZoneSettings => {
      const { name: apex, ttl: zoneTtl, rotate, ptr = isReverseZone(apex), soa: timers, nameservers, file } = entry;
      if (ptr && !isReverseZone(apex)) {
        const message = 'expected false, or a zone under in-addr.arpa or ip6.arpa, where addresses have names';
        context.issues.push({ code: 'custom', message, params: { code: 'BAD_VALUE' }, input: true, path: ['ptr'] });
      }
      const common = { apex, ttl: zoneTtl, rotate, ptr };
      if (file !== undefined) {
        for (const key of ['soa', 'nameservers'] as const) {
          if (entry[key] === undefined) continue;
          const message = 'not allowed beside file: SOA and NS come from the file';
          context.issues.push({ code: 'custom', message, params: { code: 'EXCLUDED' }, input: entry[key], path: [key] });
        }
        return { ...common, kind: 'file', path: file };
      }
      const missing = (key: 'soa' | 'nameservers', what: string): void => {
        context.issues.push({ code: 'custom', message: `expected ${what}; or file`, input: undefined, path: [key] });
      };
      if (timers === undefined) missing('soa', 'a map with at least email');
      if (nameservers === undefined) missing('nameservers', NAME_SERVERS_FORM);
      if (timers === undefined || nameservers === undefined) return z.NEVER;
      const { email, ...rest } = timers;
      const config: ZoneConfig = { apex, ttl: zoneTtl, soa: { mailbox: email, ...rest }, nameservers };
      for (const { severity, message } of checkZoneConfig(config)) {
        if (severity !== 'error') continue;
        context.issues.push({ code: 'custom', message, input: apex, path: ['nameservers'] });
      }
      return { ...common, kind: 'configured', config };
    }),
  );
}
