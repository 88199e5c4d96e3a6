import { leaf, type SchemaOf } from './leaf.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How a duration is written, for messages. */
const FORM = 'a duration such as 90s, 10m or 1h30m';

/**
 * A duration in milliseconds, as text with units, or a number of seconds.
 *
 * @param bounds both allowed, in milliseconds
 * @param words words that may stand instead, and what they mean
 */
export function durationLeaf(
  { minimum, maximum = 366 * 86_400_000 }: { readonly minimum: number; readonly maximum?: number },
  words: Readonly<Record<string, number>> = {},
): SchemaOf<number> {
  const others = Object.keys(words).map((word) => `, or ${word}`);
  return leaf(`${FORM}${others.join('')}, of ${printMs(minimum)} to ${printMs(maximum)}`, (value) => {
    if (typeof value === 'string' && Object.hasOwn(words, value)) return words[value];
    const ms = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? scanDuration(value) : undefined;
    return ms !== undefined && ms >= minimum && ms <= maximum ? ms : undefined;
  });
}

function scanDuration(text: string): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^(?:\d{1,9}(?:ms|[smhd]))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, digits, unit = ''] of text.matchAll(/(\d+)(ms|[smhd])/g)) sum += Number(digits) * (UNITS[unit] ?? 0);
  return sum;
}

function printMs(ms: number): string {
  const unit = ['d', 'h', 'm', 's', 'ms'].find((one) => ms >= (UNITS[one] ?? 1) && ms % (UNITS[one] ?? 1) === 0) ?? 'ms';
  return `${ms / (UNITS[unit] ?? 1)}${unit}`;
}
