import { TEMPLATE_LIMITS } from './template-limits.ts';
import { type TemplateCode, TemplateError } from './template-failure.ts';

/** Characters or fields that one step may look at. */
const PER_STEP = 64;

/** Counts the work on one object, and knows which part of the template is at work. */
export class Workbench {
  /** The source that asks, as in the configuration's `sources`. */
  readonly source: string;
  /** Where in the template's text the work is. */
  at = 0;
  #steps = 0;
  readonly #flaws = new Map<string, TemplateError>();

  constructor(source: string) {
    this.source = source;
  }

  /** What was found wrong with parts of the object, each once. */
  get flaws(): readonly TemplateError[] {
    return [...this.#flaws.values()];
  }

  /** Notes that a part of the object makes no sense. The work goes on without that part. */
  note(message: string): void {
    this.spend(message.length);
    if (!this.#flaws.has(message)) this.#flaws.set(message, new TemplateError('TEMPLATE_ARGUMENT', this.at, message));
  }

  /** One more step. @param size the characters or fields that it looks at @throws {TemplateError} `TEMPLATE_LIMIT` */
  spend(size = 0): void {
    this.#steps += 1 + size / PER_STEP;
    if (this.#steps <= TEMPLATE_LIMITS.steps) return;
    this.fail('TEMPLATE_LIMIT', `found more than ${TEMPLATE_LIMITS.steps} steps of work on one object, expected fewer`);
  }

  /** Lets a text pass that is not too long. @throws {TemplateError} `TEMPLATE_LIMIT` */
  text(value: string): string {
    this.expectLength(value.length);
    return value;
  }

  /** Called before a text of this length is made. @throws {TemplateError} `TEMPLATE_LIMIT` */
  expectLength(length: number): void {
    this.spend(length);
    this.limit(length);
  }

  /** @throws {TemplateError} `TEMPLATE_LIMIT` where a text is too long */
  limit(length: number): void {
    if (length <= TEMPLATE_LIMITS.valueLength) return;
    this.fail('TEMPLATE_LIMIT', `found a text of ${length} characters, expected at most ${TEMPLATE_LIMITS.valueLength}`);
  }

  /** @throws {TemplateError} always */
  fail(code: TemplateCode, message: string): never {
    throw new TemplateError(code, this.at, message);
  }
}
