import type { IpPrefix } from './ip-prefix.ts';

const WORDS_OF_IPV6 = 4;

/** A set of addresses, given as prefixes. Made once, then asked about each query: it allocates nothing. */
export class PrefixSet {
  /** By the first octet of an address: whether some prefix begins so. Most clients are known to be outside by this alone. */
  readonly #firsts4: Uint8Array;
  readonly #firsts6: Uint8Array;
  /** Word and mask of each prefix. */
  readonly #ipv4: Int32Array;
  /** Four words and four masks of each prefix. */
  readonly #ipv6: Int32Array;

  constructor(prefixes: readonly IpPrefix[]) {
    const ipv4 = prefixes.filter(({ address }) => address.length === 4);
    const ipv6 = prefixes.filter(({ address }) => address.length === 16);
    this.#firsts4 = firstOctets(ipv4);
    this.#firsts6 = firstOctets(ipv6);
    this.#ipv4 = Int32Array.from(ipv4.flatMap(({ address, length }) => [wordOf(address, 0), maskOf(length)]));
    this.#ipv6 = Int32Array.from(
      ipv6.flatMap(({ address, length }) => [
        ...[0, 4, 8, 12].map((at) => wordOf(address, at)),
        ...[0, 32, 64, 96].map((bits) => maskOf(length - bits)),
      ]),
    );
  }

  /**
   * Whether an IPv4 address is in the set.
   *
   * @param octets in which it stands
   * @param at where it begins
   */
  hasIpv4(octets: Uint8Array, at: number): boolean {
    if (this.#firsts4[octets[at] as number] === 0) return false;
    const word = wordOf(octets, at);
    const prefixes = this.#ipv4;
    for (let index = 0; index < prefixes.length; index += 2) {
      if ((word & (prefixes[index + 1] as number)) === prefixes[index]) return true;
    }
    return false;
  }

  /** Whether an IPv6 address of 16 octets is in the set. */
  hasIpv6(octets: Uint8Array): boolean {
    if (this.#firsts6[octets[0] as number] === 0) return false;
    const prefixes = this.#ipv6;
    for (let index = 0; index < prefixes.length; index += 2 * WORDS_OF_IPV6) {
      let word = 0;
      while (
        word < WORDS_OF_IPV6 &&
        (wordOf(octets, word * 4) & (prefixes[index + WORDS_OF_IPV6 + word] as number)) === prefixes[index + word]
      ) {
        word++;
      }
      if (word === WORDS_OF_IPV6) return true;
    }
    return false;
  }
}

/** Four octets as a word, the first in its highest place. */
export function wordOf(octets: Uint8Array, at: number): number {
  return (
    ((octets[at] as number) << 24) |
    ((octets[at + 1] as number) << 16) |
    ((octets[at + 2] as number) << 8) |
    (octets[at + 3] as number)
  );
}

/** A word of which so many bits from the highest on are set; none below 0, all beyond 32. */
export function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits);
}

function firstOctets(prefixes: readonly IpPrefix[]): Uint8Array {
  const firsts = new Uint8Array(256);
  for (const { address, length } of prefixes) {
    const first = address[0] as number;
    firsts.fill(1, first, first + (length >= 8 ? 1 : 1 << (8 - length)));
  }
  return firsts;
}
