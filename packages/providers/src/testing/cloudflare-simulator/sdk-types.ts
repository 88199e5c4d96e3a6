/**
 * The vendor's SDK's type declarations as a description of its API: read from the installed package, and used to check requests. They are generated, and so are
 * regular: one field on a line, its comment above it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Field {
  readonly type: string;
  readonly optional: boolean;
  /** Where it goes: `Path param`, `Query param`, `Body param`; empty where the SDK says nothing. */
  readonly place: string;
}

interface Declaration {
  readonly fields: ReadonlyMap<string, Field>;
  readonly parent: string | undefined;
}

/** Finds fault with values by the SDK's types. */
export class SdkTypes {
  readonly #interfaces = new Map<string, Declaration>();
  readonly #aliases = new Map<string, string>();

  constructor() {
    const root = dirname(createRequire(import.meta.url).resolve('cloudflare'));
    this.#readDeclarations(readFileSync(join(root, 'resources/dns/records.d.mts'), 'utf8'), '');
    this.#readDeclarations(readFileSync(join(root, 'resources/shared.d.mts'), 'utf8'), 'Shared.');
    this.#readDeclarations(readFileSync(join(root, 'core/pagination.d.mts'), 'utf8'), '');
  }

  /**
   * What is wrong with the part of a request that goes to one place; empty where nothing is.
   *
   * @param name of an interface of parameters, such as `RecordBatchParams`
   * @param place `Body param` or `Query param`
   */
  faults(name: string, place: string, value: unknown): string[] {
    const fields = [...this.#fieldsOf(name)].filter(([, field]) => field.place === place || field.place === '');
    return this.#objectFaults(new Map(fields), value, name, place === 'Query param' ? 'query' : 'body');
  }

  #readDeclarations(text: string, prefix: string): void {
    const scope: string[] = [];
    let fields: Map<string, Field> | undefined;
    let comment = '';
    for (const line of text.split('\n')) {
      const trimmed = line.trim();
      if (trimmed.startsWith('/**')) comment = '';
      if (/^(?:\/\*\*|\*)/.test(trimmed)) {
        comment += ` ${trimmed
          .replace(/^\/?\*+\/?/, '')
          .replace(/\*\/$/, '')
          .trim()}`;
        continue;
      }
      const block =
        /^(?:export )?(?:declare )?(?:(interface) (\w+)(?: extends ([\w.]+))?|(?:namespace|class|abstract class) (\w+).*) \{$/.exec(
          trimmed,
        );
      const alias = /^export type (\w+) = (.+);$/.exec(trimmed);
      const field = /^'?([\w-]+)'?(\?)?: (.+);$/.exec(trimmed);
      if (block !== null) {
        scope.push(block[2] ?? block[4] ?? '');
        if (block[1] !== undefined) {
          fields = new Map();
          this.#interfaces.set(prefix + scope.join('.'), { fields, parent: block[3]?.replace(/^RecordsAPI\./, '') });
        }
      } else if (alias !== null && scope.length === 0) {
        this.#aliases.set(prefix + (alias[1] as string), alias[2] as string);
      } else if (trimmed === '}') {
        scope.pop();
        fields = undefined;
      } else if (field !== null && fields !== undefined) {
        const [, place = ''] = /^\s*(Path param|Query param|Body param)/.exec(comment) ?? [];
        fields.set(field[1] as string, { type: field[3] as string, optional: field[2] === '?', place });
      }
      comment = '';
    }
  }

  #fieldsOf(name: string): ReadonlyMap<string, Field> {
    const declaration = this.#interfaces.get(name);
    if (declaration === undefined) throw new RangeError(`the SDK declares no ${name}`);
    const { fields, parent } = declaration;
    return parent === undefined ? fields : new Map([...this.#fieldsOf(parent), ...fields]);
  }

  #objectFaults(fields: ReadonlyMap<string, Field>, value: unknown, scope: string, path: string): string[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
    const faults = Object.keys(value).flatMap((key) => (fields.has(key) ? [] : [`${path}.${key} is not declared`]));
    for (const [key, { type, optional }] of fields) {
      const found = (value as Readonly<Record<string, unknown>>)[key];
      if (found !== undefined) faults.push(...this.#valueFaults(type, found, scope, `${path}.${key}`));
      else if (!optional) faults.push(`${path}.${key} is missing`);
    }
    return faults;
  }

  #valueFaults(type: string, value: unknown, scope: string, path: string): string[] {
    const [, element] = /^Array<(.+)>$/.exec(type) ?? [];
    if (element !== undefined) {
      if (!Array.isArray(value)) return [`${path} is no list`];
      return value.flatMap((one, index) => this.#valueFaults(element, one, scope, `${path}[${index}]`));
    }
    const members = type.split(' | ');
    if (members.length > 1) return this.#unionFaults(members, value, scope, path);
    if (type === 'unknown') return [];
    if (['string', 'number', 'boolean'].includes(type)) return typeof value === type ? [] : [`${path} is no ${type}`];
    const [, literal] = /^'(.*)'$/.exec(type) ?? [];
    if (literal !== undefined) return value === literal ? [] : [`${path} is not ${type}`];
    if (/^\d+$/.test(type)) return value === Number(type) ? [] : [`${path} is not ${type}`];
    const name = this.#resolve(type, scope);
    const alias = this.#aliases.get(name);
    if (alias !== undefined) return this.#valueFaults(alias, value, scope, path);
    return this.#objectFaults(this.#fieldsOf(name), value, name, path);
  }

  /** Of the records of a union the one that the value's `type` names is meant. */
  #unionFaults(members: readonly string[], value: unknown, scope: string, path: string): string[] {
    const type = (value as { readonly type?: unknown } | null)?.type;
    const meant = members.filter((member) => this.#typeOf(member, scope) === `'${String(type)}'`);
    const tried = (meant.length > 0 ? meant : members).map((member) => this.#valueFaults(member, value, scope, path));
    return tried.some((faults) => faults.length === 0) ? [] : (tried[0] ?? []);
  }

  #typeOf(member: string, scope: string): string | undefined {
    const name = this.#resolve(member, scope);
    return this.#interfaces.has(name) ? this.#fieldsOf(name).get('type')?.type : undefined;
  }

  /** A name as it is found from where it is used: in that scope, or in those around it; then by what an alias stands for. */
  #resolve(type: string, scope: string): string {
    const name = type.replace(/^RecordsAPI\./, '');
    for (let around = scope; ; around = around.slice(0, Math.max(0, around.lastIndexOf('.')))) {
      const candidate = around === '' ? name : `${around}.${name}`;
      if (this.#interfaces.has(candidate) || this.#aliases.has(candidate) || around === '') return candidate;
    }
  }
}
