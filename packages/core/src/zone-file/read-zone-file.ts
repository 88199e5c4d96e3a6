import { isFailure, type ParseFailure } from '../failure.ts';
import { scanName } from '../name/owner-name.ts';
import { type RecordFields, scanRecordFields } from '../rr/record-text.ts';
import { CLASS, TYPE } from '../rr/rr-type.ts';
import type { ResourceRecord } from '../rr/rrset.ts';
import { readSoa } from '../rr/soa.ts';
import { type Entry, tokenizeEntry } from '../rr/tokens.ts';
import type { Diagnostic, FileLocation } from '../zone/diagnostic.ts';
import { diagnosticList } from '../zone/diagnostic-list.ts';
import { readDirective } from './directive.ts';
import { type EntryExtent, entryExtent, MAX_ENTRY } from './entry-extent.ts';
import {
  type EntryFault,
  openFile,
  type OpenFile,
  type Reading,
  REPLACEMENT,
  servedTtl,
  ttlFault,
  type ZoneFileOptions,
} from './reading.ts';
import { countLines, nextLine, positionOf } from './text-position.ts';

/** Called with each record in the order of the file, and where its entry begins. */
export type OnRecord = (record: ResourceRecord, location: FileLocation) => void;

/**
 * Reads a zone file (RFC 1035, section 5; RFC 2308, section 4; RFC 3597, section 5) in one pass, and hands out each record as it
 * is read. What cannot be read is reported with file, line and column, and left out; reading goes on with the next entry.
 *
 * - A record without TTL takes that of `$TTL`, else the last one that a record stated, else MINIMUM of the SOA, else
 *   `defaultTtl`.
 * - An included file begins with the origin (unless the directive gives another) and the owner of the including one, which has
 *   its own again afterwards (RFC 1035, section 5.1).
 * - Strings end on their line and parentheses do not nest.
 *
 * @returns the first 500 errors and the first 500 warnings, and how many there are beyond
 */
export function readZoneFile(text: string, options: ZoneFileOptions, onRecord: OnRecord): Diagnostic[] {
  const reading: Reading = {
    options,
    files: [openFile(options.file, text, options.origin, undefined)],
    diagnostics: diagnosticList(),
    defaultTtl: undefined,
    lastTtl: undefined,
    soaMinimum: undefined,
  };
  for (let file = reading.files.at(-1); file !== undefined; file = reading.files.at(-1)) {
    if (file.at < file.text.length) readEntry(reading, file, onRecord);
    else reading.files.pop();
  }
  return reading.diagnostics.list();
}

function readEntry(reading: Reading, file: OpenFile, onRecord: OnRecord): void {
  const { text, at: start, line } = file;
  const extent = extentOf(file);
  file.at = extent.end;
  file.line += countLines(text, start, extent.end);
  const entry = extent.fault ?? tokenizeEntry(text, start);
  const fault = 'tokens' in entry ? readTokens(reading, file, entry, start, line, onRecord) : brokenEntry(file, start, entry);
  if (fault === undefined) return;
  const { code, severity = 'error', message, offset } = fault;
  const position = positionOf(text, offset, start, line);
  reading.diagnostics.add({ code, severity, message, file: file.file, ...position });
}

/** Where the next entry ends: with its line, but for the few that have parentheses. */
function extentOf(file: OpenFile): EntryExtent {
  const { text, at } = file;
  const end = nextLine(text, at);
  if (file.parenthesis < at) {
    const parenthesis = text.indexOf('(', at);
    file.parenthesis = parenthesis < 0 ? text.length : parenthesis;
  }
  return file.parenthesis < end || end - at > MAX_ENTRY ? entryExtent(text, at) : { end };
}

/** An entry that has no tokens can still have an owner, which the entries below it need. */
function brokenEntry(file: OpenFile, start: number, fault: EntryFault): EntryFault {
  const [owner] = /^[^\s"();]*/.exec(file.text.slice(start, start + 2000)) ?? [];
  if (owner) setOwner(file, owner);
  return fault;
}

function readTokens(
  reading: Reading,
  file: OpenFile,
  entry: Entry,
  start: number,
  line: number,
  onRecord: OnRecord,
): EntryFault | undefined {
  const { tokens, startsBlank } = entry;
  const [first] = tokens;
  if (first === undefined) return undefined;
  if (!startsBlank && !first.quoted && first.text.startsWith('$')) return readDirective(reading, file, tokens);
  // The directive that was not understood is reported; what follows it cannot be.
  if (file.origin === undefined) return undefined;
  const unreadable = file.damaged ? tokens.find((token) => token.text.includes(REPLACEMENT)) : undefined;
  if (unreadable !== undefined) {
    return {
      code: 'BAD_ENCODING',
      message: `"${unreadable.text}" is no UTF-8; write octets as \\DDD`,
      offset: unreadable.offset,
    };
  }
  if (!startsBlank) {
    // An owner may stand in quotes, as BIND and NSD read it: then blanks belong to it, and `$` begins no directive.
    const failure = setOwner(file, first.text);
    if (failure !== undefined) return { code: failure.code, message: failure.message, offset: first.offset };
  }
  const { owner, origin } = file;
  if (owner === undefined)
    return { code: 'NO_OWNER', message: 'the entry has no owner name, and none before it was read', offset: first.offset };
  const fields = scanRecordFields(startsBlank ? tokens : tokens.slice(1), origin);
  if (isFailure(fields))
    return { code: fields.code, message: fields.message, offset: fields.offset > 0 ? fields.offset : first.offset };
  const ttl = ttlOf(reading, fields);
  if (ttl === undefined)
    return { code: 'NO_TTL', message: `the record of ${owner} has no TTL, and there is no $TTL before it`, offset: first.offset };
  const { type, rdata } = fields;
  onRecord(
    { owner, type, class: fields.class ?? CLASS.IN, ttl, rdata },
    { file: file.file, ...positionOf(file.text, first.offset, start, line) },
  );
  return fields.ttl === undefined ? undefined : ttlFault(fields.ttl, fields.ttlOffset ?? first.offset);
}

function setOwner(file: OpenFile, text: string): ParseFailure | undefined {
  const owner = scanName(text, file.origin);
  file.owner = isFailure(owner) ? undefined : owner;
  return isFailure(owner) ? owner : undefined;
}

function ttlOf(reading: Reading, { ttl, type, rdata }: RecordFields): number | undefined {
  if (type === TYPE.SOA) reading.soaMinimum ??= servedTtl(readSoa(rdata).minimum);
  const stated = ttl === undefined ? undefined : servedTtl(ttl);
  if (stated !== undefined) reading.lastTtl = stated;
  return stated ?? reading.defaultTtl ?? reading.lastTtl ?? reading.soaMinimum ?? reading.options.defaultTtl;
}
