import { KEYWORDS, parsePipeline, type PipelinePlace } from './parse-pipeline.ts';
import { failureOf, quote, TemplateError, type TemplateFailure } from './template-failure.ts';
import { TEMPLATE_LIMITS } from './template-limits.ts';
import type { ChoiceBranch, Pipeline, TemplateNode, TemplateTree } from './template-node.ts';
import { tokenizeTemplate } from './template-tokens.ts';
import { TokenReader } from './token-reader.ts';
import { VariableScope } from './variable-scope.ts';

/**
 * Parses a template in the language of Go's text/template.
 *
 * Everything that can be known without an object is checked here: functions and variables exist, functions have as many arguments as they take, `break` and
 * `continue` stand in a `range`, templates that are called are defined.
 */
export function parseTree(text: string): TemplateTree | TemplateFailure {
  try {
    if (text.length > TEMPLATE_LIMITS.textLength) {
      const message = `found ${text.length} characters, expected at most ${TEMPLATE_LIMITS.textLength}`;
      throw new TemplateError('TEMPLATE_LIMIT', 0, message);
    }
    const parser = new Parser(new TokenReader(tokenizeTemplate(text), text.length));
    return { text, ...parser.parse() };
  } catch (error) {
    return failureOf(error, text);
  }
}

/** What ends a list of nodes. */
type Ending = 'end' | 'else' | undefined;

class Parser {
  readonly #reader: TokenReader;
  readonly #scope = new VariableScope();
  readonly #definitions = new Map<string, readonly TemplateNode[]>();
  readonly #calls: { readonly name: string; readonly at: number }[] = [];
  #ranges = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  parse(): Omit<TemplateTree, 'text'> {
    const nodes = this.#nodes('the end of the template');
    for (const { name, at } of this.#calls) {
      if (this.#definitions.has(name)) continue;
      const message = `found ${quote(name)}, which is no template here, expected one that {{define}} has made`;
      throw new TemplateError('TEMPLATE_NAME_UNKNOWN', at, message);
    }
    return { nodes, definitions: this.#definitions };
  }

  /** Reads nodes up to the end of the template, or up to the `else` or `end` of a block, which it leaves. */
  #nodes(what: string, opener?: number): TemplateNode[] {
    const nodes: TemplateNode[] = [];
    for (let token = this.#reader.peek(); token !== undefined; token = this.#reader.peek()) {
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text, at: token.at });
        this.#reader.take();
      } else {
        const ending = this.#ending();
        if (ending !== undefined) {
          if (opener === undefined) this.#reader.fail(`found {{${ending}}}, which belongs to nothing, expected ${what}`);
          return nodes;
        }
        this.#reader.take();
        const node = this.#action(token.at);
        if (node !== undefined) nodes.push(node);
      }
    }
    if (opener !== undefined) this.#reader.fail(`found ${what} without an end, expected {{end}}`, opener);
    return nodes;
  }

  #ending(): Ending {
    const word = this.#reader.peek(1);
    return word?.kind === 'word' && (word.text === 'end' || word.text === 'else') ? word.text : undefined;
  }

  /** Reads what follows `{{`. Undefined for a definition, which writes nothing where it stands. */
  #action(at: number): TemplateNode | undefined {
    const reader = this.#reader;
    const word = reader.peek();
    if (word?.kind !== 'word' || !KEYWORDS.has(word.text)) {
      const pipeline = parsePipeline(reader, this.#scope, 'elsewhere');
      reader.close();
      return { kind: 'action', pipeline, at };
    }
    reader.take();
    switch (word.text) {
      case 'if':
      case 'with':
        return reader.nested(() => this.#scope.block(() => this.#choice(word.text === 'if' ? 'if' : 'with', at)));
      case 'range':
        return reader.nested(() => this.#scope.block(() => this.#range(at)));
      case 'break':
      case 'continue':
        if (this.#ranges === 0) reader.fail(`found {{${word.text}}} outside any {{range}}, expected it in one`, word.at);
        reader.close();
        return { kind: word.text === 'break' ? 'break' : 'continue', at };
      case 'define':
        this.#define(this.#name(), at);
        return undefined;
      case 'template':
        return this.#call(this.#name(), at);
      case 'block': {
        const name = this.#name();
        const node = this.#call(name, at);
        this.#define(name, at, 'block');
        return node;
      }
      default:
        return reader.fail(`found {{${word.text}}}, expected an action`, word.at);
    }
  }

  #pipeline(place: PipelinePlace): Pipeline {
    const pipeline = parsePipeline(this.#reader, this.#scope, place);
    this.#reader.close();
    return pipeline;
  }

  #choice(keyword: 'if' | 'with', at: number): TemplateNode {
    const branches: ChoiceBranch[] = [];
    let otherwise: readonly TemplateNode[] = [];
    for (;;) {
      const pipeline = this.#pipeline('elsewhere');
      branches.push({ keyword, pipeline, body: this.#scope.block(() => this.#nodes(`{{${keyword}}}`, at)) });
      if (this.#endOrElse() === 'end') break;
      if (this.#reader.skip(keyword)) continue;
      this.#reader.close();
      otherwise = this.#nodes('{{else}}', at);
      this.#endAlone();
      break;
    }
    return { kind: 'choice', branches, otherwise, at };
  }

  #range(at: number): TemplateNode {
    const pipeline = this.#pipeline('range');
    this.#ranges++;
    const body = this.#scope.block(() => this.#nodes('{{range}}', at));
    this.#ranges--;
    let otherwise: readonly TemplateNode[] = [];
    if (this.#endOrElse() === 'else') {
      this.#reader.close();
      otherwise = this.#nodes('{{else}}', at);
      this.#endAlone();
    }
    return { kind: 'range', pipeline, body, otherwise, at };
  }

  /** Takes `{{end}}`, or of `{{else…}}` all before what may follow the word. */
  #endOrElse(): 'end' | 'else' {
    const ending = this.#ending() ?? 'end';
    this.#reader.take();
    this.#reader.take();
    if (ending === 'end') this.#reader.close();
    return ending;
  }

  #endAlone(): void {
    if (this.#ending() === 'else') this.#reader.fail('found a second {{else}}, expected {{end}}');
    this.#endOrElse();
  }

  #name(): string {
    const token = this.#reader.peek();
    if (token?.kind !== 'literal' || typeof token.value !== 'string') this.#reader.refuse('the name of a template in quotes');
    this.#reader.take();
    return token.value;
  }

  #call(name: string, at: number): TemplateNode {
    this.#calls.push({ name, at });
    const empty = this.#reader.peek()?.kind === 'close';
    const argument = empty ? undefined : parsePipeline(this.#reader, this.#scope, 'elsewhere');
    this.#reader.close();
    return { kind: 'call', name, argument, at };
  }

  #define(name: string, at: number, keyword: 'define' | 'block' = 'define'): void {
    const reader = this.#reader;
    if (keyword === 'define') reader.close();
    if (this.#definitions.has(name)) reader.fail(`found a second template ${quote(name)}, expected each name once`, at);
    // Holds the name, so that a definition in this one cannot take it.
    this.#definitions.set(name, []);
    const ranges = this.#ranges;
    this.#ranges = 0;
    const body = reader.nested(() => this.#scope.apart(() => this.#nodes(`{{${keyword}}}`, at)));
    this.#ranges = ranges;
    if (this.#ending() === 'else') reader.fail(`found {{else}} in {{${keyword}}}, expected {{end}}`);
    this.#endOrElse();
    this.#definitions.set(name, body);
  }
}
