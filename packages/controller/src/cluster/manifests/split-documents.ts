/** A piece of a file that can be read by itself. */
export interface DocumentText {
  readonly text: string;
  /** The line of the file on which it begins, from 1. */
  readonly firstLine: number;
}

/**
 * Cuts a YAML file at its document markers (YAML 1.2.2, section 9.1: `---` at the beginning of a line can be nothing else). Documents that did not
 * change since the last reading need not be parsed again, a broken one does not hurt the others, and memory is needed for one at a
 * time only.
 */
export function splitDocuments(file: string): DocumentText[] {
  const documents: DocumentText[] = [];
  let text = '';
  let firstLine = 1;
  let line = 1;
  for (const piece of file.split(/^(?=---(?:\s|$))/m)) {
    // Directives stand before the marker of the document to which they belong.
    const open = text !== '' && /^%/m.test(text) && !/^[^%#\s]/m.test(text);
    if (open) {
      text += piece;
    } else {
      if (text !== '') documents.push({ text, firstLine });
      text = piece;
      firstLine = line;
    }
    line += countLines(piece);
  }
  if (text !== '') documents.push({ text, firstLine });
  return documents;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
