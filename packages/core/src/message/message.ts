import type { OwnerName } from '../name/owner-name.ts';
import type { RRType } from '../rr/rr-type.ts';
import type { ResourceRecord } from '../rr/rrset.ts';
import type { Edns } from './edns.ts';
import type { Header } from './header.ts';

/** What is asked (RFC 1035, section 4.1.2). */
export interface Question {
  readonly name: OwnerName;
  readonly type: RRType;
  readonly class: number;
}

/** A whole message (RFC 1035, section 4). In an UPDATE, the sections are zone, prerequisites, updates and additional data (RFC 2136). */
export interface Message {
  readonly header: Header;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  /** Without the OPT and TSIG records. */
  readonly additionals: readonly ResourceRecord[];
  /** From the OPT record. */
  readonly edns?: Edns;
  /** The last record, where it is a TSIG (RFC 8945). */
  readonly tsig?: ResourceRecord;
}

/** A parsed message knows where some parts of it stand in its octets. */
export interface ParsedMessage extends Message {
  /** The question section's first octet and the one after its last: to be echoed as it is, in the case in which it was asked. */
  readonly questionStart: number;
  readonly questionEnd: number;
  /** Where the TSIG record begins: what stands before it is what was signed (RFC 8945, section 4.3.3). */
  readonly tsigStart?: number;
}

/** The whole RCODE: 4 bits of the header, and 8 more of EDNS where it is used (RFC 6891, section 6.1.3). */
export function fullRcode(message: Pick<Message, 'header' | 'edns'>): number {
  return ((message.edns?.extendedRcode ?? 0) << 4) | message.header.rcode;
}
