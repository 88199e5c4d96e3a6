/** The value below which a share of the samples lies; the samples need no order. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** A Markdown table, its columns as wide as they need to be. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = (column: number): number => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length));
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(width(column))).join(' | ')} |`;
  return [line(head), `|${head.map((_, column) => '-'.repeat(width(column) + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}
