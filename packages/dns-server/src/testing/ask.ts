import {
  CLASS,
  composeMessage,
  type Edns,
  EDNS_OPTION,
  type EdnsOption,
  fullRcode,
  type Header,
  HEADER_OCTETS,
  isFailure,
  MAX_MESSAGE_OCTETS,
  type Message,
  MessageWriter,
  nameOf,
  OPCODE,
  type ParsedMessage,
  parseMessage,
  printRcode,
  printRdata,
  printRRType,
  readExtendedError,
  type ResourceRecord,
  scanClass,
  scanRRType,
  type Zone,
} from '@kubezone/core';

import { respond } from '../answer/answer.ts';
import type { AnswerContext, Client } from '../answer/context.ts';
import type { ServedZoneOptions } from '../served-zones.ts';
import { answerPacked, type PackedResponse } from './packed-twin.ts';
import { ReferenceZones } from './reference-zones.ts';
import { zoneOf } from './zone-text.ts';

/** A query that a test makes. */
export interface QueryOptions {
  /** Header bits that are set: `rd`, `ad`, `cd`, `aa`, `tc`, `ra`. */
  readonly flags?: string;
  readonly id?: number;
  readonly opcode?: number;
  readonly edns?: Partial<Edns>;
  readonly tsig?: ResourceRecord;
  readonly transport?: Client['transport'];
  readonly address?: string;
}

/** A response in presentation format, as tests compare it. */
export interface ShownResponse {
  readonly rcode: string;
  /** Header bits that are set, in the header's order. */
  readonly flags: string;
  /** `name class type`, as spelled in the response; absent where there is none. */
  readonly question?: string;
  /** `owner TTL type rdata`. */
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  /** `version=0 size=1232 do ede=20 …`; absent where there is no OPT record. */
  readonly edns?: string;
}

/** A context whose zones can be changed. */
export type TestContext = AnswerContext & { readonly zones: ReferenceZones };

/** Chooses the first address. */
const FIRST = (): number => 0;

const NOTHING = new Uint8Array();

/** The time in every test's context, in Unix seconds. */
export const TEST_NOW = 1_750_000_000;

/** A table of some zones. */
export function referenceZones(zones: readonly (Zone | string)[], served?: ServedZoneOptions): ReferenceZones {
  const table = new ReferenceZones();
  for (const zone of zones) table.replace(typeof zone === 'string' ? zoneOf(zone) : zone, served);
  return table;
}

/** A context over some zones; no rotation but by `random`, no cookies, no NSID unless a test asks for them. */
export function contextOf(
  zones: readonly (Zone | string)[],
  changes: Partial<Omit<AnswerContext, 'zones'>> & { readonly served?: ServedZoneOptions } = {},
): TestContext {
  const { served, ...overrides } = changes;
  const table = referenceZones(zones, served);
  return {
    zones: table,
    udpPayloadSize: 1232,
    cookieSecrets: [],
    tcpIdleTimeoutMs: 10_000,
    nowSeconds: () => TEST_NOW,
    random: FIRST,
    writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
    ...overrides,
  };
}

/** Composes a query: `name type`, or `name class type`, in the case in which the name is written; an empty text for no question. */
export function composeQuery(text: string, options: QueryOptions = {}): Uint8Array {
  const { id = 0x2a17, opcode = OPCODE.QUERY, edns, tsig } = options;
  const flags = new Set((options.flags ?? '').split(' '));
  const header: Header = {
    id,
    response: flags.has('qr'),
    opcode,
    authoritative: flags.has('aa'),
    truncated: flags.has('tc'),
    recursionDesired: flags.has('rd'),
    recursionAvailable: flags.has('ra'),
    authenticData: flags.has('ad'),
    checkingDisabled: flags.has('cd'),
    rcode: 0,
  };
  const [name, ...fields] = text === '' ? [] : text.split(' ');
  const message: Message = {
    header,
    questions: name === undefined ? [] : [{ name: nameOf(name), ...scanFields(fields) }],
    answers: [],
    authorities: [],
    additionals: [],
    ...(edns && { edns: { udpPayloadSize: 1232, extendedRcode: 0, version: 0, dnssecOk: false, options: [], ...edns } }),
    ...(tsig && { tsig }),
  };
  const octets = composeMessage(message, { limit: 4096 });
  if (name !== undefined && !name.includes('\\')) spell(octets, name);
  return octets;
}

/** Asks, and parses the response; undefined where there is none. */
export function ask(context: TestContext, text: string, options: QueryOptions = {}): ShownResponse | undefined {
  return show(askOctets(context, composeQuery(text, options), options));
}

/** Whether a query is relayed, instead of answered with what `ask` gives. */
export function isRelayed(context: TestContext, text: string, options: QueryOptions = {}): boolean {
  return askBoth(context, composeQuery(text, options), options)?.relays ?? false;
}

/** The same as `ask` with a query that is given as octets. */
export function askOctets(context: TestContext, request: Uint8Array, options: QueryOptions = {}): Uint8Array | undefined {
  return askBoth(context, request, options)?.octets;
}

/** Asks the reference, and the server's own way, from packed zones: which must give the same octets, and relay the same. */
function askBoth(context: TestContext, request: Uint8Array, options: QueryOptions): PackedResponse | undefined {
  const client: Client = { transport: options.transport ?? 'udp', address: options.address ?? '192.0.2.200' };
  const response = respond(request, client, context);
  const expected = response && { octets: response.octets.slice(), relays: response.relays };
  // What rotates is compared where both have the same generator of random numbers: in the property tests of the packed answerer.
  if (context.random !== FIRST) return expected;
  const packed = answerPacked(context, request, client);
  if (Buffer.compare(packed?.octets ?? NOTHING, expected?.octets ?? NOTHING) !== 0) {
    const [ours, theirs] = [packed, expected].map((each) => JSON.stringify(show(each?.octets), undefined, 1));
    throw new Error(`from packed zones the answer is ${ours}\n, the reference gives ${theirs}`);
  }
  if (packed?.relays !== expected?.relays) {
    throw new Error(`from packed zones the query is${packed?.relays ? '' : ' not'} relayed, unlike from the reference`);
  }
  return expected;
}

/** Shows a response. */
export function show(octets: Uint8Array): ShownResponse;
export function show(octets: Uint8Array | undefined): ShownResponse | undefined;
export function show(octets: Uint8Array | undefined): ShownResponse | undefined {
  if (octets === undefined) return undefined;
  const message = parseResponse(octets);
  const question = showQuestion(octets, message);
  return {
    rcode: printRcode(fullRcode(message)),
    flags: showFlags(octets),
    ...(question !== undefined && { question }),
    answer: message.answers.map(showRecord),
    authority: message.authorities.map(showRecord),
    additional: [...message.additionals, ...(message.tsig ? [message.tsig] : [])].map(showRecord),
    ...(message.edns && { edns: showEdns(message.edns) }),
  };
}

/** Parses a response; a malformed one fails the test. */
export function parseResponse(octets: Uint8Array): ParsedMessage {
  const message = parseMessage(octets);
  if (isFailure(message)) throw new Error(`the response is malformed: ${message.message} (offset ${message.offset})`);
  return message;
}

function scanFields(fields: readonly string[]): { readonly type: number; readonly class: number } {
  const [first = 'A', second] = fields;
  const klass = second === undefined ? CLASS.IN : scanClass(first);
  const type = scanRRType(second ?? first);
  if (klass === undefined || type === undefined) throw new Error(`no type and class: ${fields.join(' ')}`);
  return { type, class: klass };
}

/** Writes the question's name in the case in which the test spells it. */
function spell(octets: Uint8Array, name: string): void {
  let at = HEADER_OCTETS;
  for (const label of name.split('.').filter((each) => each !== '')) {
    octets.set(Buffer.from(label, 'latin1'), at + 1);
    at += label.length + 1;
  }
}

function showQuestion(octets: Uint8Array, message: ParsedMessage): string | undefined {
  const [question] = message.questions;
  if (question === undefined) return undefined;
  let name = '';
  for (let at = HEADER_OCTETS; octets[at] !== 0; at += 1 + (octets[at] as number)) {
    name += `${Buffer.from(octets.subarray(at + 1, at + 1 + (octets[at] as number))).toString('latin1')}.`;
  }
  const klass = question.class === CLASS.IN ? 'IN' : `CLASS${question.class}`;
  return `${name === '' ? '.' : name} ${klass} ${printRRType(question.type)}`;
}

function showFlags(octets: Uint8Array): string {
  const word = ((octets[2] as number) << 8) | (octets[3] as number);
  const bits: readonly (readonly [string, number])[] = [
    ['qr', 0x8000],
    ['aa', 0x0400],
    ['tc', 0x0200],
    ['rd', 0x0100],
    ['ra', 0x0080],
    ['z', 0x0040],
    ['ad', 0x0020],
    ['cd', 0x0010],
  ];
  return bits
    .filter(([, bit]) => (word & bit) !== 0)
    .map(([name]) => name)
    .join(' ');
}

function showRecord({ owner, ttl, type, rdata }: ResourceRecord): string {
  return `${owner} ${ttl} ${printRRType(type)} ${printRdata(type, rdata)}`;
}

function showEdns(edns: Edns): string {
  const options = edns.options.map(showOption);
  return [`version=${edns.version}`, `size=${edns.udpPayloadSize}`, ...(edns.dnssecOk ? ['do'] : []), ...options].join(' ');
}

function showOption(option: EdnsOption): string {
  const error = readExtendedError(option);
  if (error !== undefined) return `ede=${error.code}`;
  const data = Buffer.from(option.data).toString('hex');
  switch (option.code) {
    case EDNS_OPTION.COOKIE:
      return `cookie=${data}`;
    case EDNS_OPTION.NSID:
      return `nsid=${data}`;
    case EDNS_OPTION.TCP_KEEPALIVE:
      return `keepalive=${data}`;
    default:
      return `option${option.code}=${data}`;
  }
}
