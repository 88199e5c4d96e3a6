import { describe, expect, it } from '@jest/globals';

import { drawBarChart, niceStep } from './bar-chart.ts';

const spread = (median: number) => ({ median, min: median * 0.9, max: median * 1.1, count: 9 });

describe('a bar chart', () => {
  const svg = drawBarChart({
    title: 'a < b & c',
    axis: 'µs',
    series: ['one', 'two'],
    groups: [
      { title: 'first', bars: [spread(10), spread(5)] },
      { title: 'second', bars: [undefined, spread(2)] },
    ],
  });
  const widths = [...svg.matchAll(/<rect x="230"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));

  it('has a bar for each figure and none for what was not measured, as long as the figures are large', () => {
    expect(widths).toHaveLength(3);
    const [ten = 0, five = 0, two = 0] = widths;
    expect(ten / five).toBeCloseTo(2, 2);
    expect(five / two).toBeCloseTo(2.5, 2);
  });

  it('has a whisker from the least to the largest at each bar, inside the chart', () => {
    const ends = [...svg.matchAll(/class="whisker" x1="([\d.]+)" x2="([\d.]+)"/g)].map(([, from, to]) => [
      Number(from),
      Number(to),
    ]);
    expect(ends).toHaveLength(3);
    for (const [from = 0, to = 0] of ends) {
      expect(from).toBeLessThan(to);
      expect(to).toBeLessThanOrEqual(790);
    }
  });

  it('escapes what would be markup, and follows the colour scheme of the reader', () => {
    expect(svg).toContain('a &lt; b &amp; c');
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it('can be empty', () => {
    expect(drawBarChart({ title: '', axis: '', series: [], groups: [] })).toContain('</svg>');
  });

  it.each([
    [6, 1],
    [7, 2],
    [155, 50],
    [0.5, 0.1],
    [0, 1],
  ])('of figures up to %d has a mark every %d', (largest, step) => {
    expect(niceStep(largest)).toBeCloseTo(step, 9);
  });
});
