import type { Spread } from './statistics.ts';

/** A chart of horizontal bars in groups, a whisker from the least to the largest at each. */
export interface BarChart {
  readonly title: string;
  /** What the length means, unit included. */
  readonly axis: string;
  /** What stands at a mark of the axis. @default the figure */
  readonly printMark?: (mark: number) => string;
  readonly series: readonly string[];
  readonly groups: readonly { readonly title: string; readonly bars: readonly (Spread | undefined)[] }[];
}

const WIDTH = 860;
const LEFT = 230;
const RIGHT = 70;
const TOP = 64;
const LEGEND_LINE = 20;
const LEGEND_COLUMNS = 4;
const BAR = 11;
const GAP = 12;
/** Okabe and Ito's colours, which people with any kind of colour vision can tell apart, on white and on black. */
const COLOURS = ['#0072b2', '#56b4e9', '#d55e00', '#e69f00', '#009e73', '#cc79a7', '#8c8c8c', '#b8a800'];
/** An image in a page follows the reader's system, not the page. */
const STYLE =
  'text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-size:15px;font-weight:600}.grid{stroke:#d0d7de}.whisker{stroke:#1f2328}' +
  '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#3d444d}.whisker{stroke:#e6edf3}}';

/** Draws a chart as SVG without a background, legible on light and on dark pages. */
export function drawBarChart({ title, axis, series, groups, printMark = printPlain }: BarChart): string {
  const legendHeight = Math.ceil(series.length / LEGEND_COLUMNS) * LEGEND_LINE;
  const top = TOP + legendHeight;
  const heights = groups.map(({ bars }) => Math.max(1, bars.filter((bar) => bar !== undefined).length) * BAR + GAP);
  const bottom = top + heights.reduce((sum, height) => sum + height, 0);
  const largest = Math.max(0, ...groups.flatMap(({ bars }) => bars.map((bar) => bar?.max ?? 0)));
  const step = niceStep(largest);
  const end = Math.max(step, Math.ceil(largest / step) * step);
  const x = (figure: number): number => round(LEFT + (figure / end) * (WIDTH - LEFT - RIGHT));
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 34}" role="img"><title>${escape(title)}</title><style>${STYLE}</style>`,
    `<text class="title" x="12" y="24">${escape(title)}</text>`,
    `<text x="12" y="43">${escape(axis)}; the line at each bar goes from the least to the largest</text>`,
  ];
  series.forEach((name, index) => {
    const [column, line] = [index % LEGEND_COLUMNS, Math.floor(index / LEGEND_COLUMNS)];
    const [left, y] = [12 + column * ((WIDTH - 24) / LEGEND_COLUMNS), TOP + line * LEGEND_LINE];
    parts.push(
      `<rect x="${left}" y="${y - 9}" width="10" height="10" fill="${colour(index)}"/><text x="${left + 15}" y="${y}">${escape(name)}</text>`,
    );
  });
  for (let mark = 0; mark <= end + step / 2; mark += step) {
    parts.push(`<line class="grid" x1="${x(mark)}" x2="${x(mark)}" y1="${top - 6}" y2="${bottom}"/>`);
    parts.push(`<text x="${x(mark)}" y="${bottom + 18}" text-anchor="middle">${escape(printMark(mark))}</text>`);
  }
  let y = top;
  groups.forEach((group, at) => {
    const height = heights[at] ?? 0;
    parts.push(`<text x="${LEFT - 10}" y="${round(y + (height - GAP) / 2 + 4)}" text-anchor="end">${escape(group.title)}</text>`);
    let line = y;
    group.bars.forEach((bar, index) => {
      if (bar === undefined) return;
      const middle = line + BAR / 2 - 0.5;
      const what = `${series[index] ?? ''}, ${group.title}: ${bar.median.toPrecision(4)}`;
      parts.push(
        `<rect x="${LEFT}" y="${line}" width="${round(x(bar.median) - LEFT)}" height="${BAR - 1}" fill="${colour(index)}"><title>${escape(what)}</title></rect>`,
        `<line class="whisker" x1="${x(bar.min)}" x2="${x(bar.max)}" y1="${middle}" y2="${middle}"/>`,
      );
      line += BAR;
    });
    y += height;
  });
  return `${parts.join('\n')}\n</svg>\n`;
}

/** The distance of marks on an axis, 1, 2 or 5 times a power of ten, so that about six of them fit. */
export function niceStep(largest: number): number {
  if (!(largest > 0)) return 1;
  const raw = largest / 6;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw) ?? 10;
  return factor * power;
}

function printPlain(mark: number): string {
  return Number(mark.toPrecision(6)).toLocaleString('en');
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#000';
}

function round(figure: number): number {
  return Math.round(figure * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
