import type { Variable } from './template-node.ts';

/** The variables in force at a place of a template. `$`, what the template was called with, is always among them. */
export class VariableScope {
  #names = ['$'];

  /** Makes a variable, which hides others of its name until the block ends. */
  declare(name: string): Variable {
    this.#names.push(name);
    return { name, slot: this.#names.length - 1 };
  }

  find(name: string): Variable | undefined {
    const slot = this.#names.lastIndexOf(name);
    return slot < 0 ? undefined : { name, slot };
  }

  /** Reads a block: what it declares ends with it. */
  block<T>(read: () => T): T {
    const outer = this.#names.length;
    const result = read();
    this.#names.length = outer;
    return result;
  }

  /** Reads a template in the template: it sees none of the variables around it. */
  apart<T>(read: () => T): T {
    const outer = this.#names;
    this.#names = ['$'];
    const result = read();
    this.#names = outer;
    return result;
  }
}
