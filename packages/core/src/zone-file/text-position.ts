/** Where text stands in a file: counted only when somebody asks, since most of a file is never asked about. */

const NEWLINE = '\n';

/** A place in a text, both numbers from 1. */
export interface TextPosition {
  readonly line: number;
  /** In UTF-16 code units. */
  readonly column: number;
}

/** How many lines end between two offsets. */
export function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf(NEWLINE, from); at >= 0 && at < to; at = text.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/**
 * The position of an offset.
 *
 * @param lineStart an offset at or before it at which a line begins
 * @param line that line's number
 */
export function positionOf(text: string, offset: number, lineStart: number, line: number): TextPosition {
  let start = lineStart;
  let number = line;
  for (let at = text.indexOf(NEWLINE, start); at >= 0 && at < offset; at = text.indexOf(NEWLINE, start)) {
    start = at + 1;
    number++;
  }
  return { line: number, column: offset - start + 1 };
}

/** The offset after the end of the line that holds an offset. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf(NEWLINE, offset);
  return end < 0 ? text.length : end + 1;
}
