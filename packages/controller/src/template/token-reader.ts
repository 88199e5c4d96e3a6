import { quote, type TemplateCode, TemplateError } from './template-failure.ts';
import type { TemplateToken } from './template-tokens.ts';
import { TEMPLATE_LIMITS } from './template-limits.ts';

/** Goes through a template's tokens, and knows how deep in blocks and parentheses it is. */
export class TokenReader {
  readonly #tokens: readonly TemplateToken[];
  readonly #end: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly TemplateToken[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  /** The next token, or one after it; undefined at the end. */
  peek(ahead = 0): TemplateToken | undefined {
    return this.#tokens[this.#at + ahead];
  }

  take(): TemplateToken | undefined {
    return this.#tokens[this.#at++];
  }

  /** Where the next token stands. */
  get at(): number {
    return this.peek()?.at ?? this.#end;
  }

  /** Takes the next token, if it is this mark or word. */
  skip(text: string): boolean {
    const token = this.peek();
    if (token === undefined || (token.kind !== 'mark' && token.kind !== 'word') || token.text !== text) return false;
    this.#at++;
    return true;
  }

  /** Takes the end of an action. */
  close(): void {
    if (this.peek()?.kind !== 'close') this.refuse('"}}"');
    this.#at++;
  }

  /** @throws {TemplateError} always: the next token is not what is expected */
  refuse(expected: string): never {
    this.fail(`found ${describe(this.peek())}, expected ${expected}`);
  }

  /** @throws {TemplateError} always */
  fail(message: string, at: number = this.at, code: TemplateCode = 'TEMPLATE_SYNTAX'): never {
    throw new TemplateError(code, at, message);
  }

  /** Reads something that may hold more of its kind. */
  nested<T>(read: () => T): T {
    if (this.#depth >= TEMPLATE_LIMITS.depth) {
      this.fail(
        `found more than ${TEMPLATE_LIMITS.depth} blocks or parentheses in each other, expected fewer`,
        this.at,
        'TEMPLATE_LIMIT',
      );
    }
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }
}

function describe(token: TemplateToken | undefined): string {
  switch (token?.kind) {
    case undefined:
      return 'the end of the template';
    case 'open':
      return '"{{"';
    case 'close':
      return '"}}"';
    case 'literal':
      return typeof token.value === 'number' ? `the number ${token.value}` : `the text ${quote(token.value)}`;
    case 'field':
      return quote(`.${token.text}`);
    case 'text':
    case 'word':
    case 'variable':
    case 'mark':
      return quote(token.text);
    default:
      return token satisfies never;
  }
}
