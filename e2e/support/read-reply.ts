/**
 * A reader of replies that shares no code with what is under test: it knows just enough to compare two servers' replies record by record.
 */

/** One record of a reply, names folded to lower case and decompressed. */
export interface ReplyRecord {
  readonly owner: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Readable for the commonest types, `\# n hex` for the rest. Equal rdata gives equal text. */
  readonly rdata: string;
}

/** A reply, taken apart. The OPT record is taken out of the additional section. */
export interface Reply {
  readonly id: number;
  readonly qr: boolean;
  readonly opcode: number;
  readonly aa: boolean;
  readonly tc: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
  /** With the upper bits of OPT. */
  readonly rcode: number;
  /** The question section's octets, as they stand. */
  readonly question: string;
  readonly answer: readonly ReplyRecord[];
  readonly authority: readonly ReplyRecord[];
  readonly additional: readonly ReplyRecord[];
  readonly edns: { readonly size: number; readonly version: number; readonly options: readonly ReplyOption[] } | undefined;
  readonly octets: number;
}

/** One EDNS option. */
export interface ReplyOption {
  readonly code: number;
  readonly data: Uint8Array;
}

const OPT = 41;

/**
 * Takes a reply apart.
 *
 * @throws {Error} where it is malformed in any way, octets after its end included
 */
export function readReply(octets: Uint8Array): Reply {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  const flags = view.readUInt16BE(2);
  const counts = [4, 6, 8, 10].map((at) => view.readUInt16BE(at));
  let at = 12;
  for (let left = counts[0] ?? 0; left > 0; left--) at = readName(view, at).end + 4;
  const question = view.toString('hex', 12, at);
  let edns: Reply['edns'];
  let extendedRcode = 0;
  const sections = counts.slice(1).map((count) => {
    const records: ReplyRecord[] = [];
    for (let left = count; left > 0; left--) {
      const owner = readName(view, at);
      const type = view.readUInt16BE(owner.end);
      const ttl = view.readUInt32BE(owner.end + 4);
      const length = view.readUInt16BE(owner.end + 8);
      const start = owner.end + 10;
      at = start + length;
      if (at > view.length) throw new Error(`a record's rdata ends at ${at}, after the message's end at ${view.length}`);
      if (type === OPT) {
        if (edns !== undefined) throw new Error('two OPT records');
        extendedRcode = ttl >>> 24;
        edns = {
          size: view.readUInt16BE(owner.end + 2),
          version: (ttl >>> 16) & 0xff,
          options: readOptions(view.subarray(start, at)),
        };
        continue;
      }
      const rdata = printReplyRdata(view, type, start, length);
      records.push({ owner: owner.name, type, class: view.readUInt16BE(owner.end + 2), ttl, rdata });
    }
    return records;
  });
  if (at !== view.length) throw new Error(`${view.length - at} octets stand after the message's end`);
  const [answer = [], authority = [], additional = []] = sections;
  return {
    id: view.readUInt16BE(0),
    qr: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0x0f,
    aa: (flags & 0x0400) !== 0,
    tc: (flags & 0x0200) !== 0,
    rd: (flags & 0x0100) !== 0,
    ra: (flags & 0x0080) !== 0,
    ad: (flags & 0x0020) !== 0,
    cd: (flags & 0x0010) !== 0,
    rcode: (extendedRcode << 4) | (flags & 0x0f),
    question,
    answer,
    authority,
    additional,
    edns,
    octets: octets.length,
  };
}

function readOptions(rdata: Buffer): ReplyOption[] {
  const options: ReplyOption[] = [];
  for (let at = 0; at < rdata.length;) {
    const length = rdata.readUInt16BE(at + 2);
    if (at + 4 + length > rdata.length) throw new Error('an EDNS option ends after its OPT record');
    options.push({ code: rdata.readUInt16BE(at), data: rdata.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return options;
}

function readName(view: Buffer, start: number): { readonly name: string; readonly end: number } {
  let text = '';
  let at = start;
  let end = -1;
  for (let jumps = 0; ;) {
    const length = view.readUInt8(at);
    if (length === 0) return { name: text === '' ? '.' : text, end: end < 0 ? at + 1 : end };
    if (length >= 0xc0) {
      if (++jumps > 127) throw new Error('a name is a loop of compression pointers');
      if (end < 0) end = at + 2;
      at = view.readUInt16BE(at) & 0x3fff;
      continue;
    }
    if (length > 63) throw new Error(`a label of the reserved type ${length >> 6}`);
    for (const octet of view.subarray(at + 1, at + 1 + length)) text += printOctet(octet);
    text += '.';
    at += 1 + length;
  }
}

function printOctet(octet: number): string {
  const character = String.fromCharCode(octet).toLowerCase();
  return /[a-z0-9_*-]/.test(character) ? character : `\\${String(octet).padStart(3, '0')}`;
}

/** What stands before the names of the types whose names may be compressed (RFC 3597, section 4), and how many names there are. */
const NAMES_IN: Readonly<Record<number, { readonly before: number; readonly names: number }>> = {
  2: { before: 0, names: 1 },
  5: { before: 0, names: 1 },
  6: { before: 0, names: 2 },
  12: { before: 0, names: 1 },
  15: { before: 2, names: 1 },
  33: { before: 6, names: 1 },
  39: { before: 0, names: 1 },
};

const NAPTR = 35;

/** Servers differ in the case of NAPTR's replacement name (RFC 4034, section 6.2, folds it): so it is shown as a name. */
function printNaptr(view: Buffer, start: number, length: number): string {
  let at = start + 4;
  for (let left = 3; left > 0; left--) at += 1 + view.readUInt8(at);
  const { name, end } = readName(view, at);
  if (end !== start + length) throw new Error('an NAPTR record ends beside its replacement');
  return `\\# ${at - start} ${view.toString('hex', start, at)} ${name}`;
}

function printReplyRdata(view: Buffer, type: number, start: number, length: number): string {
  if (type === 1 && length === 4) return [...view.subarray(start, start + 4)].join('.');
  if (type === NAPTR) return printNaptr(view, start, length);
  const layout = NAMES_IN[type];
  if (layout === undefined) return `\\# ${length} ${view.toString('hex', start, start + length)}`;
  const fields: (string | number)[] = [];
  let at = start;
  for (; at < start + layout.before; at += 2) fields.push(view.readUInt16BE(at));
  for (let left = layout.names; left > 0; left--) {
    const name = readName(view, at);
    fields.push(name.name);
    at = name.end;
  }
  for (; at + 4 <= start + length; at += 4) fields.push(view.readUInt32BE(at));
  if (at !== start + length)
    throw new Error(`rdata of type ${type} is ${length} octets long, but its fields end ${start + length - at} before`);
  return fields.join(' ');
}
