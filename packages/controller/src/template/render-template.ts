import { findFunction, SHORT_CIRCUITS } from './function-table.ts';
import { printValue } from './print-value.ts';
import { failureOf, type TemplateFailure } from './template-failure.ts';
import { TEMPLATE_LIMITS } from './template-limits.ts';
import type { Operand, Pipeline, TemplateNode, TemplateTree } from './template-node.ts';
import { rootOf, rootPath, type TemplateSubject } from './template-subject.ts';
import {
  compareTexts,
  describeValue,
  entriesOf,
  ExactKeys,
  fieldOf,
  isList,
  isTruthy,
  TemplateRoot,
  type TemplateValue,
  valueAt,
} from './template-value.ts';
import { Workbench } from './workbench.ts';

/**
 * Writes what a template makes of an object.
 *
 * @param source which source asks, as in the configuration's `sources`
 * @param report takes what is wrong with parts of the object without which the template goes on
 */
export function renderTree(
  tree: TemplateTree,
  subject: TemplateSubject,
  source: string,
  report: (flaw: TemplateFailure) => void = () => undefined,
): string | TemplateFailure {
  const bench = new Workbench(source);
  const renderer = new Renderer(tree, bench);
  try {
    renderer.renderAll(rootOf(subject));
  } catch (error) {
    return failureOf(error, tree.text);
  }
  for (const flaw of bench.flaws) report(failureOf(flaw, tree.text));
  return renderer.output;
}

/** How a list of nodes ended: by itself, or with a jump that the `range` around it takes. */
type Outcome = 'done' | 'break' | 'continue';

/** The variables of one call of a template, by their slots; `$` is the first. */
type Frame = TemplateValue[];

class Renderer {
  readonly #tree: TemplateTree;
  readonly #bench: Workbench;
  #depth = 0;
  output = '';

  constructor(tree: TemplateTree, bench: Workbench) {
    this.#tree = tree;
    this.#bench = bench;
  }

  renderAll(root: TemplateRoot): void {
    this.#render(this.#tree.nodes, root, [root]);
  }

  #render(nodes: readonly TemplateNode[], dot: TemplateValue, frame: Frame): Outcome {
    let outcome: Outcome = 'done';
    this.#depth++;
    for (const node of nodes) {
      this.#bench.spend();
      this.#bench.at = node.at;
      if (this.#depth > TEMPLATE_LIMITS.renderDepth) {
        this.#bench.fail(
          'TEMPLATE_LIMIT',
          `found more than ${TEMPLATE_LIMITS.renderDepth} blocks and templates in each other, expected fewer`,
        );
      }
      outcome = this.#renderNode(node, dot, frame);
      if (outcome !== 'done') break;
    }
    this.#depth--;
    return outcome;
  }

  #renderNode(node: TemplateNode, dot: TemplateValue, frame: Frame): Outcome {
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return 'done';
      case 'action': {
        const value = this.#pipeline(node.pipeline, dot, frame);
        this.#bench.at = node.pipeline.at;
        if (node.pipeline.assignment === undefined) this.#write(printValue(value, this.#bench));
        return 'done';
      }
      case 'choice':
        return this.#choice(node, dot, frame);
      case 'range':
        return this.#range(node, dot, frame);
      case 'call':
        this.#call(node, dot, frame);
        return 'done';
      case 'break':
      case 'continue':
        return node.kind;
      default:
        return node satisfies never;
    }
  }

  #write(text: string): void {
    const length = this.output.length + text.length;
    if (length > TEMPLATE_LIMITS.outputLength) {
      this.#bench.fail('TEMPLATE_LIMIT', `found more than ${TEMPLATE_LIMITS.outputLength} characters written, expected fewer`);
    }
    this.output += text;
  }

  #choice(node: TemplateNode & { readonly kind: 'choice' }, dot: TemplateValue, frame: Frame): Outcome {
    for (const { keyword, pipeline, body } of node.branches) {
      const value = this.#pipeline(pipeline, dot, frame);
      if (isTruthy(value)) return this.#render(body, keyword === 'with' ? value : dot, frame);
    }
    return this.#render(node.otherwise, dot, frame);
  }

  #range(node: TemplateNode & { readonly kind: 'range' }, dot: TemplateValue, frame: Frame): Outcome {
    const { pipeline, body, otherwise } = node;
    const value = this.#pipeline(pipeline, dot, frame, 'range');
    this.#bench.at = pipeline.at;
    let any = false;
    for (const [key, element] of this.#elements(value)) {
      any = true;
      this.#bench.spend();
      const [first, second] = pipeline.variables;
      if (second === undefined) {
        if (first !== undefined) frame[first.slot] = element;
      } else {
        if (first !== undefined) frame[first.slot] = key;
        frame[second.slot] = element;
      }
      if (this.#render(body, element, frame) === 'break') break;
    }
    return any ? 'done' : this.#render(otherwise, dot, frame);
  }

  *#elements(value: TemplateValue): Generator<readonly [TemplateValue, TemplateValue]> {
    if (value === undefined || value === null) return;
    const entries = entriesOf(value);
    if (isList(value)) {
      for (const [index, item] of value.entries()) yield [index, item ?? undefined];
    } else if (entries !== undefined) {
      const keys = Object.keys(entries);
      this.#bench.spend(keys.length * 8);
      for (const key of keys.toSorted(compareTexts)) yield [key, valueAt(entries, key)];
    } else if (typeof value === 'number' && Number.isInteger(value)) {
      for (let index = 0; index < value; index++) yield [index, index];
    } else {
      this.#bench.fail('TEMPLATE_ARGUMENT', `found ${describeValue(value)} after range, expected a list or a mapping`);
    }
  }

  #call({ name, argument }: TemplateNode & { readonly kind: 'call' }, dot: TemplateValue, frame: Frame): void {
    const value = argument === undefined ? undefined : this.#pipeline(argument, dot, frame);
    this.#render(this.#tree.definitions.get(name) ?? [], value, [value]);
  }

  /** @param place a range gives its variables their values by itself, but for one that it changes */
  #pipeline({ variables, assignment, commands }: Pipeline, dot: TemplateValue, frame: Frame, place?: 'range'): TemplateValue {
    let value: TemplateValue;
    for (const [index, command] of commands.entries()) {
      value = index === 0 ? this.#operand(command, dot, frame) : this.#operand(command, dot, frame, { value });
    }
    const [variable] = variables;
    if (variable !== undefined && assignment !== undefined && place !== 'range') frame[variable.slot] = value;
    return value;
  }

  /** @param piped what comes from the command before, as the last argument */
  #operand(operand: Operand, dot: TemplateValue, frame: Frame, piped?: { readonly value: TemplateValue }): TemplateValue {
    this.#bench.spend();
    switch (operand.kind) {
      case 'literal':
        return operand.value;
      case 'dot':
        return this.#fields(dot, operand.fields, operand.at);
      case 'variable':
        return this.#fields(frame[operand.variable.slot], operand.fields, operand.at);
      case 'group':
        return this.#fields(this.#pipeline(operand.pipeline, dot, frame), operand.fields, operand.at);
      case 'function':
        return this.#function(operand, dot, frame, piped);
      default:
        return operand satisfies never;
    }
  }

  #function(
    { name, operands, at }: Operand & { readonly kind: 'function' },
    dot: TemplateValue,
    frame: Frame,
    piped: { readonly value: TemplateValue } | undefined,
  ): TemplateValue {
    if (SHORT_CIRCUITS.has(name)) {
      const wanted = name === 'or';
      let value: TemplateValue;
      for (const operand of operands) {
        value = this.#operand(operand, dot, frame);
        if (isTruthy(value) === wanted) return value;
      }
      return piped === undefined ? value : piped.value;
    }
    const values = operands.map((operand) => this.#operand(operand, dot, frame));
    if (piped !== undefined) values.push(piped.value);
    this.#bench.at = at;
    return findFunction(name)?.call(values, this.#bench);
  }

  /** Fields of nothing are nothing, as those of a Go struct that is not set. */
  #fields(value: TemplateValue, fields: readonly string[], at: number): TemplateValue {
    let inner = value;
    for (const field of fields) {
      this.#bench.at = at;
      this.#bench.spend();
      inner = inner instanceof TemplateRoot ? this.#fieldOfRoot(inner, field) : this.#fieldOf(inner, field);
    }
    return inner;
  }

  #fieldOfRoot(root: TemplateRoot, field: string): TemplateValue {
    const path = rootPath(field);
    return path.length === 0 ? root : path.reduce<TemplateValue>((value, step) => this.#fieldOf(value, step), root.object);
  }

  #fieldOf(value: TemplateValue, field: string): TemplateValue {
    if (value === undefined || value === null) return undefined;
    if (value instanceof ExactKeys) return valueAt(value.entries, field);
    const entries = entriesOf(value);
    if (entries !== undefined) return fieldOf(entries, field, (keys) => this.#bench.spend(keys));
    return this.#bench.fail(
      'TEMPLATE_ARGUMENT',
      `found ${describeValue(value)}, which has no field ${field}, expected a mapping`,
    );
  }
}
