import { isFailure, ParseFailure } from '@kubezone/core';

import { quote } from '../resources/fields.ts';
import {
  checkRequirement,
  type LabelRequirement,
  type LabelSelector,
  MAX_SELECTOR_TEXT,
  requirementValues,
  wholeNumber,
} from './label-selector.ts';

/**
 * Scans a label selector as `kubectl -l` takes it:
 *
 *     app=web,tier!=db    app == web    tier in (front, back)    env notin (test)    canary    !canary    generation>3
 *
 * The empty text is the selector that selects everything.
 */
export function scanLabelSelector(text: string): LabelSelector | ParseFailure {
  if (text.length > MAX_SELECTOR_TEXT) {
    return new ParseFailure(
      'BAD_FIELD',
      `found a label selector of ${text.length} characters, expected at most ${MAX_SELECTOR_TEXT}`,
    );
  }
  const words = new Words(text);
  const requirements: LabelRequirement[] = [];
  while (words.peek() !== END) {
    const requirement = scanRequirement(words);
    const wrong = isFailure(requirement) ? requirement.message : describeFault(requirement);
    if (isFailure(requirement) || wrong !== undefined)
      return new ParseFailure('BAD_FIELD', `in the label selector ${quote(text)}: ${wrong}`);
    requirements.push(requirement);
    const after = words.take();
    if (after === END) break;
    if (after !== ',' || words.peek() === END) {
      const found = after === ',' ? 'nothing after the last comma' : quote(after);
      return new ParseFailure('BAD_FIELD', `in the label selector ${quote(text)}: found ${found}, expected "," or the end`);
    }
  }
  return requirements;
}

/**
 * Scans several selectors, of which an object has to meet one. An empty one, which would select everything, is a mistake where somebody
 * means to select.
 */
export function scanSelectorUnion(texts: readonly string[]): readonly LabelSelector[] | ParseFailure {
  const selectors: LabelSelector[] = [];
  for (const text of texts) {
    const selector =
      text.trim() === ''
        ? new ParseFailure('BAD_FIELD', 'found an empty label selector, expected a requirement')
        : scanLabelSelector(text);
    if (isFailure(selector)) return selector;
    selectors.push(selector);
  }
  return selectors;
}

/** The word that stands at the end of the text, where there is none. */
const END = '';
/** Operators and punctuation, the longer ones first; the rest up to the next of them or a space is a name or a value. */
const WORD = /\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)/y;

/** The words of a text, one by one. */
class Words {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.trimEnd();
  }

  peek(): string {
    const at = this.#at;
    const word = this.take();
    this.#at = at;
    return word;
  }

  take(): string {
    WORD.lastIndex = this.#at;
    const match = WORD.exec(this.#text);
    if (match === null) return END;
    this.#at = WORD.lastIndex;
    return match[1] ?? END;
  }
}

function describeFault(requirement: LabelRequirement): string | undefined {
  const fault = checkRequirement(requirement);
  return fault === undefined ? undefined : `found ${fault.found}, expected ${fault.expected}`;
}

function isName(word: string): boolean {
  return word !== END && !/^[=!<>(),]/.test(word);
}

function scanRequirement(words: Words): LabelRequirement | ParseFailure {
  const first = words.take();
  const key = first === '!' ? words.take() : first;
  if (!isName(key)) return new ParseFailure('BAD_FIELD', `found ${JSON.stringify(key)}, expected the name of a label`);
  if (first === '!') return { key, operator: 'does-not-exist' };
  if (words.peek() === END || words.peek() === ',') return { key, operator: 'exists' };
  const operator = words.take();
  switch (operator) {
    case '=':
    case '==':
    case '!=':
      return { key, operator: operator === '!=' ? 'not-in' : 'in', values: [scanValue(words)] };
    case '>':
    case '<': {
      const value = scanValue(words);
      const than = wholeNumber(value);
      if (than === undefined)
        return new ParseFailure('BAD_FIELD', `found ${quote(value)}, expected a whole number after "${operator}"`);
      return { key, operator: operator === '>' ? 'greater' : 'less', than };
    }
    case 'in':
    case 'notin': {
      const values = scanValues(words);
      return isFailure(values) ? values : { key, operator: operator === 'in' ? 'in' : 'not-in', values };
    }
    default:
      return new ParseFailure('BAD_FIELD', `found ${quote(operator)}, expected =, ==, !=, in, notin, < or >`);
  }
}

/** A value; the empty one, where none stands. */
function scanValue(words: Words): string {
  return isName(words.peek()) ? words.take() : '';
}

/** Values in parentheses; between two commas, or where there is none at all, stands the empty value. */
function scanValues(words: Words): readonly string[] | ParseFailure {
  const open = words.take();
  if (open !== '(') return new ParseFailure('BAD_FIELD', `found ${quote(open)}, expected "("`);
  const values = new Set<string>();
  for (;;) {
    values.add(scanValue(words));
    const after = words.take();
    if (after === ')') return requirementValues(values);
    if (after !== ',') return new ParseFailure('BAD_FIELD', `found ${quote(after)}, expected "," or ")"`);
  }
}
