import { isAtOrBelow, isBelow, isFailure, type OwnerName, scanUnicodeName } from '@kubezone/core';

import { fieldsOf } from './endpoint.ts';

/** Which names a webhook is for: by domains, or by regular expressions. */
export type DomainFilter =
  | { readonly kind: 'domains'; readonly include: readonly Domain[]; readonly exclude: readonly Domain[] }
  | { readonly kind: 'patterns'; readonly include: RegExp | undefined; readonly exclude: RegExp | undefined };

/** A domain of a filter. */
export interface Domain {
  readonly name: OwnerName;
  /** Names below it alone: it is written with a leading dot. */
  readonly belowOnly: boolean;
}

/** Everything. */
export const NO_FILTER: DomainFilter = { kind: 'domains', include: [], exclude: [] };

/**
 * Reads the filter with which a webhook answers the negotiation: `{"include": […], "exclude": […]}` or `{"regexInclude": …, "regexExclude": …}`.
 *
 * @returns a sentence where it is none
 */
export function readDomainFilter(value: unknown): DomainFilter | string {
  if (value === null) return NO_FILTER;
  const fields = fieldsOf(value);
  if (fields === undefined) return 'the domain filter is no object';
  const include = readDomains(fields.get('include'));
  const exclude = readDomains(fields.get('exclude'));
  if (typeof include === 'string') return `include: ${include}`;
  if (typeof exclude === 'string') return `exclude: ${exclude}`;
  const patterns = [readPattern(fields.get('regexinclude')), readPattern(fields.get('regexexclude'))];
  const fault = patterns.find((pattern) => typeof pattern === 'string');
  if (typeof fault === 'string') return fault;
  const [regexInclude, regexExclude] = patterns as (RegExp | undefined)[];
  if (regexInclude === undefined && regexExclude === undefined) return { kind: 'domains', include, exclude };
  if (include.length + exclude.length > 0) return 'it has domains and regular expressions; one of both is expected';
  return { kind: 'patterns', include: regexInclude, exclude: regexExclude };
}

/** Whether a filter lets a name pass, by label boundaries. What is excluded is not included. */
export function passes(filter: DomainFilter, name: OwnerName): boolean {
  if (filter.kind === 'patterns') {
    const text = name.slice(0, -1);
    return filter.exclude?.test(text) !== true && filter.include?.test(text) !== false;
  }
  const covers = ({ name: domain, belowOnly }: Domain): boolean =>
    belowOnly ? isBelow(name, domain) : isAtOrBelow(name, domain);
  return (filter.include.length === 0 || filter.include.some(covers)) && !filter.exclude.some(covers);
}

/** Whether any name at or below an apex may pass. */
export function mayHold(filter: DomainFilter, apex: OwnerName): boolean {
  if (filter.kind === 'patterns' || filter.include.length === 0) return true;
  return filter.include.some(({ name }) => isAtOrBelow(name, apex) || isAtOrBelow(apex, name));
}

function readDomains(value: unknown): readonly Domain[] | string {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return 'a list is expected';
  const domains: Domain[] = [];
  for (const text of value as readonly unknown[]) {
    if (typeof text !== 'string') return 'a list of texts is expected';
    const trimmed = text.trim();
    const belowOnly = trimmed.startsWith('.');
    const plain = belowOnly ? trimmed.slice(1) : trimmed;
    if (plain === '') continue;
    const name = scanUnicodeName(plain);
    if (isFailure(name)) return name.message;
    domains.push({ name, belowOnly });
  }
  return domains;
}

function readPattern(value: unknown): RegExp | undefined | string {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value !== 'string') return 'a regular expression is expected as text';
  try {
    // Go's inline flags at the beginning are the one thing of its syntax that people use and JavaScript lacks.
    const [, flags = '', pattern = ''] = /^(?:\(\?([ims]+)\))?([^]*)$/.exec(value) ?? [];
    return new RegExp(pattern, flags);
  } catch {
    return `the regular expression ${JSON.stringify(value)} is not understood`;
  }
}
