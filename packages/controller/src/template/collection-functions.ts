import { type TemplateFunction, textOf } from './template-function.ts';
import { printValue } from './print-value.ts';
import { describeValue, entriesOf, isList, type TemplateValue, valueAt } from './template-value.ts';
import type { Workbench } from './workbench.ts';

/** Functions on lists and mappings: Go's `index`, `slice` and `len`, external-dns's `hasKey`, and `join`. Text counts in octets of UTF-8, as in Go. */
export const COLLECTION_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  index: {
    min: 1,
    max: Number.POSITIVE_INFINITY,
    call: ([value, ...keys], bench) => keys.reduce((inner: TemplateValue, key) => index(inner, key, bench), value),
  },
  slice: { min: 1, max: 4, call: ([value, ...bounds], bench) => slice(value, bounds, bench) },
  len: { min: 1, max: 1, call: ([value], bench) => lengthOf(value, bench) },
  hasKey: {
    min: 2,
    max: 2,
    call: ([value, key], bench) => {
      const entries = value === undefined || value === null ? {} : entriesOf(value);
      if (entries === undefined)
        return bench.fail('TEMPLATE_ARGUMENT', `found ${describeValue(value)} as an argument of hasKey, expected a mapping`);
      return Object.hasOwn(entries, textOf(key, 'hasKey', bench));
    },
  },
  join: {
    min: 2,
    max: 2,
    call: ([separator, value], bench) => {
      const between = textOf(separator, 'join', bench);
      const list = value ?? [];
      if (!isList(list))
        return bench.fail('TEMPLATE_ARGUMENT', `found ${describeValue(list)} as an argument of join, expected a list`);
      bench.spend(list.length);
      let text = '';
      for (const [at, item] of list.entries()) {
        text += (at === 0 ? '' : between) + printValue(item, bench);
        bench.limit(text.length);
      }
      return text;
    },
  },
};

function index(value: TemplateValue, key: TemplateValue, bench: Workbench): TemplateValue {
  bench.spend();
  const entries = entriesOf(value);
  if (entries !== undefined) return valueAt(entries, textOf(key, 'index', bench));
  if (value === undefined || value === null) {
    // A mapping that is not there has no keys; a list that is not there has no first item.
    if (typeof key === 'string') return undefined;
    return bench.fail(
      'TEMPLATE_ARGUMENT',
      'found nothing, expected a list to take an item from: test it with "if" or "with" first',
    );
  }
  const octets = typeof value === 'string' ? octetsOf(value, bench) : undefined;
  if (octets === undefined && !isList(value)) {
    return bench.fail(
      'TEMPLATE_ARGUMENT',
      `found ${describeValue(value)} as an argument of index, expected a list, a mapping or text`,
    );
  }
  const items: ArrayLike<TemplateValue> = octets ?? (value as readonly TemplateValue[]);
  if (typeof key !== 'number' || !Number.isInteger(key)) {
    return bench.fail(
      'TEMPLATE_ARGUMENT',
      `found ${describeValue(key)} as an index of ${describeValue(value)}, expected a whole number`,
    );
  }
  if (key < 0 || key >= items.length) {
    return bench.fail(
      'TEMPLATE_ARGUMENT',
      `found the index ${key} of ${describeValue(value)}, expected one from 0 that is smaller than ${items.length}`,
    );
  }
  return items[key] ?? undefined;
}

function slice(value: TemplateValue, bounds: readonly TemplateValue[], bench: Workbench): TemplateValue {
  const items = typeof value === 'string' ? octetsOf(value, bench) : (value ?? []);
  if (!(items instanceof Uint8Array) && !isList(items)) {
    return bench.fail('TEMPLATE_ARGUMENT', `found ${describeValue(value)} as an argument of slice, expected a list or text`);
  }
  bench.spend(items.length);
  const [from = 0, to = items.length, capacity = items.length] = bounds.map((bound) => {
    if (typeof bound === 'number' && Number.isInteger(bound) && bound >= 0 && bound <= items.length) return bound;
    return bench.fail(
      'TEMPLATE_ARGUMENT',
      `found ${describeValue(bound)} as a bound of slice, expected a whole number from 0 to ${items.length}`,
    );
  });
  if (from > to || to > capacity) {
    return bench.fail(
      'TEMPLATE_ARGUMENT',
      `found the bounds ${[from, to, capacity].join(', ')} of slice, expected them in order`,
    );
  }
  return items instanceof Uint8Array ? Buffer.from(items.subarray(from, to)).toString('utf8') : items.slice(from, to);
}

function lengthOf(value: TemplateValue, bench: Workbench): number {
  if (typeof value === 'string') {
    bench.spend(value.length);
    return Buffer.byteLength(value);
  }
  if (value === undefined || value === null) return 0;
  if (isList(value)) return value.length;
  const entries = entriesOf(value);
  if (entries === undefined)
    return bench.fail(
      'TEMPLATE_ARGUMENT',
      `found ${describeValue(value)} as an argument of len, expected a list, a mapping or text`,
    );
  const { length } = Object.keys(entries);
  bench.spend(length);
  return length;
}

function octetsOf(text: string, bench: Workbench): Uint8Array {
  bench.spend(text.length);
  return Buffer.from(text, 'utf8');
}
