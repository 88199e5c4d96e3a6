import { checkZoneConfig, isFailure, MAX_TTL, type NameServer, type OwnerName, ParseFailure } from '@kubezone/core';
import { scanAddress, scanMailbox, scanSoaNs, scanUnicodeName, type ZoneConfig } from '@kubezone/core';
import * as z from 'zod/mini';

import { DEFAULT_ZONE } from './defaults.ts';
import { listOf, type SchemaOf, strictMap, textLeaf, wholeNumber } from './leaf.ts';
import type { MistakeCode } from './mistake.ts';
import { type Paths, readablePath } from './paths.ts';

/** One zone that is served. */
export type ZoneSettings = ConfiguredZone | FileZone;

interface CommonSettings {
  readonly apex: OwnerName;
  /** Seconds: the TTL of what sources find for the zone, and of records of its file where nothing in the file gives one. */
  readonly ttl: number;
  /** Whether address RRsets begin with another address in each answer. */
  readonly rotate: boolean;
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

/** A domain name, absolute with or without its final dot. */
export const nameLeaf: SchemaOf<OwnerName> = textLeaf('a domain name', (text) => {
  // To the scanner "@" is an origin, which nothing here has. A label may hold any octet, but white space here is a slip of the pen.
  if (text === '@' || /\s/.test(text)) return undefined;
  // What a zone or a name server of this name would be, no specification says (RFC 4592, section 4.2).
  if (text.startsWith('*.')) return new ParseFailure('BAD_FIELD', `${JSON.stringify(text)} is a wildcard`);
  return scanUnicodeName(text);
});

/** What `--soa-email` takes. */
export const MAIL_ADDRESS = 'a mail address such as hostmaster@example.com';

/** A mail address. To the scanner all before the last "@" is the local part; unquoted it has none (RFC 5321, section 4.1.2). */
const mailbox: SchemaOf<OwnerName> = textLeaf(MAIL_ADDRESS, (text) => (/^[^"@]*@.*@/.test(text) ? undefined : scanMailbox(text)));

const address = textLeaf('an IPv4 or IPv6 address', scanAddress);

const nameServerList = listOf(
  strictMap({ name: nameLeaf, addresses: z._default(listOf(address, 'a list of addresses'), []) }),
  'a list of name servers',
);

/** What `--soa-ns` takes. */
export const NAME_SERVERS_TEXT = 'NAME[:ADDRESS,ADDRESS][;NAME...]';
/** What `nameservers` takes. */
const NAME_SERVERS_FORM = `a list of {name, addresses}, or text of the form ${NAME_SERVERS_TEXT}`;

/** A list, or the text that k8s-node-dns takes. */
const nameServers: SchemaOf<readonly NameServer[]> = z.pipe(
  z.unknown(),
  z.transform((value, context): readonly NameServer[] => {
    if (typeof value === 'string') {
      const scanned = scanSoaNs(value);
      if (!isFailure(scanned)) return scanned;
      context.issues.push({
        code: 'custom',
        message: `expected ${NAME_SERVERS_TEXT} (${scanned.message})`,
        input: value,
      });
      return z.NEVER;
    }
    const list = nameServerList.safeParse(value);
    if (list.success && list.data.length > 0) return list.data;
    const refuse = (path: readonly PropertyKey[], message: string, code?: MistakeCode): void =>
      void context.issues.push({
        code: 'custom',
        message,
        input: value,
        path: [...path],
        ...(code === undefined ? {} : { params: { code } }),
      });
    if (list.success) refuse([], `expected ${NAME_SERVERS_FORM}`);
    for (const issue of list.error?.issues ?? []) {
      // Zod goes on after an unknown key, with the value it has; here it has none.
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys) refuse([...issue.path, key], issue.message, 'UNKNOWN_KEY');
      else refuse(issue.path, issue.message);
    }
    return z.NEVER;
  }),
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
      rotate: z._default(z.boolean({ error: () => 'expected true or false' }), true),
      soa: z.optional(soa),
      nameservers: z.optional(nameServers),
      file: z.optional(readablePath(paths, 'file')),
    }),
    z.transform((entry, context): ZoneSettings => {
      const { name: apex, ttl: zoneTtl, rotate, soa: timers, nameservers, file } = entry;
      const common = { apex, ttl: zoneTtl, rotate };
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
