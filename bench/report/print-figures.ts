import type { Spread } from './statistics.ts';

/** Three significant digits below 1000, whole numbers above: what a noisy figure can carry. */
export function printNumber(figure: number): string {
  if (!Number.isFinite(figure)) return '—';
  if (Math.abs(figure) >= 100) return Math.round(figure).toLocaleString('en');
  return figure.toFixed(Math.abs(figure) >= 10 ? 1 : 2);
}

/** A median with its range, or a dash where nothing was measured. */
export function printSpread(spread: Spread | undefined, scale = 1): string {
  if (spread === undefined) return '—';
  const [median, min, max] = [spread.median, spread.min, spread.max].map((figure) => printNumber(figure / scale));
  return spread.count === 1 ? `${median}` : `${median} (${min}–${max})`;
}
