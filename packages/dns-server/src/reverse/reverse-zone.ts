import { labelsOf, nameOf, type OwnerName, prependLabel } from '@kubezone/core';

/** A zone of names that stand for addresses. */
export interface ReverseZone {
  readonly apex: OwnerName;
  /** How much of an address decides that it lies here, in bits: of two zones the more specific one has it. */
  readonly prefixBits: number;
  /**
   * The name of an address in this zone; undefined where it lies elsewhere.
   *
   * @param address 4 octets or 16
   */
  nameOf(address: Uint8Array): OwnerName | undefined;
}

const IPV4 = ['in-addr', 'arpa'];
const IPV6 = ['ip6', 'arpa'];
const OCTET = /^(?:0|[1-9]\d{0,2})$/;
const NIBBLE = /^[\da-f]$/;
/** `64/26`, as RFC 2317 writes it, or `64-127`, as many do. */
const PART_OF_LAST_OCTET = /^(\d{1,3})(?:\/(\d{1,2})|-(\d{1,3}))$/;

/**
 * The zone of addresses that an apex names, if it does.
 *
 *     2.0.192.in-addr.arpa.          192.0.2.0/24          1.2.0.192.in-addr.arpa.
 *     64/26.2.0.192.in-addr.arpa.    192.0.2.64/26         65.64/26.2.0.192.in-addr.arpa.   (RFC 2317)
 *     64-127.2.0.192.in-addr.arpa.   192.0.2.64 to .127    65.64-127.2.0.192.in-addr.arpa.
 *     8.b.d.0.1.0.0.2.ip6.arpa.      2001:db8::/32         1.0.….8.b.d.0.1.0.0.2.ip6.arpa.
 *
 * Whoever has the zone above one by RFC 2317 puts the CNAMEs there that lead into it.
 */
export function reverseZone(apex: OwnerName): ReverseZone | undefined {
  const labels = labelsOf(apex);
  const last = labels.slice(-2).join('.');
  const numbers = labels.slice(0, -2).toReversed();
  if (last === IPV6.join('.')) {
    return numbers.length <= 32 && numbers.every((label) => NIBBLE.test(label)) ? wholeZone(apex, IPV6, numbers) : undefined;
  }
  if (last !== IPV4.join('.') || numbers.length > 4) return undefined;
  const octets = numbers.slice(0, 3);
  if (!octets.every(isOctet)) return undefined;
  const fourth = numbers[3];
  if (fourth === undefined || isOctet(fourth)) return wholeZone(apex, IPV4, numbers);
  return partialZone(apex, octets, fourth);
}

/** Whether an apex names a zone of addresses. */
export function isReverseZone(apex: OwnerName): boolean {
  return reverseZone(apex) !== undefined;
}

function isOctet(label: string): boolean {
  return OCTET.test(label) && Number(label) <= 255;
}

function wholeZone(apex: OwnerName, family: readonly string[], labels: readonly string[]): ReverseZone {
  const isIPv4 = family === IPV4;
  const prefix = labels.map((label) => Number.parseInt(label, isIPv4 ? 10 : 16));
  return {
    apex,
    prefixBits: prefix.length * (isIPv4 ? 8 : 4),
    nameOf(address) {
      if ((address.length === 4) !== isIPv4) return undefined;
      // Most addresses lie elsewhere: they cost no text.
      if (!prefix.every((number, at) => number === (isIPv4 ? address[at] : nibbleAt(address, at)))) return undefined;
      return nameOf([...labelsOfAddress(address), ...family].join('.'));
    },
  };
}

function partialZone(apex: OwnerName, octets: readonly string[], part: string): ReverseZone | undefined {
  const [, from = '', bits, to] = PART_OF_LAST_OCTET.exec(part) ?? [];
  const first = Number(from);
  const length = Number(bits ?? '24');
  const last = to === undefined ? first + 2 ** (32 - length) - 1 : Number(to);
  // A prefix that leaves no part of the octet, or does not begin where it says, is somebody's label, not an address.
  const sound = from !== '' && length >= 24 && length <= 32 && first <= last && last <= 255;
  if (!sound || (bits !== undefined && first % 2 ** (32 - length) !== 0)) return undefined;
  return {
    apex,
    prefixBits: 32 - Math.floor(Math.log2(last - first + 1)),
    nameOf(address) {
      if (address.length !== 4 || !octets.every((octet, at) => octet === String(address[at]))) return undefined;
      const fourth = address[3] as number;
      return fourth >= first && fourth <= last ? prependLabel(String(fourth), apex) : undefined;
    },
  };
}

/** The last octet of an IPv4 address first, or the last nibble of an IPv6 address (RFC 1035, section 3.5; RFC 3596, section 2.5). */
function labelsOfAddress(address: Uint8Array): readonly string[] {
  if (address.length === 4) return Array.from(address, String).toReversed();
  return Array.from({ length: 32 }, (_, index) => nibbleAt(address, 31 - index).toString(16));
}

function nibbleAt(address: Uint8Array, index: number): number {
  const octet = address[index >> 1] as number;
  return index % 2 === 0 ? octet >> 4 : octet & 0xf;
}
