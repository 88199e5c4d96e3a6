import { abridge } from '../resources/fields.ts';

/** Why a template cannot be used at all, or not for one object. */
export type TemplateCode =
  /** The text is no template: an action is malformed, not closed, or stands where it cannot. */
  | 'TEMPLATE_SYNTAX'
  /** A function, variable, template or field is named that does not exist. */
  | 'TEMPLATE_NAME_UNKNOWN'
  /** A function has too few or too many arguments, or one that it cannot work with; a field is asked of something that has none. */
  | 'TEMPLATE_ARGUMENT'
  /** The template, its work on one object, or what it writes is larger than is allowed. */
  | 'TEMPLATE_LIMIT';

/** What is wrong with a template, and where in its text. */
export class TemplateFailure {
  readonly code: TemplateCode;
  /** Line and column, what was found, what is expected. */
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;

  constructor(code: TemplateCode, message: string, line: number, column: number) {
    this.code = code;
    this.message = `line ${line}, column ${column}: ${message}`;
    this.line = line;
    this.column = column;
  }
}

/** Ends parsing or rendering; never leaves this folder, whose functions return a `TemplateFailure`. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code: TemplateCode;
  /** Where in the template's text, in UTF-16 code units. */
  readonly at: number;

  constructor(code: TemplateCode, at: number, message: string) {
    super(message);
    this.code = code;
    this.at = at;
  }
}

/**
 * Makes a failure of whatever ended the work.
 *
 * @throws what is no `TemplateError`: a defect of this program
 */
export function failureOf(error: unknown, text: string): TemplateFailure {
  if (!(error instanceof TemplateError)) throw error;
  const before = text.slice(0, error.at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return new TemplateFailure(error.code, error.message, before.split('\n').length, error.at - lineStart + 1);
}

/** A piece of text as a message shows it. */
export function quote(text: string): string {
  return JSON.stringify(abridge(text, 60).toWellFormed());
}
