import { nextLine } from './text-position.ts';
import type { EntryFault } from './reading.ts';

/** Where an entry ends. */
export interface EntryExtent {
  /** Where to read on, whether the entry is read or not. */
  readonly end: number;
  /** Why the entry cannot be read. */
  readonly fault?: EntryFault;
}

/** How many characters an entry may have. The longest rdata, written as octets of three digits, needs a quarter of it. */
export const MAX_ENTRY: number = 2 ** 20;

/** What tells where an entry ends: line ends, parentheses, and what can hide them: escapes, comments, and where strings begin. */
const MARKS = /\n|[()]|\\[^\n]|;[^\n]*|"/g;
/**
 * What can stand next in a string: its end, that of its line, or an escape. One at a time, since an expression for a whole string takes
 * stack for each of its characters, and a string of some megabytes is too long for it.
 */
const STRING_MARKS = /["\n]|\\[^\n]/g;

/**
 * Finds the end of the entry that begins at an offset, before it is split into tokens: so a parenthesis that is never closed does
 * not make a file's rest into the tokens of one entry.
 *
 * Where an entry's parentheses have partners, the next one begins after it. Where one is never closed, or another is opened
 * first, its partner was forgotten, and nobody knows where: reading goes on at the next line, so that the fault costs the lines
 * that belonged to the entry, but none after them. No line is looked at more than twice, since a line inside parentheses, read as
 * an entry, has a parenthesis closed before it can open one.
 *
 * Parentheses do not nest: RFC 1035 has no nesting, NSD refuses it, and a second one that is opened is the surest sign that the
 * first was not closed.
 */
export function entryExtent(text: string, start: number): EntryExtent {
  let opened = -1;
  let end = -1;
  MARKS.lastIndex = start;
  for (let mark = MARKS.exec(text); mark !== null && end < 0; mark = MARKS.exec(text)) {
    const { index } = mark;
    switch (mark[0]) {
      case '\n':
        if (opened < 0) end = index + 1;
        break;
      case '(':
        if (opened >= 0) return unbalanced('a parenthesis is not closed before another is opened', opened, nextLine(text, start));
        opened = index;
        break;
      case ')':
        if (opened < 0) return unbalanced('a parenthesis is closed that was not opened', index, nextLine(text, index));
        opened = -1;
        break;
      case '"':
        MARKS.lastIndex = stringEnd(text, index + 1);
        break;
      default:
    }
  }
  if (end < 0 && opened >= 0) return unbalanced('a parenthesis is not closed', opened, nextLine(text, start));
  if (end < 0) end = text.length;
  if (end - start <= MAX_ENTRY) return { end };
  const message = `an entry has ${end - start} characters; at most ${MAX_ENTRY} are read`;
  return { end, fault: { code: 'ENTRY_TOO_LONG', message, offset: start } };
}

/** Where to read on after a string: behind its quote, or at the end of its line where it has none. */
function stringEnd(text: string, start: number): number {
  STRING_MARKS.lastIndex = start;
  for (let mark = STRING_MARKS.exec(text); mark !== null; mark = STRING_MARKS.exec(text)) {
    if (mark[0] === '"') return mark.index + 1;
    if (mark[0] === '\n') return mark.index;
  }
  return text.length;
}

function unbalanced(message: string, offset: number, end: number): EntryExtent {
  return { end, fault: { code: 'UNBALANCED', message, offset } };
}
