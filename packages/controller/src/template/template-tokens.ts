import { scanLiteral } from './template-literal.ts';
import { quote, TemplateError } from './template-failure.ts';

/** A piece of a template's text. */
export type TemplateToken = { readonly at: number } & (
  | { readonly kind: 'text'; readonly text: string }
  /** Delimiters of an action. */
  | { readonly kind: 'open' | 'close' }
  /** A string, character or number. */
  | { readonly kind: 'literal'; readonly value: string | number; readonly spaced: boolean }
  /** `name`, `.name`, `$name`, `.` */
  | { readonly kind: 'word' | 'field' | 'variable'; readonly text: string; readonly spaced: boolean }
  | { readonly kind: 'mark'; readonly text: '.' | '(' | ')' | '|' | ',' | ':=' | '='; readonly spaced: boolean }
);

const OPEN = '{{';
const CLOSE = '}}';
const SPACE = /[ \t\r\n]/;
const SPACES = /[ \t\r\n]*/y;
/** A name, with the `.` or `$` before it. */
const NAME = /[.$]?[\p{L}\p{Nd}_]+|\$/uy;
const MARK = /:=|[.()|,=]/y;

/**
 * Cuts a template into text and the parts of its actions. Comments are left out, and trim markers are applied.
 *
 * @throws {TemplateError} `TEMPLATE_SYNTAX`
 */
export function tokenizeTemplate(text: string): TemplateToken[] {
  const tokens: TemplateToken[] = [];
  let at = 0;
  let trim = false;
  while (at < text.length) {
    const open = text.indexOf(OPEN, at);
    const end = open < 0 ? text.length : open;
    const trimsBefore = open >= 0 && text[open + 2] === '-' && SPACE.test(text[open + 3] ?? '');
    addText(tokens, text, trim ? skipSpaces(text, at, end) : at, trimsBefore ? trimEnd(text, at, end) : end);
    if (open < 0) return tokens;
    const inside = open + (trimsBefore ? 3 : 2);
    const start = trimsBefore ? skipSpaces(text, inside, text.length) : inside;
    const action = text.startsWith('/*', start) ? skipComment(text, open, start) : cutAction(tokens, text, open, inside);
    at = action.end;
    trim = action.trim;
  }
  return tokens;
}

function addText(tokens: TemplateToken[], text: string, start: number, end: number): void {
  if (start < end) tokens.push({ kind: 'text', text: text.slice(start, end), at: start });
}

/** Where a comment's action ends. Nothing else may stand in it. */
function skipComment(text: string, open: number, start: number): { readonly end: number; readonly trim: boolean } {
  const end = text.indexOf('*/', start + 2);
  if (end < 0) throw new TemplateError('TEMPLATE_SYNTAX', open, 'found a comment without an end, expected "*/}}"');
  const close = closeAt(text, end + 2);
  if (close !== undefined) return close;
  const found = quote(text.slice(end + 2, end + 12));
  throw new TemplateError('TEMPLATE_SYNTAX', end + 2, `found ${found} after a comment, expected "}}"`);
}

/** The end of an action, where there is one: `}}`, or a space and `-}}`. */
function closeAt(text: string, at: number): { readonly end: number; readonly trim: boolean } | undefined {
  if (text.startsWith(CLOSE, at)) return { end: at + 2, trim: false };
  const marked = skipSpaces(text, at, text.length);
  return marked > at && text.startsWith('-}}', marked) ? { end: marked + 3, trim: true } : undefined;
}

function cutAction(
  tokens: TemplateToken[],
  text: string,
  open: number,
  inside: number,
): { readonly end: number; readonly trim: boolean } {
  tokens.push({ kind: 'open', at: open });
  let at = inside;
  for (;;) {
    const marked = closeAt(text, at);
    const next = skipSpaces(text, at, text.length);
    const close = marked ?? closeAt(text, next);
    if (close !== undefined) {
      tokens.push({ kind: 'close', at: next });
      return close;
    }
    if (next >= text.length) throw new TemplateError('TEMPLATE_SYNTAX', open, 'found an action without an end, expected "}}"');
    at = cutToken(tokens, text, next, next > at || at === inside);
  }
}

/** Cuts one token off; returns where it ends. */
function cutToken(tokens: TemplateToken[], text: string, at: number, spaced: boolean): number {
  const literal = scanLiteral(text, at);
  if (literal !== undefined) {
    tokens.push({ kind: 'literal', value: literal.value, spaced, at });
    return literal.end;
  }
  const name = match(NAME, text, at);
  if (name !== undefined) {
    const kind = name.startsWith('$') ? 'variable' : name.startsWith('.') ? 'field' : 'word';
    tokens.push({ kind, text: kind === 'field' ? name.slice(1) : name, spaced, at });
    return at + name.length;
  }
  const mark = match(MARK, text, at);
  if (mark !== undefined) {
    tokens.push({ kind: 'mark', text: mark as '.', spaced, at });
    return at + mark.length;
  }
  if (text.startsWith('/*', at)) {
    throw new TemplateError('TEMPLATE_SYNTAX', at, 'found a comment beside something else, expected it alone: {{/* … */}}');
  }
  const found = quote(String.fromCodePoint(text.codePointAt(at) ?? 0));
  throw new TemplateError('TEMPLATE_SYNTAX', at, `found ${found}, expected a field, a function, a variable, a value or "}}"`);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function skipSpaces(text: string, at: number, end: number): number {
  SPACES.lastIndex = at;
  return Math.min(at + (SPACES.exec(text)?.[0].length ?? 0), end);
}

function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && SPACE.test(text[at - 1] ?? '')) at--;
  return at;
}
