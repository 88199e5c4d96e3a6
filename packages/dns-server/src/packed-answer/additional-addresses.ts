import { MAX_NAME_OCTETS, TYPE } from '@kubezone/core';
import {
  apexLabelsOf,
  type BlockAddress,
  findRRset,
  type HashedName,
  RRSET_WORDS,
  type ZoneReader,
} from '@kubezone/core/packed-zone';

import { MAX_HOSTS } from '../answer/additional.ts';
import { type AnswerMessage, SECTION } from './answer-message.ts';
import { firstOf } from './first-of.ts';
import { FOUND, NodeSearch } from './node-search.ts';
import type { Xorshift } from './xorshift.ts';

/** Writes the addresses of the names that an answer points to into the additional section (RFC 1034, section 4.3.2, step 6): as many as fit. */
export class AdditionalAddresses {
  readonly #words: Int32Array;
  readonly #octets: Uint8Array;
  readonly #message: AnswerMessage;
  readonly #random: Xorshift;
  readonly #search: NodeSearch;
  readonly #host: HashedName;
  /** Of the hosts that were looked for: hash, and where in the memory the name stands. */
  readonly #seenHashes = new Int32Array(MAX_HOSTS);
  readonly #seenAt = new Int32Array(MAX_HOSTS);

  constructor(reader: ZoneReader, message: AnswerMessage, random: Xorshift) {
    this.#words = reader.memory.words;
    this.#octets = reader.memory.octets;
    this.#message = message;
    this.#random = random;
    this.#search = new NodeSearch(reader);
    this.#host = reader.createName();
  }

  /**
   * The addresses of the hosts that an RRset names, of `MAX_HOSTS` at most.
   *
   * @param rrset index of its first word
   * @param offset where in each rdata the host's name stands
   * @param question a name of the zone
   * @param flags the zone's
   */
  appendHosts(head: BlockAddress, question: HashedName, rrset: number, offset: number, flags: number): void {
    const words = this.#words;
    const octets = this.#octets;
    const host = this.#host;
    // For name servers also glue, which stands below zone cuts.
    const passCuts = ((words[rrset] as number) & 0xffff) === TYPE.NS;
    const apexLabels = apexLabelsOf(words, head);
    let from = (rrset + RRSET_WORDS) * 4;
    let seen = 0;
    for (let left = (words[rrset] as number) >>> 16; left > 0; left--) {
      const at = from + 2 + offset;
      from += 2 + (((octets[from] as number) << 8) | (octets[from + 1] as number));
      host.load(octets, at, from);
      if (!host.endsLike(question, apexLabels) || this.#isSeen(seen)) continue;
      if (seen === MAX_HOSTS) return;
      this.#seenHashes[seen] = host.hashes[host.labels] as number;
      this.#seenAt[seen++] = at;
      this.#appendAddresses(head, passCuts, flags);
    }
  }

  /**
   * The addresses of a zone cut's name servers: those at or below the cut first, without which the response is truncated (RFC 9471, section 3.1).
   *
   * @param ns index of the first word of the cut's NS RRset
   * @param name ends in the cut's name
   * @returns whether all of those fit
   */
  appendGlue(head: BlockAddress, ns: number, name: HashedName, cutLabels: number, flags: number): boolean {
    const words = this.#words;
    const octets = this.#octets;
    const host = this.#host;
    const apexLabels = apexLabelsOf(words, head);
    const count = (words[ns] as number) >>> 16;
    let isWhole = true;
    for (let pass = 0; pass < 2; pass++) {
      let from = (ns + RRSET_WORDS) * 4;
      for (let index = 0; index < count; index++) {
        host.load(octets, from + 2, from + 2 + MAX_NAME_OCTETS);
        from += 2 + (((octets[from] as number) << 8) | (octets[from + 1] as number));
        if (!host.endsLike(name, apexLabels)) continue;
        const isRequired = host.endsLike(name, cutLabels);
        if (isRequired !== (pass === 0)) continue;
        if (!this.#appendAddresses(head, true, flags) && isRequired) isWhole = false;
      }
    }
    return isWhole;
  }

  /** Whether the host is one of the first so many that were looked for. */
  #isSeen(count: number): boolean {
    const host = this.#host;
    const hash = host.hashes[host.labels];
    for (let index = 0; index < count; index++) {
      if (this.#seenHashes[index] === hash && host.equals(this.#octets, this.#seenAt[index] as number)) return true;
    }
    return false;
  }

  /** Returns whether all addresses that the host has did fit. */
  #appendAddresses(head: BlockAddress, passCuts: boolean, flags: number): boolean {
    const words = this.#words;
    const found = this.#search.search(head, this.#host, passCuts);
    if (found !== FOUND.EXACT && found !== FOUND.WILDCARD) return true;
    const { node } = this.#search;
    const ipv4 = findRRset(words, node, TYPE.A);
    const ipv6 = findRRset(words, node, TYPE.AAAA);
    const wroteIpv4 = ipv4 === 0 || this.#appendRRset(ipv4, flags);
    return (ipv6 === 0 || this.#appendRRset(ipv6, flags)) && wroteIpv4;
  }

  #appendRRset(rrset: number, flags: number): boolean {
    const words = this.#words;
    const message = this.#message;
    const host = this.#host;
    const pointer = message.pointerTo(host, host.labels);
    const first = firstOf(words[rrset] as number, flags, this.#random);
    return message.rrset(SECTION.ADDITIONAL, rrset, words[rrset + 1] as number, pointer, host, first);
  }
}
