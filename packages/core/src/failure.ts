/**
 * What a parse or scan function returns instead of its value when the input is malformed.
 *
 * A plain value, not an exception: parsing hostile input is ordinary work for a name server, and neither a
 * stack trace nor unwinding is affordable for each bad packet.
 */
export class ParseFailure {
  /** Stable, machine-readable reason. */
  readonly code: FailureCode;
  /** What was found and what was expected, for a person; never longer than 400 characters, however long the input is that it quotes. */
  readonly message: string;
  /** Where: octets from the start of the input when parsing wire format, characters when scanning text. */
  readonly offset: number;

  constructor(code: FailureCode, message: string, offset = 0) {
    this.code = code;
    this.message = abridgeMessage(message);
    this.offset = offset;
  }
}

/** How many characters of a message are shown. */
const MAX_MESSAGE = 400;

/**
 * A message for a log: where it is too long, because a megabyte of somebody's input is quoted in it, its beginning and its end, which says what is
 * expected.
 */
export function abridgeMessage(message: string): string {
  if (message.length <= MAX_MESSAGE) return message;
  // A cut may fall between the halves of a character.
  return `${message.slice(0, MAX_MESSAGE - 153).toWellFormed()}...${message.slice(-150).toWellFormed()}`;
}

/** Every reason for which core refuses an input. */
export type FailureCode =
  /** A name is empty where one is required, or has an empty label. */
  | 'NAME_EMPTY_LABEL'
  /** A label is longer than 63 octets (RFC 1035, section 2.3.4). */
  | 'NAME_LABEL_TOO_LONG'
  /** A name is longer than 255 octets on the wire (RFC 1035, section 2.3.4). */
  | 'NAME_TOO_LONG'
  /** A backslash is not followed by a character, or by three digits up to 255 (RFC 1035, section 5.1). */
  | 'NAME_BAD_ESCAPE'
  /** A name has no final dot where no origin completes it. */
  | 'NAME_RELATIVE'
  /** A name has no ASCII form (UTS #46). */
  | 'NAME_BAD_IDNA'
  /** A name is no host name: a label has other characters than letters, digits, "-" and "_", or an asterisk label is not the first. */
  | 'NAME_NOT_A_HOST'
  /** A name has a label that is kept for ownership markers: `_owner`, one that begins with `_owner-`, or `_wildcard`. */
  | 'NAME_RESERVED'
  /** A compression pointer points forward, at itself, or into a loop (RFC 1035, section 4.1.4). */
  | 'NAME_BAD_POINTER'
  /** A compression pointer stands where none is allowed (RFC 3597, section 4). */
  | 'NAME_POINTER_NOT_ALLOWED'
  /** A label's first two bits are 01 or 10 (RFC 6891, section 5). */
  | 'NAME_RESERVED_LABEL_TYPE'
  /** The input ends inside a field. */
  | 'TRUNCATED'
  /** Octets are left over where a field or message should have ended. */
  | 'TRAILING_OCTETS'
  /** A field has a value outside its range or set. */
  | 'BAD_FIELD'
  /** Presentation format has fewer or more fields than the type has. */
  | 'FIELD_COUNT'
  /** An RR type is neither known nor written as TYPEnnn. */
  | 'UNKNOWN_TYPE'
  /** A quoted string is not closed, or a parenthesis has no partner. */
  | 'UNBALANCED'
  /** A message's parts contradict each other, for example two OPT records (RFC 6891, section 6.1.1). */
  | 'BAD_MESSAGE';

/** Whether a parse or scan function failed. */
export function isFailure(value: unknown): value is ParseFailure {
  return value instanceof ParseFailure;
}
