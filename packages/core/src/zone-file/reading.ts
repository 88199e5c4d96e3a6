import type { OwnerName } from '../name/owner-name.ts';
import { MAX_TTL } from '../rr/rrset.ts';
import type { Diagnostic, DiagnosticCode } from '../zone/diagnostic.ts';
import type { DiagnosticList } from '../zone/diagnostic-list.ts';

/** A file's text, and the name under which it is reported. */
export interface ZoneFileText {
  readonly kind: 'text';
  /** Two includes of one file have the same: a file that includes itself is found by it. */
  readonly file: string;
  readonly text: string;
}

/** Why an `$INCLUDE` is not followed. */
export interface IncludeRefusal {
  readonly kind: 'refusal';
  readonly code: 'INCLUDE_REFUSED' | 'FILE_UNREADABLE' | 'FILE_TOO_LARGE';
  readonly message: string;
}

/** Reads the file that an `$INCLUDE` names. `from` is the `file` of the text that holds the directive. */
export type IncludeReader = (path: string, from: string) => ZoneFileText | IncludeRefusal;

/** How to read a zone file. */
export interface ZoneFileOptions {
  readonly file: string;
  /** What `@` and relative names mean until the first `$ORIGIN`: the zone's apex. */
  readonly origin: OwnerName;
  /** TTL in seconds of records that state none, where nothing in the file gives one. */
  readonly defaultTtl?: number;
  /** @default every `$INCLUDE` is refused */
  readonly include?: IncludeReader;
}

/** What decoders put in place of octets that are no UTF-8. */
export const REPLACEMENT = '\uFFFD';

/** A file that is being read. The included file stands above the one that includes it. */
export interface OpenFile {
  readonly file: string;
  readonly text: string;
  /** Whether a replacement character is in it: the file was no UTF-8. */
  readonly damaged: boolean;
  /** Where the next entry begins, and on which line. */
  at: number;
  line: number;
  /** Where the first opening parenthesis after `at` stands; found anew when that has passed it. */
  parenthesis: number;
  /** Undefined after an `$ORIGIN` that could not be read: nobody knows where the names that follow it stand. */
  origin: OwnerName | undefined;
  /** The last entry's owner; undefined at the beginning, and where it could not be read. */
  owner: OwnerName | undefined;
}

/** All that reading a zone file needs to remember. */
export interface Reading {
  readonly options: ZoneFileOptions;
  readonly files: OpenFile[];
  readonly diagnostics: DiagnosticList;
  /** From `$TTL`, in seconds. Holds for what follows in the including file too, as in BIND and NSD. */
  defaultTtl: number | undefined;
  /** The last TTL that a record stated (RFC 1035, section 5.1). */
  lastTtl: number | undefined;
  /** MINIMUM of the SOA: before RFC 2308 the default TTL. */
  soaMinimum: number | undefined;
}

/** A fault, and where in the current file it stands. */
export interface EntryFault {
  readonly code: DiagnosticCode;
  /** @default 'error': the entry is left out */
  readonly severity?: Diagnostic['severity'];
  readonly message: string;
  readonly offset: number;
}

/** A TTL as it is served: one that is too large counts as 0, as in messages (RFC 2181, section 8), and as BIND reads it. */
export function servedTtl(seconds: number): number {
  return seconds > MAX_TTL ? 0 : seconds;
}

/** The warning that a TTL is too large. */
export function ttlFault(seconds: number, offset: number): EntryFault | undefined {
  if (seconds <= MAX_TTL) return undefined;
  const message = `the TTL ${seconds} is longer than ${MAX_TTL} seconds, and counts as 0 (RFC 2181, section 8)`;
  return { code: 'TTL_TOO_LARGE', severity: 'warning', message, offset };
}

/** Opens a text: a byte order mark is skipped, and lone carriage returns are line ends like the others. */
export function openFile(file: string, text: string, origin: OwnerName | undefined, owner: OwnerName | undefined): OpenFile {
  const unmarked = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const lines = /\r(?!\n)/.test(unmarked) ? unmarked.replaceAll(/\r(?!\n)/g, '\n') : unmarked;
  return { file, text: lines, damaged: lines.includes(REPLACEMENT), at: 0, line: 1, parenthesis: -1, origin, owner };
}
