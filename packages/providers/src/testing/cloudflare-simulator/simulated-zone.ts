import { randomUUID } from 'node:crypto';
import { domainToASCII } from 'node:url';

import { printRdata, rdataKey, scanRRType } from '@kubezone/core';

import { API_ERRORS } from './api-error.ts';
import { readForm, type RecordForm, shownContent } from './record-form.ts';

type Body = Readonly<Record<string, unknown>>;
type Plan = 'free' | 'pro' | 'enterprise';

/** A record as it is held. */
export interface SimulatedRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly form: RecordForm;
  readonly ttl: number;
  readonly proxied: boolean;
  readonly comment: string;
  readonly tags: readonly string[];
  readonly settings: Body;
  readonly createdOn: string;
}

const PROXIABLE = new Set(['A', 'AAAA', 'CNAME']);
const LIMITS: Readonly<
  Record<Plan, { readonly batch: number; readonly comment: number; readonly tags: number; readonly minTtl: number }>
> = {
  free: { batch: 200, comment: 100, tags: 0, minTtl: 60 },
  pro: { batch: 3500, comment: 500, tags: 20, minTtl: 60 },
  enterprise: { batch: 3500, comment: 500, tags: 20, minTtl: 30 },
};

/** A zone and the rules that the vendor documents for its records. */
export class SimulatedZone {
  readonly id: string;
  readonly name: string;
  readonly plan: Plan;
  readonly type: string;
  #records = new Map<string, SimulatedRecord>();
  /** Until the next change. */
  #sorted: readonly SimulatedRecord[] | undefined;

  constructor(
    name: string,
    { plan = 'free', type = 'full', id = newId() }: { readonly plan?: Plan; readonly type?: string; readonly id?: string } = {},
  ) {
    this.id = id;
    this.name = name;
    this.plan = plan;
    this.type = type;
  }

  /** In the order of names, and of types within one. */
  get records(): readonly SimulatedRecord[] {
    this.#sorted ??= [...this.#records.values()].sort(
      (one, other) => compare(one.name, other.name) || compare(one.type, other.type),
    );
    return this.#sorted;
  }

  clear(): void {
    this.#records.clear();
    this.#sorted = undefined;
  }

  /** All of it, or nothing: deletes first, then patches, puts and posts. */
  batch(body: Readonly<Record<string, readonly Body[] | undefined>>): Record<string, SimulatedRecord[]> {
    const { deletes = [], patches = [], puts = [], posts = [] } = body;
    const operations = deletes.length + patches.length + puts.length + posts.length;
    const { batch } = LIMITS[this.plan];
    if (operations > batch)
      throw API_ERRORS.validation(9208, `${operations} operations exceed the limit of ${batch} for a batch.`);
    const before = new Map(this.#records);
    try {
      return {
        deletes: deletes.map(({ id }) => this.delete(String(id))),
        patches: patches.map((patch) => this.patch(patch)),
        puts: puts.map((put) => this.#put(this.#existing(put['id']), put)),
        posts: posts.map((post) => this.post(post)),
      };
    } catch (error) {
      this.#records = before;
      this.#sorted = undefined;
      throw error;
    }
  }

  post(body: Body): SimulatedRecord {
    return this.#put({ id: newId(), createdOn: new Date().toISOString() }, body);
  }

  delete(id: string): SimulatedRecord {
    const record = this.#existing(id);
    this.#records.delete(id);
    this.#sorted = undefined;
    return record;
  }

  /** What is not given stays. */
  patch(body: Body): SimulatedRecord {
    const record = this.#existing(body['id']);
    const { form, createdOn: _createdOn, ...rest } = record;
    const { content, data, priority } = form;
    return this.#put(record, {
      ...rest,
      ...(data === undefined ? { content } : { data }),
      ...(priority === undefined ? {} : { priority }),
      ...body,
    });
  }

  #existing(id: unknown): SimulatedRecord {
    const record = this.#records.get(String(id));
    if (record === undefined) throw API_ERRORS.gone();
    return record;
  }

  #put({ id, createdOn }: Pick<SimulatedRecord, 'id' | 'createdOn'>, body: Body): SimulatedRecord {
    const type = String(body['type']);
    const name = this.#nameOf(String(body['name']));
    const proxied = body['proxied'] === true;
    if (proxied && !PROXIABLE.has(type)) throw API_ERRORS.validation(9004, 'This record type cannot be proxied.');
    const form = readForm(type, body);
    const comment = (body['comment'] ?? '') as string;
    const tags = (body['tags'] ?? []) as readonly string[];
    const limits = LIMITS[this.plan];
    const ttl = Number(body['ttl']);
    if (ttl !== 1 && !(ttl >= limits.minTtl && ttl <= 86_400)) {
      throw API_ERRORS.validation(9021, `TTL must be between ${limits.minTtl} and 86400 seconds, or 1 for Automatic.`);
    }
    if (Array.from(comment).length > limits.comment || /[\r\n]/.test(comment)) {
      throw API_ERRORS.validation(9301, `DNS record comment is longer than ${limits.comment} characters, or has a line end.`);
    }
    if (tags.length > limits.tags) {
      throw API_ERRORS.validation(9300, `DNS record has ${tags.length} tags, exceeding the quota of ${limits.tags}.`);
    }
    const settings = (body['settings'] ?? {}) as Body;
    const record = {
      id,
      name,
      type,
      form,
      ttl: proxied ? 1 : ttl,
      proxied,
      comment,
      tags: [...tags].sort(),
      settings,
      createdOn,
    };
    this.#check(record);
    this.#records.set(id, record);
    this.#sorted = undefined;
    return record;
  }

  /** The vendor completes what does not end in the zone's name. */
  #nameOf(given: string): string {
    // oxlint-disable-next-line no-control-regex -- the range is all of ASCII
    const name = /^[\u0000-\u007f]*$/.test(given) ? given.toLowerCase() : domainToASCII(given);
    if (
      name === '' ||
      name.endsWith('.') ||
      name.length > 253 ||
      name.split('.').some((label) => label === '' || label.length > 63)
    ) {
      throw API_ERRORS.validation(9000, 'DNS name is invalid.');
    }
    if (name.lastIndexOf('*') > 0) throw API_ERRORS.validation(9000, 'DNS name is invalid.');
    return name === this.name || name.endsWith(`.${this.name}`) ? name : `${name}.${this.name}`;
  }

  #check(record: SimulatedRecord): void {
    const { id, name, type, form } = record;
    const others = [...this.#records.values()].filter((other) => other.id !== id && other.name === name);
    const same = others.filter((other) => other.type === type);
    const number = scanRRType(type) ?? 0;
    const twin = same.find(
      (other) => other.form.content === form.content && rdataKey(number, other.form.rdata) === rdataKey(number, form.rdata),
    );
    if (twin !== undefined) {
      throw twin.ttl === record.ttl && twin.proxied === record.proxied ? API_ERRORS.identical() : API_ERRORS.exists();
    }
    const has = (...types: readonly string[]): boolean => others.some((other) => types.includes(other.type));
    if (type === 'CNAME' && has('A', 'AAAA', 'CNAME')) throw API_ERRORS.addressOrCnameExists();
    if ((type === 'A' || type === 'AAAA') && has('CNAME')) throw API_ERRORS.cnameExists();
    const belowApex = name !== this.name;
    if (belowApex && type !== 'NS' && type !== 'DS' && has('NS')) throw API_ERRORS.nsExists();
    if (belowApex && type === 'NS' && others.some((other) => other.type !== 'NS' && other.type !== 'DS')) {
      throw API_ERRORS.addressOrCnameExists();
    }
    const characters = [...same, record].reduce((sum, other) => sum + other.form.content.length, 0);
    if (characters > 8192) throw API_ERRORS.validation(9209, 'Records of one name and type exceed 8192 characters.');
  }
}

/** Lines of a zone file, in order; what goes beyond DNS behind a semicolon. */
export function linesOfZone({ records }: SimulatedZone): string[] {
  return records
    .map(({ name, type, ttl, form, proxied, comment, tags }) => {
      const beyond = [...(proxied ? ['proxied'] : []), ...(comment === '' ? [] : [JSON.stringify(comment)]), ...tags].join(' ');
      return `${name}. ${ttl} ${type} ${printRdata(scanRRType(type) ?? 0, form.rdata)}${beyond === '' ? '' : ` ; ${beyond}`}`;
    })
    .sort();
}

/** @param fresh in the answer to the request that made it, where TXT is still as it was sent */
export function recordJson(record: SimulatedRecord, fresh = false): Body {
  const { id, name, type, form, ttl, proxied, comment, tags, settings, createdOn } = record;
  return {
    id,
    name,
    type,
    content: fresh ? form.content : shownContent(type, form),
    ...(form.priority === undefined ? {} : { priority: form.priority }),
    ...(form.data === undefined ? {} : { data: form.data }),
    proxiable: PROXIABLE.has(type),
    proxied,
    ttl,
    settings,
    meta: {},
    comment: comment === '' ? null : comment,
    tags,
    created_on: createdOn,
    modified_on: createdOn,
  };
}

function newId(): string {
  return randomUUID().replaceAll('-', '');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
