/**
 * Queries composed by hand, apart from the code under test: octet by octet what a client chose to send, in its letter case.
 */

/** What to ask. */
export interface Query {
  /** Absolute, in presentation format with escapes; letters are sent in the case in which they stand here. */
  readonly name: string;
  readonly type: number;
  /** @default 1 (IN) */
  readonly class?: number;
  /** @default false */
  readonly recursionDesired?: boolean;
  /** The UDP payload size to advertise; no OPT record without it. */
  readonly ednsSize?: number;
  /** @default false */
  readonly dnssecOk?: boolean;
}

/** Composes a query message with the id 0; clients set the id. */
export function composeQuery(query: Query): Uint8Array {
  const name = composeCasedName(query.name);
  const edns = query.ednsSize !== undefined;
  const message = Buffer.alloc(12 + name.length + 4 + (edns ? 11 : 0));
  message.writeUInt16BE(query.recursionDesired === true ? 0x0100 : 0, 2);
  message.writeUInt16BE(1, 4);
  message.writeUInt16BE(edns ? 1 : 0, 10);
  message.set(name, 12);
  let at = 12 + name.length;
  message.writeUInt16BE(query.type, at);
  message.writeUInt16BE(query.class ?? 1, at + 2);
  at += 4;
  if (edns) {
    message.writeUInt16BE(41, at + 1);
    message.writeUInt16BE(query.ednsSize ?? 0, at + 3);
    message.writeUInt32BE(query.dnssecOk === true ? 0x8000 : 0, at + 5);
  }
  return message;
}

/** A name in wire format, its letters' case kept (core's own functions fold it). */
export function composeCasedName(text: string): Uint8Array {
  const octets: number[] = [];
  let label: number[] = [];
  const end = (): void => {
    if (label.length > 0) octets.push(label.length, ...label);
    label = [];
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '.') {
      end();
      continue;
    }
    if (character === '\\') {
      const digits = /^\d{3}/.exec(text.slice(at + 1))?.[0];
      label.push(digits === undefined ? text.charCodeAt(at + 1) : Number(digits));
      at += digits === undefined ? 1 : 3;
      continue;
    }
    label.push(text.charCodeAt(at));
  }
  end();
  octets.push(0);
  return Uint8Array.from(octets);
}
