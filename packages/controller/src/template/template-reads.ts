import { ANY, type FieldNeed, type FieldPaths, FieldPathsBuilder, type FieldStep } from './field-paths.ts';
import { failureOf, quote, TemplateError, type TemplateFailure } from './template-failure.ts';
import type { Operand, Pipeline, TemplateNode, TemplateTree } from './template-node.ts';
import { rootPath, spellingOf } from './template-subject.ts';

/** A place in the object, from its root. */
type Path = readonly FieldStep[];

/** Where in the object a value may come from: nowhere, for what a function makes or a literal. */
type Places = readonly Path[];

const NOWHERE: Places = [];
const THE_OBJECT: Places = [[]];
/** Functions whose value is one of their arguments. */
const CHOOSING: ReadonlySet<string> = new Set(['and', 'or']);
/** What could come from more places, or from deeper ones, is taken whole. */
const MOST_PLACES = 64;
const DEEPEST_PATH = 24;
/** Nodes looked at, those of a template each time that it is called. */
const MOST_NODES = 20_000;

/**
 * Which fields of an object a template may look at, whatever the object is. What goes into the text or into a function is looked at whole; of what is gone
 * through or stepped into, only the parts are.
 */
export function fieldsRead(tree: TemplateTree): FieldPaths | TemplateFailure {
  const reading = new Reading(tree);
  try {
    return reading.read();
  } catch (error) {
    return failureOf(error, tree.text);
  }
}

/** An argument, and where it stands in the template. */
interface Given {
  readonly places: Places;
  readonly at: number;
}

/** The steps that keys written in the template make; undefined where they are not known. */
function literalSteps(keys: readonly Operand[]): readonly FieldStep[] | undefined {
  const steps: FieldStep[] = [];
  for (const key of keys) {
    if (key.kind !== 'literal' || (typeof key.value !== 'string' && typeof key.value !== 'number')) return undefined;
    steps.push(typeof key.value === 'string' ? key.value : ANY);
  }
  return steps;
}

class Reading {
  readonly #tree: TemplateTree;
  readonly #paths = new FieldPathsBuilder();
  /** Templates that are called at present: what one passes to itself is taken whole. */
  readonly #called = new Set<string>();
  #nodes = 0;

  constructor(tree: TemplateTree) {
    this.#tree = tree;
  }

  read(): FieldPaths {
    this.#read(this.#tree.nodes, THE_OBJECT, [THE_OBJECT]);
    return this.#paths.build();
  }

  #read(nodes: readonly TemplateNode[], dot: Places, frame: Places[]): void {
    for (const node of nodes) {
      if (++this.#nodes > MOST_NODES) {
        const message = `found more than ${MOST_NODES} parts of templates that call each other, expected fewer`;
        throw new TemplateError('TEMPLATE_LIMIT', node.at, message);
      }
      this.#readNode(node, dot, frame);
    }
  }

  #readNode(node: TemplateNode, dot: Places, frame: Places[]): void {
    switch (node.kind) {
      case 'text':
      case 'break':
      case 'continue':
        return;
      case 'action': {
        const places = this.#pipeline(node.pipeline, dot, frame);
        if (node.pipeline.assignment === undefined) this.#take(places, 'whole', node.pipeline.at);
        return;
      }
      case 'choice':
        for (const { keyword, pipeline, body } of node.branches) {
          const places = this.#pipeline(pipeline, dot, frame);
          this.#take(places, 'truth', pipeline.at);
          this.#read(body, keyword === 'with' ? places : dot, frame);
        }
        this.#read(node.otherwise, dot, frame);
        return;
      case 'range':
        this.#range(node, dot, frame);
        return;
      case 'call':
        this.#call(node, dot, frame);
        return;
      default:
        node satisfies never;
    }
  }

  #range({ pipeline, body, otherwise }: TemplateNode & { readonly kind: 'range' }, dot: Places, frame: Places[]): void {
    const list = this.#pipeline(pipeline, dot, frame, 'range');
    if (list.some((path) => path.length === 0)) refuseWhole(pipeline.at);
    // How often a number is gone through is its value.
    this.#take(list, 'truth', pipeline.at);
    const elements = list.map((path): Path => [...path, ANY]);
    this.#take(elements, 'parts', pipeline.at);
    const [first, second] = pipeline.variables;
    const element = second ?? first;
    if (element !== undefined) this.#assign(element.slot, elements, pipeline, frame);
    if (second !== undefined && first !== undefined) this.#assign(first.slot, NOWHERE, pipeline, frame);
    this.#read(body, elements, frame);
    this.#read(otherwise, dot, frame);
  }

  #call({ name, argument, at }: TemplateNode & { readonly kind: 'call' }, dot: Places, frame: Places[]): void {
    const places = argument === undefined ? NOWHERE : this.#pipeline(argument, dot, frame);
    if (this.#called.has(name)) {
      this.#take(places, 'whole', at);
      return;
    }
    this.#called.add(name);
    this.#read(this.#tree.definitions.get(name) ?? [], places, [places]);
    this.#called.delete(name);
  }

  #pipeline({ variables, assignment, commands, at }: Pipeline, dot: Places, frame: Places[], place?: 'range'): Places {
    let places: Places = NOWHERE;
    for (const [index, command] of commands.entries()) {
      places = this.#operand(command, dot, frame, index === 0 ? undefined : { places, at });
    }
    const [variable] = variables;
    if (variable !== undefined && place !== 'range') this.#assign(variable.slot, places, { at, assignment }, frame);
    return places;
  }

  /** A variable that is changed may have the new value wherever it stands, so all of that is taken. */
  #assign(slot: number, places: Places, { assignment, at }: Pick<Pipeline, 'assignment' | 'at'>, frame: Places[]): void {
    if (assignment === '=') this.#take(places, 'whole', at);
    else frame[slot] = places;
  }

  #operand(operand: Operand, dot: Places, frame: Places[], piped?: Given): Places {
    switch (operand.kind) {
      case 'literal':
        return NOWHERE;
      case 'dot':
        return this.#fields(dot, operand.fields, operand.at);
      case 'variable':
        return this.#fields(frame[operand.variable.slot] ?? NOWHERE, operand.fields, operand.at);
      case 'group':
        return this.#fields(this.#pipeline(operand.pipeline, dot, frame), operand.fields, operand.at);
      case 'function': {
        const given = operand.operands.map((one) => ({ places: this.#operand(one, dot, frame), at: one.at }));
        return this.#function(operand, piped === undefined ? given : [...given, piped]);
      }
      default:
        return operand satisfies never;
    }
  }

  #function({ name, operands }: Operand & { readonly kind: 'function' }, given: readonly Given[]): Places {
    const [first] = given;
    const steps = given.length === operands.length ? literalSteps(operands.slice(1)) : undefined;
    if (first !== undefined && steps !== undefined && (name === 'index' || name === 'hasKey')) {
      // What is no mapping and no list must still be known for what it is.
      this.#take(first.places, 'truth', first.at);
      const places = first.places.map((path): Path => [...path, ...steps]);
      this.#take(places, 'parts', first.at);
      return name === 'index' ? this.#bounded(places, first.at) : NOWHERE;
    }
    for (const { places, at } of given) this.#takeArgument(name, places, at);
    if (!CHOOSING.has(name)) return NOWHERE;
    const distinct = new Map(given.flatMap((one) => one.places).map((path) => [printPath(path), path]));
    return this.#bounded([...distinct.values()], first?.at ?? 0);
  }

  #takeArgument(name: string, places: Places, at: number): void {
    const counted = name === 'len';
    this.#take(places, counted || name === 'not' || CHOOSING.has(name) ? 'truth' : 'whole', at);
    if (!counted) return;
    const parts = places.map((path): Path => [...path, ANY]);
    this.#take(parts, 'parts', at);
  }

  #fields(places: Places, fields: readonly string[], at: number): Places {
    const steps = fields.reduce((inner: Places, field) => inner.map((path) => stepInto(path, field, at)), places);
    return this.#bounded(steps, at);
  }

  /** Takes what is too much to follow whole: then it need not be followed. */
  #bounded(places: Places, at: number): Places {
    if (places.length <= MOST_PLACES && places.every((path) => path.length <= DEEPEST_PATH)) return places;
    this.#take(places, 'whole', at);
    return NOWHERE;
  }

  #take(places: Places, need: FieldNeed, at: number): void {
    for (const path of places) {
      if (path.length > 0) this.#paths.add(path, need);
      else if (need === 'whole') refuseWhole(at);
    }
  }
}

function stepInto(path: Path, field: string, at: number): Path {
  if (path.length > 0) return [...path, field];
  const spelling = spellingOf(field);
  if (spelling === undefined) return rootPath(field);
  throw new TemplateError('TEMPLATE_NAME_UNKNOWN', at, `found ${quote(`.${field}`)}, expected ${quote(`.${spelling}`)}`);
}

/** A whole object is no name, and keeping all of it would cost its memory. */
function refuseWhole(at: number): never {
  throw new TemplateError('TEMPLATE_ARGUMENT', at, 'found the whole object, expected a field of it');
}

function printPath(path: Path): string {
  return JSON.stringify(path.map((step) => (step === ANY ? 0 : step)));
}
