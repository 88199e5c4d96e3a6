/**
 * Splits presentation format into tokens (RFC 1035, section 5.1): the one place that knows of quotes, comments, escapes and parentheses.
 */
import { ParseFailure } from '../failure.ts';

/** One field of an entry, as it is written. */
export interface Token {
  /** Escapes are still in it; the quotes around it are not. Only the value of a SvcParam (`key="value"`) has its quotes inside. */
  readonly text: string;
  readonly quoted: boolean;
  /** Where the token begins (its quote, where it has one), in characters from the start of the text. */
  readonly offset: number;
}

/** One entry of a zone file: a line, or several where parentheses join them. */
export interface Entry {
  /** None for a line that is empty or holds only a comment. */
  readonly tokens: readonly Token[];
  /** Whether the entry begins with a blank: then it has no owner name of its own, but the one of the entry before. */
  readonly startsBlank: boolean;
  /** Where the next entry begins: after the line end, or the text's length. */
  readonly end: number;
}

/** Splits one entry, the only one of the text, into its tokens. Lines after the first are a failure unless parentheses join them. */
export function tokenize(text: string): Token[] | ParseFailure {
  const entry = tokenizeEntry(text, 0);
  if (entry instanceof ParseFailure) return entry;
  if (text.slice(entry.end).trim() !== '') {
    return new ParseFailure('UNBALANCED', 'a second line follows, and no parentheses join it to the first', entry.end);
  }
  return [...entry.tokens];
}

/**
 * Splits the entry that begins at an offset of a longer text.
 *
 * A failure's offset is where the fault stands; a reader of many entries can go on at the line after that one.
 */
export function tokenizeEntry(text: string, start: number): Entry | ParseFailure {
  const tokens: Token[] = [];
  const startsBlank = isBlank(text.charCodeAt(start));
  let opened = -1; // where the outermost open parenthesis stands
  let depth = 0; // RFC 1035 does not nest parentheses; BIND and NSD let them be nested
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE || code === RETURN) {
      at += code === RETURN && text.charCodeAt(at + 1) === NEWLINE ? 2 : 1;
      if (depth === 0) return { tokens, startsBlank, end: at };
    } else if (isBlank(code)) {
      at++;
    } else if (code === SEMICOLON) {
      at = lineEnd(text, at);
    } else if (code === OPEN) {
      if (depth++ === 0) opened = at;
      at++;
    } else if (code === CLOSE) {
      if (depth-- === 0) return new ParseFailure('UNBALANCED', 'a parenthesis is closed that was not opened', at);
      at++;
    } else {
      const end = code === QUOTE ? quotedEnd(text, at) : unquotedEnd(text, at);
      if (end instanceof ParseFailure) return end;
      if (code === QUOTE) tokens.push({ text: text.slice(at + 1, end - 1), quoted: true, offset: at });
      else tokens.push({ text: text.slice(at, end), quoted: false, offset: at });
      at = end;
    }
  }
  if (depth > 0) return new ParseFailure('UNBALANCED', 'a parenthesis is not closed', opened);
  return { tokens, startsBlank, end: at };
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SEMICOLON = 0x3b;
const OPEN = 0x28;
const CLOSE = 0x29;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function isLineEnd(code: number): boolean {
  return code === NEWLINE || code === RETURN;
}

function lineEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
  return at;
}

/** The offset after the closing quote. */
function quotedEnd(text: string, start: number): number | ParseFailure {
  const end = closingQuote(text, start);
  if (typeof end !== 'number') return end;
  const next = text.charCodeAt(end + 1);
  // A quote may follow at once (`"a""b"` is two strings); anything else is more likely a forgotten escape than a field of its own.
  if (!Number.isNaN(next) && !isDelimiter(next) && next !== QUOTE) {
    return new ParseFailure(
      'UNBALANCED',
      'a blank is missing after a quoted string (a quote inside one is written \\")',
      end + 1,
    );
  }
  return end + 1;
}

function closingQuote(text: string, start: number): number | ParseFailure {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (isLineEnd(code)) break;
    if (code === BACKSLASH && !isLineEnd(text.charCodeAt(at + 1))) at++;
  }
  return new ParseFailure('UNBALANCED', 'a quoted string is not closed on its line', start);
}

/** The offset after an unquoted token; `key="a b"` is one token (RFC 9460, section 2.1). */
function unquotedEnd(text: string, start: number): number | ParseFailure {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isDelimiter(code)) return at;
    if (code === BACKSLASH) {
      at++;
      if (at >= text.length || isLineEnd(text.charCodeAt(at))) {
        return new ParseFailure('NAME_BAD_ESCAPE', 'a backslash ends the line', at - 1);
      }
    } else if (code === QUOTE) {
      if (text.charCodeAt(at - 1) !== EQUALS) {
        return new ParseFailure('UNBALANCED', 'a quote stands inside an unquoted field (write it \\")', at);
      }
      return quotedEnd(text, at);
    }
  }
  return text.length;
}

function isDelimiter(code: number): boolean {
  return isBlank(code) || isLineEnd(code) || code === SEMICOLON || code === OPEN || code === CLOSE;
}
