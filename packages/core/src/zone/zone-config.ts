import { isFailure, ParseFailure } from '../failure.ts';
import { scanUnicodeName } from '../name/idna.ts';
import { composeName, isAtOrBelow, type OwnerName, ROOT, scanName } from '../name/owner-name.ts';
import { type Address, scanAddress } from '../rr/address.ts';
import { makeRRset } from '../rr/make-rrset.ts';
import { TYPE } from '../rr/rr-type.ts';
import { MAX_TTL, type RRset } from '../rr/rrset.ts';
import { composeSoa } from '../rr/soa.ts';
import type { Diagnostic } from './diagnostic.ts';

/** A name server of a zone. */
export interface NameServer {
  readonly name: OwnerName;
  /** Served as the name's A and AAAA where the name is in the zone, and needed there unless a Service has them. */
  readonly addresses: readonly Address[];
  /** `namespace/name` of a Service whose addresses it has as well, whatever they are at the time: whoever watches Services puts them there. */
  readonly service?: string;
}

/** A zone whose SOA and NS come from the configuration. All times are in seconds. */
export interface ZoneConfig {
  readonly apex: OwnerName;
  /** TTL of the NS RRset and of the name servers' addresses, a Service's included. */
  readonly ttl: number;
  readonly soa: {
    /** MNAME. @default the first name server */
    readonly primary?: OwnerName;
    /** RNAME: see `scanMailbox`. */
    readonly mailbox: OwnerName;
    readonly refresh: number;
    readonly retry: number;
    readonly expire: number;
    /** TTL of the SOA RRset. */
    readonly ttl: number;
    /** MINIMUM: how long resolvers keep a negative answer (RFC 2308, section 4). */
    readonly negativeTtl: number;
  };
  readonly nameservers: readonly NameServer[];
}

const MAX_TIMER = 2 ** 32 - 1;

/**
 * The RRsets that a zone's configuration makes: the SOA, with serial 0 (whoever serves the zone sets it: `firstSerial`); the NS; and the
 * addresses of the name servers in the zone. No two are of one owner and type.
 *
 * @param config one in which `checkZoneConfig` found no error
 */
export function configuredRRsets(config: ZoneConfig): RRset[] {
  const { apex, ttl, soa, nameservers } = config;
  const { primary = nameservers[0]?.name ?? apex, mailbox, refresh, retry, expire, negativeTtl: minimum } = soa;
  const soaRdata = composeSoa({ primary, mailbox, serial: 0, refresh, retry, expire, minimum });
  const rrsets = [makeRRset(apex, TYPE.SOA, soa.ttl, [soaRdata])];
  const byName = Map.groupBy(nameservers, ({ name }) => name);
  const names = Array.from(byName.keys(), composeName);
  if (names.length > 0) rrsets.push(makeRRset(apex, TYPE.NS, ttl, names));
  for (const [name, servers] of byName) {
    if (!isAtOrBelow(name, apex)) continue;
    const addresses = servers.flatMap((server) => server.addresses);
    for (const type of [TYPE.A, TYPE.AAAA]) {
      const rdatas = addresses.filter((address) => address.type === type).map(({ rdata }) => rdata);
      if (rdatas.length > 0) rrsets.push(makeRRset(name, type, ttl, rdatas));
    }
  }
  return rrsets;
}

/**
 * The names of the name servers in the zone, each once: they exist from the start, also while the address of a Service that one of them has is not known yet.
 */
export function configuredNames({ apex, nameservers }: ZoneConfig): OwnerName[] {
  return [...new Set(nameservers.map(({ name }) => name))].filter((name) => isAtOrBelow(name, apex));
}

/** What is wrong with a configuration whose parts scanned well. */
export function checkZoneConfig(config: ZoneConfig): Diagnostic[] {
  const { apex, ttl, soa, nameservers } = config;
  const diagnostics: Diagnostic[] = [];
  const report = (severity: 'error' | 'warning', code: Diagnostic['code'], message: string): void => {
    diagnostics.push({ code, severity, message: `zone ${apex}: ${message}` });
  };
  if (nameservers.length === 0) report('error', 'NO_NAME_SERVER', 'no name server is given; a zone needs one at least');
  for (const [name, servers] of Map.groupBy(nameservers, (server) => server.name)) {
    const inZone = isAtOrBelow(name, apex);
    const hasAddress = servers.some(({ addresses, service }) => addresses.length > 0 || service !== undefined);
    if (inZone && !hasAddress) {
      report('error', 'NS_WITHOUT_GLUE', `the name server ${name} is in the zone and needs an address: nobody else can know it`);
    }
    if (!inZone && hasAddress) {
      report('warning', 'GLUE_OUT_OF_ZONE', `the addresses of ${name} are not served: the name is not in the zone`);
    }
  }
  const checkRange = (what: string, value: number, max: number): void => {
    if (Number.isInteger(value) && value >= 0 && value <= max) return;
    report('error', 'BAD_NUMBER', `${what} is ${value}; a whole number of seconds from 0 to ${max} is expected`);
  };
  checkRange('the TTL', ttl, MAX_TTL);
  checkRange('the TTL of the SOA', soa.ttl, MAX_TTL);
  checkRange('the negative TTL (MINIMUM)', soa.negativeTtl, MAX_TTL);
  checkRange('the refresh timer', soa.refresh, MAX_TIMER);
  checkRange('the retry timer', soa.retry, MAX_TIMER);
  checkRange('the expire timer', soa.expire, MAX_TIMER);
  return diagnostics;
}

/**
 * Scans name servers with their addresses, as one writes them in a flag:
 *
 *     ns1.example.com:192.0.2.53,2001:db8::53;ns2.example.net
 *     name : address , address               ; name
 *
 * The first colon ends the name; those after it belong to IPv6 addresses. Names are absolute with or without the final dot,
 * blanks around the parts do not matter. Whether a name server needs addresses depends on the zone: `checkZoneConfig` tells.
 *
 * @returns one name server at least; a failure's offset is that of the part at fault
 */
export function scanSoaNs(text: string): NameServer[] | ParseFailure {
  const servers: NameServer[] = [];
  for (const part of partsOf(text, ';', 0)) {
    if (part.text === '') continue;
    const server = scanNameServer(part);
    if (isFailure(server)) return server;
    servers.push(server);
  }
  if (servers.length > 0) return servers;
  return new ParseFailure('BAD_FIELD', `"${text}" names no name server; fqdn[:address,address][;fqdn...] is expected`);
}

/** A piece of a text, blanks around it taken off, and where it begins. */
interface Part {
  readonly text: string;
  readonly offset: number;
}

function partsOf(text: string, separator: string, offset: number): Part[] {
  let start = offset;
  return text.split(separator).map((piece) => {
    const part = { text: piece.trim(), offset: start + piece.length - piece.trimStart().length };
    start += piece.length + separator.length;
    return part;
  });
}

function scanNameServer({ text, offset }: Part): NameServer | ParseFailure {
  const colon = text.indexOf(':');
  const nameText = (colon < 0 ? text : text.slice(0, colon)).trim();
  const name = nameText === '' ? ROOT : scanUnicodeName(nameText, ROOT);
  if (name === ROOT) {
    return new ParseFailure('NAME_EMPTY_LABEL', `"${text}" does not begin with the name of a name server`, offset);
  }
  if (isFailure(name)) return new ParseFailure(name.code, `name server "${nameText}": ${name.message}`, offset);
  if (colon < 0) return { name, addresses: [] };
  const addresses: Address[] = [];
  for (const part of partsOf(text.slice(colon + 1), ',', offset + colon + 1)) {
    const address = scanAddress(part.text);
    if (isFailure(address)) return new ParseFailure(address.code, `name server ${name}: ${address.message}`, part.offset);
    addresses.push(address);
  }
  return { name, addresses };
}

/**
 * Scans a mail address into the name under which a SOA holds it (RFC 1035, section 8): `a.b@example.com` is `a\.b.example.com.`.
 */
export function scanMailbox(text: string): OwnerName | ParseFailure {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  const domain = text.slice(at + 1);
  if (at < 0 || local === '' || domain === '' || domain === '.' || /\s/.test(text)) {
    return new ParseFailure('BAD_FIELD', `"${text}" is no mail address; local-part@domain is expected`);
  }
  const domainName = scanUnicodeName(domain, ROOT);
  if (isFailure(domainName)) return new ParseFailure(domainName.code, `mail address "${text}": ${domainName.message}`, at + 1);
  const name = scanName(local.replaceAll(/[.\\]/g, String.raw`\$&`), domainName);
  return isFailure(name) ? new ParseFailure(name.code, `mail address "${text}": ${name.message}`) : name;
}
