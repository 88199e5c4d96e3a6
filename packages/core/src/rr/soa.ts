/** The fields of SOA rdata (RFC 1035, section 3.3.13). */
import { isFailure } from '../failure.ts';
import { composeName, type OwnerName, parseName } from '../name/owner-name.ts';
import type { Rdata } from './rrset.ts';

/** A start of authority. Times are seconds. */
export interface Soa {
  /** MNAME: the primary server. */
  readonly primary: OwnerName;
  /** RNAME: the mailbox of whoever is responsible, its `@` written as a dot. */
  readonly mailbox: OwnerName;
  /** Compared by RFC 1982. */
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  /** The TTL of negative answers, together with the SOA's own (RFC 2308, section 4). */
  readonly minimum: number;
}

const NUMBERS_OCTETS = 20;

/**
 * Reads SOA rdata.
 *
 * @throws {RangeError} where it is not well-formed, which no parse, scan or compose function returns
 */
export function readSoa(rdata: Rdata): Soa {
  const primary = parseName(rdata, 0, 'refuse');
  const mailbox = isFailure(primary) ? primary : parseName(rdata, primary.end, 'refuse');
  if (isFailure(primary) || isFailure(mailbox) || mailbox.end + NUMBERS_OCTETS !== rdata.length) {
    throw new RangeError('SOA rdata is not well-formed');
  }
  const view = new DataView(rdata.buffer, rdata.byteOffset + mailbox.end, NUMBERS_OCTETS);
  return {
    primary: primary.name,
    mailbox: mailbox.name,
    serial: view.getUint32(0),
    refresh: view.getUint32(4),
    retry: view.getUint32(8),
    expire: view.getUint32(12),
    minimum: view.getUint32(16),
  };
}

/** Composes SOA rdata. */
export function composeSoa(soa: Soa): Rdata {
  const primary = composeName(soa.primary);
  const mailbox = composeName(soa.mailbox);
  const rdata = new Uint8Array(primary.length + mailbox.length + NUMBERS_OCTETS);
  rdata.set(primary);
  rdata.set(mailbox, primary.length);
  const view = new DataView(rdata.buffer, primary.length + mailbox.length);
  for (const [index, value] of [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum].entries()) {
    view.setUint32(index * 4, value);
  }
  return rdata;
}

/** The serial of SOA rdata. */
export function serialOf(rdata: Rdata): number {
  return new DataView(rdata.buffer, rdata.byteOffset, rdata.length).getUint32(rdata.length - NUMBERS_OCTETS);
}

/** SOA rdata with another serial, and all else as it was, the case of its names too. */
export function withSerial(rdata: Rdata, serial: number): Rdata {
  const changed = rdata.slice();
  new DataView(changed.buffer).setUint32(changed.length - NUMBERS_OCTETS, serial);
  return changed;
}
