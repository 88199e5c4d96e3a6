import { quote } from '../resources/fields.ts';

/**
 * Label selectors, as Kubernetes has them (k8s.io/apimachinery, pkg/labels): in text, as `kubectl -l` takes them, and as objects (meta/v1,
 * LabelSelector).
 */

/** One requirement of a selector. */
export type LabelRequirement =
  | { readonly key: string; readonly operator: 'exists' | 'does-not-exist' }
  /** `in` a single value is also how `key=value` is held. The values in order, each once. */
  | { readonly key: string; readonly operator: 'in' | 'not-in'; readonly values: readonly string[] }
  /** Compares as whole numbers of 64 bits. */
  | { readonly key: string; readonly operator: 'greater' | 'less'; readonly than: bigint };

/** All requirements must hold; a selector without any selects everything. */
export type LabelSelector = readonly LabelRequirement[];

/** The longest text of a selector, and the most requirements and values in one: more is no person's work. */
export const MAX_SELECTOR_TEXT = 4096;

/** Whether labels (or annotations) meet a selector. `!=` and `notin` hold, too, where there is no such label. */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every((requirement) => {
    const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
    switch (requirement.operator) {
      case 'exists':
        return value !== undefined;
      case 'does-not-exist':
        return value === undefined;
      case 'in':
        return value !== undefined && requirement.values.includes(value);
      case 'not-in':
        return value === undefined || !requirement.values.includes(value);
      case 'greater':
      case 'less': {
        const number = wholeNumber(value);
        if (number === undefined) return false;
        return requirement.operator === 'greater' ? number > requirement.than : number < requirement.than;
      }
      default:
        return requirement satisfies never;
    }
  });
}

/** The labels that a selector looks at. */
export function selectorKeys(selector: LabelSelector): readonly string[] {
  return [...new Set(selector.map(({ key }) => key))];
}

/** Prints a selector so that equal selectors have equal texts: `app in (a,b),tier=front`. */
export function printLabelSelector(selector: LabelSelector): string {
  return selector
    .map((requirement) => printRequirement(requirement))
    .toSorted()
    .join(',');
}

function printRequirement(requirement: LabelRequirement): string {
  const { key, operator } = requirement;
  switch (operator) {
    case 'exists':
      return key;
    case 'does-not-exist':
      return `!${key}`;
    case 'in':
    case 'not-in': {
      const { values } = requirement;
      if (values.length === 1) return `${key}${operator === 'in' ? '=' : '!='}${values[0]}`;
      return `${key} ${operator === 'in' ? 'in' : 'notin'} (${values.join(',')})`;
    }
    case 'greater':
      return `${key}>${requirement.than}`;
    case 'less':
      return `${key}<${requirement.than}`;
    default:
      return operator satisfies never;
  }
}

/** What is wrong with a requirement. */
export interface RequirementFault {
  /** Which part of it. */
  readonly part: 'key' | 'values';
  readonly found: string;
  readonly expected: string;
}

/** The values of a requirement as they are held: in order, each once, so that equal requirements have equal values. */
export function requirementValues(values: Iterable<string>): readonly string[] {
  return [...new Set(values)].toSorted();
}

/** What is wrong with a requirement, by the rules that the Kubernetes API has for names and values of labels. */
export function checkRequirement(requirement: LabelRequirement): RequirementFault | undefined {
  const { key, operator } = requirement;
  const at = key.indexOf('/');
  const prefix = at < 0 ? undefined : key.slice(0, at);
  if (!LABEL_NAME.test(key.slice(at + 1)) || (prefix !== undefined && (prefix.length > 253 || !SUBDOMAIN.test(prefix)))) {
    return { part: 'key', found: `the label ${quote(key)}`, expected: `[prefix/]name with ${LABEL_CHARACTERS}` };
  }
  if (operator !== 'in' && operator !== 'not-in') return undefined;
  if (requirement.values.length === 0) return { part: 'values', found: `no values for ${quote(key)}`, expected: 'at least one' };
  for (const value of requirement.values) {
    if (value !== '' && !LABEL_NAME.test(value)) {
      return { part: 'values', found: `the value ${quote(value)} of ${quote(key)}`, expected: LABEL_CHARACTERS };
    }
  }
  return undefined;
}

/** What JavaScript's own conversion would accept beyond a decimal number (`""`, `0x10`, `1n`) is none. */
export function wholeNumber(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[+-]?\d{1,19}$/.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined;
}

const LABEL_CHARACTERS = 'at most 63 letters, digits, "-", "_" and "."';
const LABEL_NAME = /^(?=.{1,63}$)[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
