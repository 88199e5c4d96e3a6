import { isFailure, ParseFailure } from '../failure.ts';
import { parseName } from '../name/owner-name.ts';
import { parseRdata } from '../rr/rdata-wire.ts';
import { CLASS, TYPE } from '../rr/rr-type.ts';
import { MAX_TTL, type ResourceRecord } from '../rr/rrset.ts';
import { readUnsigned } from '../rr/unsigned.ts';
import { ednsVersion, parseEdns } from './edns.ts';
import { HEADER_OCTETS, parseHeader } from './header.ts';
import type { ParsedMessage, Question } from './message.ts';

/** Something that was parsed, and where the octet after it stands. */
export interface Parsed<T> {
  readonly value: T;
  readonly end: number;
}

/**
 * Parses a whole message (RFC 1035, section 4).
 *
 * Any octets may be given: nothing is thrown, no loop is possible, and the cost is linear in the message's length but for a bounded
 * factor where names are compressed. The result shares nothing with the octets.
 */
export function parseMessage(octets: Uint8Array): ParsedMessage | ParseFailure {
  const parsed = parseHeader(octets);
  if (isFailure(parsed)) return parsed;
  const questions = parseQuestions(octets, parsed.questionCount);
  if (isFailure(questions)) return questions;
  const answers = parseRecords(octets, questions.end, parsed.answerCount);
  if (isFailure(answers)) return answers;
  const authorities = parseRecords(octets, answers.end, parsed.authorityCount);
  if (isFailure(authorities)) return authorities;
  const additionals = parseRecords(octets, authorities.end, parsed.additionalCount);
  if (isFailure(additionals)) return additionals;
  if (additionals.end < octets.length) {
    const count = octets.length - additionals.end;
    return new ParseFailure('TRAILING_OCTETS', `${count} octet${count === 1 ? '' : 's'} after the last record`, additionals.end);
  }
  const misplaced = findPseudoRecord(answers.value) ?? findPseudoRecord(authorities.value);
  if (misplaced !== undefined) {
    return new ParseFailure('BAD_MESSAGE', 'an OPT or TSIG record stands outside the additional section', misplaced.start);
  }
  const message: Writable<ParsedMessage> = {
    header: parsed.header,
    questions: questions.value,
    answers: answers.value.map(({ record }) => record),
    authorities: authorities.value.map(({ record }) => record),
    additionals: [],
    questionStart: HEADER_OCTETS,
    questionEnd: questions.end,
  };
  return fillAdditional(message, additionals.value) ?? message;
}

/**
 * Parses one question.
 *
 * @param start where it begins: after the header, for the first one, whose name can therefore hold no pointer
 */
export function parseQuestion(octets: Uint8Array, start: number): Parsed<Question> | ParseFailure {
  const name = parseName(octets, start, start === HEADER_OCTETS ? 'refuse' : 'follow');
  if (isFailure(name)) return name;
  const end = name.end + 4;
  if (end > octets.length) return new ParseFailure('TRUNCATED', 'the message ends inside a question', octets.length);
  const type = readUnsigned(octets, name.end, 2);
  return { value: { name: name.name, type, class: readUnsigned(octets, name.end + 2, 2) }, end };
}

/** Parses one record. Names in it may point back into the message. */
export function parseRecord(octets: Uint8Array, start: number): Parsed<ResourceRecord> | ParseFailure {
  const name = parseName(octets, start);
  if (isFailure(name)) return name;
  const rdataStart = name.end + 10;
  if (rdataStart > octets.length) return new ParseFailure('TRUNCATED', 'the message ends inside a record', octets.length);
  const type = readUnsigned(octets, name.end, 2);
  const klass = readUnsigned(octets, name.end + 2, 2);
  const ttl = readUnsigned(octets, name.end + 4, 4);
  const length = readUnsigned(octets, name.end + 8, 2);
  // RFC 2136, section 2.4: in an UPDATE, class ANY or NONE with no rdata speaks of a whole RRset or name.
  const bare = length === 0 && type !== TYPE.TSIG && (klass === CLASS.ANY || klass === CLASS.NONE);
  // The rdata of an EDNS version that does not exist yet has no form that could be checked.
  const opaque = type === TYPE.OPT && ednsVersion(ttl) !== 0;
  const rdata = bare
    ? new Uint8Array()
    : opaque
      ? sliceRdata(octets, rdataStart, length)
      : parseRdata(type, octets, rdataStart, length);
  if (isFailure(rdata)) return rdata;
  // RFC 2181, section 8: a TTL with the topmost bit set counts as zero. OPT's is none.
  const seconds = ttl > MAX_TTL && type !== TYPE.OPT ? 0 : ttl;
  return { value: { owner: name.name, type, class: klass, ttl: seconds, rdata }, end: rdataStart + length };
}

function sliceRdata(octets: Uint8Array, start: number, length: number): Uint8Array | ParseFailure {
  const end = start + length;
  if (end > octets.length) return new ParseFailure('TRUNCATED', 'the message ends inside rdata', octets.length);
  return octets.slice(start, end);
}

function parseQuestions(octets: Uint8Array, count: number): Parsed<Question[]> | ParseFailure {
  const questions: Question[] = [];
  let at = HEADER_OCTETS;
  for (let index = 0; index < count; index++) {
    const question = parseQuestion(octets, at);
    if (isFailure(question)) return question;
    questions.push(question.value);
    at = question.end;
  }
  return { value: questions, end: at };
}

interface PlacedRecord {
  readonly record: ResourceRecord;
  readonly start: number;
}

function parseRecords(octets: Uint8Array, start: number, count: number): Parsed<PlacedRecord[]> | ParseFailure {
  const records: PlacedRecord[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    const parsed = parseRecord(octets, at);
    if (isFailure(parsed)) return parsed;
    records.push({ record: parsed.value, start: at });
    at = parsed.end;
  }
  return { value: records, end: at };
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function findPseudoRecord(records: readonly PlacedRecord[]): PlacedRecord | undefined {
  return records.find(({ record }) => record.type === TYPE.OPT || record.type === TYPE.TSIG);
}

/**
 * Sorts the additional section into data, OPT and TSIG: at most one OPT (RFC 6891, section 6.1.1), and TSIG only last (RFC 8945, section
 * 5.1).
 */
function fillAdditional(message: Writable<ParsedMessage>, records: readonly PlacedRecord[]): ParseFailure | undefined {
  const additionals: ResourceRecord[] = [];
  for (const { record, start } of records) {
    if (message.tsig !== undefined) return new ParseFailure('BAD_MESSAGE', 'a record stands after the TSIG record', start);
    if (record.type === TYPE.TSIG) {
      message.tsig = record;
      message.tsigStart = start;
    } else if (record.type !== TYPE.OPT) {
      additionals.push(record);
    } else {
      if (message.edns !== undefined) return new ParseFailure('BAD_MESSAGE', 'the message has two OPT records', start);
      const edns = parseEdns(record);
      if (isFailure(edns)) return new ParseFailure(edns.code, edns.message, start);
      message.edns = edns;
    }
  }
  message.additionals = additionals;
  return undefined;
}
