import { TEMPLATE_LIMITS } from './template-limits.ts';
import { printValue } from './print-value.ts';
import { quote } from './template-failure.ts';
import { describeValue, type TemplateValue } from './template-value.ts';
import type { Workbench } from './workbench.ts';

/** Flags, width, precision and verb. */
const VERB = /%([-+ 0#]*)(\d*)(?:(\.)(\d*))?(.?)/gsu;

interface Verb {
  readonly flags: string;
  readonly precision: number | undefined;
  readonly letter: string;
}

/**
 * `printf` with the verbs that names can need: `%s %v %q %t %d %x %X %f %%`, with width, precision and the flags `-`, `+`, a space and `0`. Arguments too many,
 * too few or of another kind, which Go writes into the text, are failures here.
 */
export function formatText(format: string, values: readonly TemplateValue[], bench: Workbench): string {
  let used = 0;
  let text = '';
  let end = 0;
  for (const { index, 0: whole, 1: flags = '', 2: width = '', 3: dot, 4: digits = '', 5: letter = '' } of format.matchAll(VERB)) {
    text += format.slice(end, index);
    end = index + whole.length;
    if (letter === '%') {
      text += '%';
      continue;
    }
    const precision = dot === undefined ? undefined : boundOf(digits, bench);
    if (used >= values.length) bench.fail('TEMPLATE_ARGUMENT', `found no argument of printf for ${quote(whole)}, expected one`);
    const piece = formatValue(values[used++], { flags, precision, letter }, bench);
    text += pad(piece, boundOf(width, bench), flags, letter);
    bench.limit(text.length);
  }
  if (used < values.length)
    bench.fail('TEMPLATE_ARGUMENT', `found ${values.length} arguments of printf after its format, expected ${used}`);
  return bench.text(text + format.slice(end));
}

function boundOf(digits: string, bench: Workbench): number {
  const bound = Number(digits);
  if (bound <= TEMPLATE_LIMITS.width) return bound;
  return bench.fail(
    'TEMPLATE_LIMIT',
    `found the width or precision ${bound} of printf, expected at most ${TEMPLATE_LIMITS.width}`,
  );
}

function formatValue(value: TemplateValue, verb: Verb, bench: Workbench): string {
  const { flags, precision, letter } = verb;
  const refuse = (expected: string): never =>
    bench.fail('TEMPLATE_ARGUMENT', `found ${describeValue(value)} for "%${letter}" of printf, expected ${expected}`);
  switch (letter) {
    case 's':
    case 'v':
      return truncate(printValue(value, bench), letter === 's' ? precision : undefined);
    case 'q':
      return typeof value === 'string' || value === undefined ? quoteGo(truncate(value ?? '', precision)) : refuse('text');
    case 't':
      return typeof value === 'boolean' || value === undefined ? String(value ?? false) : refuse('true or false');
    case 'd': {
      const whole = value ?? 0;
      if (typeof whole !== 'number' || !Number.isInteger(whole)) return refuse('a whole number');
      return signed(whole, String(Math.abs(whole)).padStart(precision ?? 0, '0'), flags);
    }
    case 'x':
    case 'X': {
      const hex = hexOf(value) ?? refuse('text or a whole number');
      return letter === 'X' ? hex.toUpperCase() : hex;
    }
    case 'f': {
      const number = value ?? 0;
      if (typeof number !== 'number') return refuse('a number');
      return signed(number, Math.abs(number).toFixed(Math.min(precision ?? 6, 100)), flags);
    }
    default:
      return bench.fail(
        'TEMPLATE_ARGUMENT',
        `found ${quote(`%${letter}`)} in a format, expected %s, %v, %q, %t, %d, %x, %X, %f or %%`,
      );
  }
}

function signed(value: number, magnitude: string, flags: string): string {
  if (value < 0) return `-${magnitude}`;
  if (flags.includes('+')) return `+${magnitude}`;
  return flags.includes(' ') ? ` ${magnitude}` : magnitude;
}

function hexOf(value: TemplateValue): string | undefined {
  if (typeof value === 'string' || value === undefined) return Buffer.from(value ?? '').toString('hex');
  return typeof value === 'number' && Number.isInteger(value) ? value.toString(16) : undefined;
}

/** To so many characters. */
function truncate(text: string, precision: number | undefined): string {
  return precision === undefined || text.length <= precision ? text : Array.from(text).slice(0, precision).join('');
}

/** To so many characters; zeros go between the sign and the digits. */
function pad(text: string, width: number, flags: string, letter: string): string {
  const missing = width - (text.length > width ? width : Array.from(text).length);
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = letter === 'd' || letter === 'f' ? (/^[-+ ]/.exec(text)?.[0] ?? '') : '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A string as Go source has it. */
function quoteGo(text: string): string {
  const inner = text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are what must be escaped
    /["\\\u0000-\u001f\u007f]/g,
    (character) => ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${inner}"`;
}
