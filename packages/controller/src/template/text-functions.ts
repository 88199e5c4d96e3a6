import { formatText } from './format-text.ts';
import { printValue } from './print-value.ts';
import { type TemplateFunction, textOf } from './template-function.ts';
import type { TemplateValue } from './template-value.ts';
import type { Workbench } from './workbench.ts';

/** As Go's `unicode.IsSpace`. */
const SPACE = /\p{White_Space}/u;

/**
 * Functions on text: those of external-dns, with their arguments in its order; Go's `print`, `println` and `printf`; and `after SEPARATOR TEXT`, what follows the first
 * separator, or all where there is none: of Istio's `namespace/host` the host.
 */
export const TEXT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  contains: ofTexts('contains', 2, ([text = '', part = '']) => text.includes(part)),
  trimPrefix: ofTexts('trimPrefix', 2, ([text = '', prefix = '']) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  trimSuffix: ofTexts('trimSuffix', 2, ([text = '', suffix = '']) =>
    text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
  ),
  trim: ofTexts('trim', 1, ([text = '']) => trimSpace(text)),
  toLower: ofTexts('toLower', 1, ([text = '']) => text.toLowerCase()),
  replace: ofTexts('replace', 3, ([from = '', to = '', text = ''], bench) => replaceAll(text, from, to, bench)),
  after: ofTexts('after', 2, ([separator = '', text = '']) => {
    const at = text.indexOf(separator);
    return at < 0 ? text : text.slice(at + separator.length);
  }),
  print: { min: 0, max: Number.POSITIVE_INFINITY, call: (values, bench) => print(values, bench) },
  println: {
    min: 0,
    max: Number.POSITIVE_INFINITY,
    call: (values, bench) => bench.text(`${values.map((value) => printValue(value, bench)).join(' ')}\n`),
  },
  printf: {
    min: 1,
    max: Number.POSITIVE_INFINITY,
    call: ([format, ...values], bench) => formatText(textOf(format, 'printf', bench), values, bench),
  },
};

function ofTexts(
  name: string,
  count: number,
  call: (texts: readonly string[], bench: Workbench) => TemplateValue,
): TemplateFunction {
  return {
    min: count,
    max: count,
    call: (values, bench) =>
      call(
        values.map((value) => textOf(value, name, bench)),
        bench,
      ),
  };
}

/** Puts a space between two values of which neither is text, as Go does; nothing is empty text. */
function print(values: readonly TemplateValue[], bench: Workbench): string {
  let text = '';
  const isText = (value: TemplateValue): boolean => typeof value === 'string' || value === undefined || value === null;
  for (const [at, value] of values.entries()) {
    const spaced = at > 0 && !isText(value) && !isText(values[at - 1]);
    text += (spaced ? ' ' : '') + printValue(value, bench);
    bench.limit(text.length);
  }
  return text;
}

/** Without regular expressions, which take quadratic time to find the spaces at the end of a text with many. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text[start] ?? '')) start++;
  while (end > start && SPACE.test(text[end - 1] ?? '')) end--;
  return text.slice(start, end);
}

function replaceAll(text: string, from: string, to: string, bench: Workbench): string {
  // Nothing stands before, between and after the characters.
  const parts = from === '' ? ['', ...Array.from(text), ''] : text.split(from);
  bench.expectLength(text.length + (parts.length - 1) * Math.max(to.length - from.length, 0));
  if (from !== '') return parts.join(to);
  return text === '' ? to : parts.join(to);
}
