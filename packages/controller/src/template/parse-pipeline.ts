import { argumentsFailure, FUNCTION_NAMES, isFunction, refusedFunction } from './function-table.ts';
import { quote } from './template-failure.ts';
import type { Operand, Pipeline, Variable } from './template-node.ts';
import type { TokenReader } from './token-reader.ts';
import type { VariableScope } from './variable-scope.ts';

/** Words that begin or end blocks, which no operand can be. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);

/** Where a pipeline stands: only that of a range may go to two variables. */
export type PipelinePlace = 'range' | 'elsewhere';

/**
 * Reads a pipeline up to the end of the action or of the parentheses, which it leaves.
 *
 * @throws {TemplateError} `TEMPLATE_SYNTAX`, `TEMPLATE_NAME_UNKNOWN`, `TEMPLATE_ARGUMENT`, `TEMPLATE_LIMIT`
 */
export function parsePipeline(reader: TokenReader, scope: VariableScope, place: PipelinePlace): Pipeline {
  const { at } = reader;
  const names = takeVariables(reader, place);
  const assignment =
    names.length === 0 ? undefined : reader.skip(':=') ? ':=' : reader.skip('=') ? '=' : reader.refuse('":=" or "="');
  const commands: Operand[] = [];
  for (;;) {
    commands.push(parseCommand(reader, scope, commands.length > 0));
    if (!reader.skip('|')) break;
  }
  // A variable is not in force in the pipeline that makes it.
  const variables = names.map(({ text, at: nameAt }) =>
    assignment === ':=' ? scope.declare(text) : findVariable(reader, scope, text, nameAt),
  );
  return { variables, assignment, commands, at };
}

function takeVariables(reader: TokenReader, place: PipelinePlace): { readonly text: string; readonly at: number }[] {
  const first = reader.peek();
  const follower = reader.peek(1);
  if (first?.kind !== 'variable' || follower?.kind !== 'mark') return [];
  if (follower.text === ':=' || follower.text === '=') {
    reader.take();
    return [first];
  }
  if (follower.text !== ',') return [];
  reader.take();
  if (place !== 'range') reader.refuse('one variable: only range gives two values');
  reader.take();
  const second = reader.peek();
  if (second?.kind !== 'variable') reader.refuse('a variable');
  reader.take();
  return [first, second];
}

function findVariable(reader: TokenReader, scope: VariableScope, name: string, at: number): Variable {
  return (
    scope.find(name) ??
    reader.fail(`found ${quote(name)}, which is no variable here, expected one that := has made`, at, 'TEMPLATE_NAME_UNKNOWN')
  );
}

/** An operand; or a function with its arguments, of which the last one comes from the command before, if there is one. */
function parseCommand(reader: TokenReader, scope: VariableScope, piped: boolean): Operand {
  const first = reader.peek();
  const command = parseOperand(reader, scope);
  if (first === undefined || command === undefined) reader.refuse('a field, a function, a variable or a value');
  const operands: Operand[] = [];
  for (let next = reader.peek(); next !== undefined && !isEnd(next); next = reader.peek()) {
    const { at } = next;
    if (!('spaced' in next) || !next.spaced) reader.refuse('a space, "|", ")" or "}}"');
    const operand = parseOperand(reader, scope);
    if (operand === undefined) reader.refuse('a field, a function, a variable, a value, "|", ")" or "}}"');
    if (command.kind !== 'function')
      reader.fail('found an argument of something that is no function, expected "|", ")" or "}}"', at);
    operands.push(operand.kind === 'function' ? checked(reader, operand, false) : operand);
  }
  if (command.kind !== 'function') {
    if (piped) reader.fail('found something that takes no value after "|", expected a function', first.at);
    if (command.kind === 'literal' && command.value === undefined)
      reader.fail('found nil alone, expected it as an argument', first.at);
    return command;
  }
  return checked(reader, { ...command, operands }, piped);
}

function isEnd(token: { readonly kind: string; readonly text?: string }): boolean {
  return token.kind === 'close' || (token.kind === 'mark' && (token.text === ')' || token.text === '|'));
}

/** Checks how many arguments a function is given. @param piped whether one more comes from the command before */
function checked(reader: TokenReader, command: Operand & { readonly kind: 'function' }, piped: boolean): Operand {
  const failure = argumentsFailure(command.name, command.operands.length + (piped ? 1 : 0));
  return failure === undefined ? command : reader.fail(failure, command.at, 'TEMPLATE_ARGUMENT');
}

/** @returns undefined where none begins; a function without its arguments */
function parseOperand(reader: TokenReader, scope: VariableScope): Operand | undefined {
  const token = reader.peek();
  if (token === undefined) return undefined;
  const { at } = token;
  switch (token.kind) {
    case 'literal':
      reader.take();
      return { kind: 'literal', value: token.value, at };
    case 'field':
      return { kind: 'dot', fields: takeFields(reader, true), at };
    case 'variable': {
      reader.take();
      const variable = findVariable(reader, scope, token.text, at);
      return { kind: 'variable', variable, fields: takeFields(reader), at };
    }
    case 'word':
      return parseWord(reader, token.text, at);
    case 'mark':
      if (token.text === '(') return parseGroup(reader, scope);
      if (token.text !== '.') return undefined;
      reader.take();
      return { kind: 'dot', fields: [], at };
    case 'text':
    case 'open':
    case 'close':
      return undefined;
    default:
      return token satisfies never;
  }
}

function parseWord(reader: TokenReader, text: string, at: number): Operand | undefined {
  if (KEYWORDS.has(text)) return undefined;
  reader.take();
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', at };
  if (text === 'nil') return { kind: 'literal', value: undefined, at };
  if (isFunction(text)) return { kind: 'function', name: text, operands: [], at };
  const why = refusedFunction(text) ?? `expected one of ${FUNCTION_NAMES.join(', ')}, or a field, which begins with a dot`;
  return reader.fail(`found ${quote(text)}, which is no function here; ${why}`, at, 'TEMPLATE_NAME_UNKNOWN');
}

function parseGroup(reader: TokenReader, scope: VariableScope): Operand {
  const { at } = reader;
  reader.take();
  const pipeline = reader.nested(() => parsePipeline(reader, scope, 'elsewhere'));
  if (!reader.skip(')')) reader.refuse('")"');
  return { kind: 'group', pipeline, fields: takeFields(reader), at };
}

/** Fields that follow each other without a space. @param leading whether the first of them begins the operand */
function takeFields(reader: TokenReader, leading = false): string[] {
  const fields: string[] = [];
  for (let token = reader.peek(); token?.kind === 'field'; token = reader.peek()) {
    if (token.spaced && !(leading && fields.length === 0)) break;
    fields.push(token.text);
    reader.take();
  }
  return fields;
}
