import type { LabelSelector } from '../../selectors/label-selector.ts';
import { readLabelSelector } from '../../selectors/read-label-selector.ts';
import { describe, type Fields, fieldsAt, MalformedObject, stringAt } from '../fields.ts';

/** From which namespaces objects may attach themselves. */
export type AllowedNamespaces =
  | { readonly from: 'All' | 'Same' | 'None' }
  /** Without a selector: from none. */
  | { readonly from: 'Selector'; readonly selector: LabelSelector | undefined };

const FROM = ['All', 'Same', 'None', 'Selector'] as const;

/** The few that nearly all listeners have: one object in memory for each. */
const PLAIN = { All: { from: 'All' }, Same: { from: 'Same' }, None: { from: 'None' } } as const;

/**
 * Reads `namespaces` of `allowedRoutes` or `allowedListeners`.
 *
 * @param unset what holds where nothing is said
 */
export function readAllowedNamespaces(allowed: Fields | undefined, path: string, unset: 'Same' | 'None'): AllowedNamespaces {
  const namespaces = allowed === undefined ? undefined : fieldsAt(allowed, 'namespaces', path);
  if (namespaces === undefined) return PLAIN[unset];
  const place = `${path}.namespaces`;
  const found = stringAt(namespaces, 'from', place) ?? unset;
  const from = FROM.find((one) => one === found);
  if (from === undefined) throw new MalformedObject(`${place}.from`, describe(found), FROM.join(', '));
  if (from !== 'Selector') return PLAIN[from];
  return { from, selector: readLabelSelector(namespaces, 'selector', place) };
}
