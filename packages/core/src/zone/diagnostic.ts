import type { FailureCode } from '../failure.ts';
import type { EditRefusalCode } from '../packed-zone/edit-refusal.ts';

/** Why an entry of a zone file was not read, beside what its fields lack (`FailureCode`). */
export type ZoneFileCode =
  /** An entry begins with a blank, and the owner name of the entry before it is not known. */
  | 'NO_OWNER'
  /** An entry is longer than any record can be. */
  | 'ENTRY_TOO_LONG'
  /** A record has no TTL, and there is nothing to take one from. */
  | 'NO_TTL'
  /** A TTL is larger than 2^31-1. It counts as 0 (RFC 2181, section 8). */
  | 'TTL_TOO_LARGE'
  /** The text has octets that are no UTF-8. */
  | 'BAD_ENCODING'
  /** A directive is unknown, or has other arguments than it needs. */
  | 'BAD_DIRECTIVE'
  /** An `$INCLUDE` leads outside the zone file's folder, or includes are not allowed here. */
  | 'INCLUDE_REFUSED'
  /** A file cannot be read. */
  | 'FILE_UNREADABLE'
  /** A file, alone or together with those it includes, is larger than allowed. */
  | 'FILE_TOO_LARGE'
  /** A file includes itself, or includes are nested too deep. */
  | 'INCLUDE_LOOP';

/** What is wrong with the data of a zone. */
export type ZoneCode =
  /** A record's owner is not at or below the apex. Dropped. */
  | 'OUT_OF_ZONE'
  /** A record's class is not IN. Dropped. */
  | 'NOT_IN_CLASS'
  /** A record's type exists only in questions and messages. Dropped. */
  | 'META_TYPE'
  /** No SOA: the zone cannot be served. */
  | 'SOA_MISSING'
  /** A SOA below the apex. Dropped. */
  | 'SOA_NOT_AT_APEX'
  /** A second, different record of a type of which a name can have one. Dropped. */
  | 'SINGLE_VALUED'
  /** A CNAME beside other data (RFC 1034, section 3.6.2). The CNAME is dropped. */
  | 'CNAME_AND_OTHER_DATA'
  /** The records of an RRset have different TTLs (RFC 2181, section 5.2). The lowest is used. */
  | 'TTL_DIFFERS'
  /** The apex has no NS records. */
  | 'NS_MISSING'
  /** The name of a name server is an alias (RFC 2181, section 10.3). */
  | 'NS_IS_ALIAS'
  /** A name server whose name is in the zone has no address there. */
  | 'GLUE_MISSING'
  /** Data below a zone cut or a DNAME, which no answer contains. Kept. */
  | 'OCCLUDED'
  /** More diagnostics than are listed. */
  | 'MORE_DIAGNOSTICS';

/** What is wrong with a zone's configuration. */
export type ZoneConfigCode =
  /** No name server is configured. */
  | 'NO_NAME_SERVER'
  /** A name server's name is in the zone, and neither an address nor a Service is given for it. */
  | 'NS_WITHOUT_GLUE'
  /** Addresses are given for a name server outside the zone: they are not served. */
  | 'GLUE_OUT_OF_ZONE'
  /** A TTL or timer is outside its range. */
  | 'BAD_NUMBER';

/** Every code a `Diagnostic` can have. Stable. */
export type DiagnosticCode = FailureCode | ZoneFileCode | ZoneCode | ZoneConfigCode | EditRefusalCode;

/** Where in a zone file something stands. */
export interface FileLocation {
  /** As a person would name the file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

/**
 * What is wrong with a zone, its file, or its configuration.
 *
 * An error means that something is left out; whatever else was given is served. A warning means that all is served, but probably
 * not what was meant.
 */
export interface Diagnostic extends Partial<FileLocation> {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  /** What was found, and what is expected. */
  readonly message: string;
}

/** Prints a diagnostic as compilers do: `zones/example.zone:12:7: error: unknown type "AAAAA" [UNKNOWN_TYPE]`. */
export function printDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message, code } = diagnostic;
  const where = [file, line, column].filter((part) => part !== undefined).join(':');
  return `${where === '' ? '' : `${where}: `}${severity}: ${message} [${code}]`;
}
