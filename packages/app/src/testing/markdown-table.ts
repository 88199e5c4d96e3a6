/**
 * The cells of a table in a page, row by row, without the marks of code.
 *
 * @param header how its header line begins
 */
export function readMarkdownTable(page: string, header: string): string[][] {
  const rows = page.slice(page.indexOf(`\n${header}`) + 1).split('\n');
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return rows.slice(2, end).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}
