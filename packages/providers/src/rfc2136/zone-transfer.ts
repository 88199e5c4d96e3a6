import {
  CLASS,
  isAtOrBelow,
  OPCODE,
  type OwnerName,
  ProviderError,
  type ProviderErrorCode,
  printRcode,
  RCODE,
  type ResourceRecord,
  TYPE,
} from '@kubezone/core';

import type { DnsReply, DnsSession } from './dns-session.ts';
import { printServerAddress } from './server-address.ts';

/**
 * Transfers a zone (AXFR, RFC 5936), and gives it back once it is whole: it begins and ends with the same SOA (section 2.2), each message is signed or covered
 * by a later signature, and the last one is signed.
 *
 * @returns every record, the SOA once
 * @throws {ProviderError} where the server refuses, or sends what is no whole zone: never is a part of it taken for all
 * @throws {ExchangeError}
 */
export async function transferZone(session: DnsSession, apex: OwnerName): Promise<readonly ResourceRecord[]> {
  const transfer = new ZoneTransfer(apex, printServerAddress(session.server.address));
  const request = { opcode: OPCODE.QUERY, question: { name: apex, type: TYPE.AXFR, class: CLASS.IN } };
  await session.stream(request, (reply) => transfer.take(reply));
  return transfer.records;
}

/** Why a server refuses to show a zone, as far as its RCODE says. */
const REFUSALS: ReadonlyMap<number, readonly [ProviderErrorCode, string]> = new Map([
  [RCODE.REFUSED, ['PROVIDER_FORBIDDEN', 'allow zone transfers to this TSIG key or address']],
  [
    RCODE.NOTAUTH,
    ['PROVIDER_FORBIDDEN', 'it does not hold this zone, or does not allow its transfer to this TSIG key or address'],
  ],
  [RCODE.NXDOMAIN, ['PROVIDER_ZONE_UNKNOWN', 'it does not hold this zone']],
  [RCODE.NOTZONE, ['PROVIDER_ZONE_UNKNOWN', 'it does not hold this zone']],
  [RCODE.NOTIMP, ['PROVIDER_FORBIDDEN', 'it gives no zone transfers']],
  [RCODE.SERVFAIL, ['PROVIDER_UNAVAILABLE', 'it holds the zone but cannot serve it']],
]);

/** A zone on its way: message by message until it is whole. */
class ZoneTransfer {
  readonly records: ResourceRecord[] = [];
  readonly #apex: OwnerName;
  readonly #server: string;

  constructor(apex: OwnerName, server: string) {
    this.#apex = apex;
    this.#server = server;
  }

  /** Takes a message; true where it ends the zone. */
  take({ message, authentic }: DnsReply): boolean {
    const { rcode } = message.header;
    if (rcode !== RCODE.NOERROR) {
      const [code, advice] = REFUSALS.get(rcode) ?? ['PROVIDER_BAD_RESPONSE', 'a zone was expected'];
      throw new ProviderError(code, `the transfer of ${this.#apex} from ${this.#server}: ${printRcode(rcode)}: ${advice}`);
    }
    if (message.header.truncated) throw this.#broken('a message is marked as truncated');
    let ended = false;
    for (const record of message.answers) {
      if (ended) throw this.#broken('records stand after the SOA that ends it');
      ended = this.#add(record);
    }
    if (this.records.length === 0) throw this.#broken('the first message is empty');
    // RFC 8945, section 5.3.1: the first and the last message are signed.
    if (!authentic && (ended || this.#isFirst)) throw this.#broken(`its ${ended ? 'last' : 'first'} message is not signed`);
    this.#isFirst = false;
    return ended;
  }

  #isFirst = true;

  /** True where the record is the SOA that ends the zone. */
  #add(record: ResourceRecord): boolean {
    const [soa] = this.records;
    if (soa === undefined) {
      if (record.type !== TYPE.SOA || record.owner !== this.#apex) throw this.#broken('it does not begin with its SOA');
      this.records.push(record);
      return false;
    }
    if (record.type === TYPE.SOA) {
      if (record.owner !== this.#apex || Buffer.compare(record.rdata, soa.rdata) !== 0) {
        throw this.#broken('it ends with another SOA than it begins with');
      }
      return true;
    }
    if (!isAtOrBelow(record.owner, this.#apex)) throw this.#broken(`${record.owner} lies outside the zone`);
    this.records.push(record);
    return false;
  }

  #broken(what: string): ProviderError {
    return new ProviderError('PROVIDER_BAD_RESPONSE', `the transfer of ${this.#apex} from ${this.#server} is broken: ${what}`);
  }
}
