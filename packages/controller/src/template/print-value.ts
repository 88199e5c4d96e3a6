import { compareTexts, entriesOf, isList, type TemplateValue, valueAt } from './template-value.ts';
import type { Workbench } from './workbench.ts';

/** Lists and mappings in each other. */
const DEEPEST = 16;

/**
 * A value as text, as Go prints it: `[a b]` for lists, `map[key:value]` for mappings, by key. Numbers are plain (`10000000`, where Go's `fromJson` would give
 * `1e+07`), and nothing is nothing.
 */
export function printValue(value: TemplateValue, bench: Workbench, depth = 0): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (depth > DEEPEST)
    return bench.fail('TEMPLATE_LIMIT', `found more than ${DEEPEST} lists or mappings in each other, expected fewer`);
  if (isList(value))
    return bench.text(
      `[${joinValues(
        value.map((item) => () => printValue(item, bench, depth + 1)),
        bench,
      )}]`,
    );
  const entries = entriesOf(value);
  if (entries === undefined) return bench.fail('TEMPLATE_ARGUMENT', 'found the whole object, expected a field of it');
  const keys = Object.keys(entries).toSorted(compareTexts);
  const parts = keys.map((key) => () => `${key}:${printValue(valueAt(entries, key), bench, depth + 1)}`);
  return bench.text(`map[${joinValues(parts, bench)}]`);
}

function joinValues(parts: readonly (() => string)[], bench: Workbench): string {
  bench.spend(parts.length);
  let text = '';
  for (const [index, part] of parts.entries()) {
    text += index === 0 ? part() : ` ${part()}`;
    bench.limit(text.length);
  }
  return text;
}

/** As Go prints the shortest form of it. */
function printNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
