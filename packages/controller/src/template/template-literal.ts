import { quote, TemplateError } from './template-failure.ts';

/** A string, character or number in an action. */
export interface Literal {
  readonly value: string | number;
  /** Where it ends. */
  readonly end: number;
}

/** Integers in Go's bases, and decimal fractions. */
const NUMBER = /[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;
const NUMBER_START = /^(?:[+-]|\.?\d)/;
/** What cannot follow a number. */
const WORD = /[\p{L}\p{Nd}_.]/u;
const OCTAL = /^[+-]?0[0-7_]+$/;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};
/** `\x41`, `\u00e9`, `\U0001F600`, `\101` */
const NUMERIC_ESCAPE = /x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})/y;

/**
 * Reads a literal as Go has it, where one begins.
 *
 * @returns undefined where something else stands
 * @throws {TemplateError} `TEMPLATE_SYNTAX`
 */
export function scanLiteral(text: string, at: number): Literal | undefined {
  const first = text[at] ?? '';
  if (first === '"' || first === "'") return scanQuoted(text, at, first);
  if (first === '`') {
    const end = text.indexOf('`', at + 1);
    if (end < 0) throw new TemplateError('TEMPLATE_SYNTAX', at, 'found a string without an end, expected "`"');
    return { value: text.slice(at + 1, end).replaceAll('\r', ''), end: end + 1 };
  }
  return NUMBER_START.test(text.slice(at, at + 2)) ? scanNumber(text, at) : undefined;
}

function scanNumber(text: string, at: number): Literal {
  NUMBER.lastIndex = at;
  const found = NUMBER.exec(text)?.[0] ?? '';
  const end = at + found.length;
  const follower = text[end] ?? '';
  const digits = found.replaceAll('_', '');
  const value = digits === '' || WORD.test(follower) ? Number.NaN : numberOf(digits);
  if (Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))) return { value, end };
  const shown = quote(text.slice(at, Math.max(end, at + 1) + (WORD.test(follower) ? 1 : 0)));
  throw new TemplateError('TEMPLATE_SYNTAX', at, `found ${shown}, expected a number of at most 2^53-1`);
}

function numberOf(digits: string): number {
  const sign = digits.startsWith('-') ? -1 : 1;
  const magnitude = digits.replace(/^[+-]/, '');
  return sign * Number(OCTAL.test(digits) ? `0o${magnitude}` : magnitude);
}

/** A string in double quotes, or one character in single ones, which is its number. */
function scanQuoted(text: string, at: number, mark: '"' | "'"): Literal {
  let value = '';
  for (let next = at + 1; ;) {
    const character = String.fromCodePoint(text.codePointAt(next) ?? 0x0a);
    if (next >= text.length || character === '\n') {
      throw new TemplateError('TEMPLATE_SYNTAX', at, `found a string without an end, expected ${mark} on the same line`);
    }
    if (character === mark) {
      const end = next + 1;
      if (mark === '"') return { value, end };
      const code = value.codePointAt(0);
      if (code !== undefined && value.length === (code > 0xff_ff ? 2 : 1)) return { value: code, end };
      throw new TemplateError(
        'TEMPLATE_SYNTAX',
        at,
        `found ${quote(text.slice(at, end))}, expected one character, or a string in "…"`,
      );
    }
    if (character === '\\') {
      const escape = scanEscape(text, next, mark);
      value += escape.value;
      next = escape.end;
    } else {
      value += character;
      next += character.length;
    }
  }
}

function scanEscape(text: string, at: number, mark: '"' | "'"): { readonly value: string; readonly end: number } {
  const letter = text[at + 1] ?? '';
  const simple = letter === mark ? mark : Object.hasOwn(SIMPLE_ESCAPES, letter) ? SIMPLE_ESCAPES[letter] : undefined;
  if (simple !== undefined) return { value: simple, end: at + 2 };
  NUMERIC_ESCAPE.lastIndex = at + 1;
  const [found, octet, short, long, octal] = NUMERIC_ESCAPE.exec(text) ?? [];
  if (found !== undefined) {
    const code = octal === undefined ? Number.parseInt(octet ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
    // `\xff` is an octet in Go, and no character: there are only characters here.
    const isCharacter =
      short === undefined && long === undefined ? code < 0x80 : code <= 0x10_ff_ff && !(code >= 0xd8_00 && code < 0xe0_00);
    if (isCharacter) return { value: String.fromCodePoint(code), end: at + 1 + found.length };
  }
  const shown = quote(text.slice(at, at + 1 + (found?.length ?? 1)));
  throw new TemplateError(
    'TEMPLATE_SYNTAX',
    at,
    `found ${shown}, expected an escape such as \\n, \\", \\\\ or \\u00e9 for a character`,
  );
}
