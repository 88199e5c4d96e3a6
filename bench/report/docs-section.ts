import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { drawCharts } from './charts.ts';
import type { Results } from './results.ts';
import { printReport } from './server-report.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');
const [BEGIN, END] = ['<!-- bench:servers:begin -->', '<!-- bench:servers:end -->'];
const CHARTS = 'performance';

/** Writes the tables between their marks in docs/performance.md, and the charts beside it. @throws {Error} where the marks are missing */
export function writeDocs(results: Results): void {
  const page = join(DOCS, 'performance.md');
  const charts = drawCharts(results);
  mkdirSync(join(DOCS, CHARTS), { recursive: true });
  for (const { file, svg } of charts) writeFileSync(join(DOCS, CHARTS, file), svg);
  const images = charts.map(({ file, title }) => `![${title}](${CHARTS}/${file})`).join('\n\n');
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), `${printReport(results)}\n\n${images}`));
}

/** Puts a text between the two marks of a page. @throws {Error} where the marks are missing */
export function replaceSection(page: string, text: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page has no lines "${BEGIN}" and "${END}"`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`;
}
