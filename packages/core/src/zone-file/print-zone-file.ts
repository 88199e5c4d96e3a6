import { composeName, labelsOf, nameOf, type OwnerName } from '../name/owner-name.ts';
import { printRRset } from '../rr/record-text.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { ZoneView } from '../zone/zone.ts';

/**
 * Prints a zone as a zone file: one record on each line, owner, TTL and class written out, so that a line means the same wherever
 * it stands. The SOA comes first; then the names in canonical order (RFC 4034, section 6.1), so that two versions can be compared
 * line by line.
 *
 * Read again it gives an equal zone, but for names that exist without records: a zone file has no way to say so.
 */
export function printZoneFile(zone: ZoneView): string {
  const named = Array.from(zone.nodes(), (node) => ({ node, key: canonicalKey(node.owner) }));
  named.sort((one, other) => (one.key < other.key ? -1 : 1));
  const lines = [printRRset(zone.soa)];
  for (const { node } of named) {
    for (const rrset of node.rrsets) if (rrset.type !== TYPE.SOA) lines.push(printRRset(rrset));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * A text that sorts, character by character, as the name does in canonical order: its labels from the right, with a zero between
 * them, which comes before every character of a label. Made once for each name, where a comparison of names would take both apart
 * every time.
 */
function canonicalKey(name: OwnerName): string {
  const labels = name.includes('\\') ? labelsOf(name).map(octetsOf) : name.split('.').slice(0, -1);
  return labels.toReversed().join('\0');
}

/**
 * A label's octets as characters; the two that would come before or at the zero that separates labels, as two characters that do
 * not.
 */
function octetsOf(label: string): string {
  const octets = composeName(nameOf(label)).subarray(1, -1);
  return Array.from(octets, (octet) => (octet > 1 ? String.fromCharCode(octet) : `\u0001${String.fromCharCode(octet + 1)}`)).join(
    '',
  );
}
