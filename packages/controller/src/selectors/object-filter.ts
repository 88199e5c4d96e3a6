import { type LabelSelector, matchesLabels, selectorKeys } from './label-selector.ts';

/** Which objects of a kind a source looks at. */
export interface ObjectFilter {
  /** By labels: at least one of these. @default all objects */
  readonly labels?: readonly LabelSelector[];
  /** By annotations, with the same syntax and meaning. @default all objects */
  readonly annotations?: LabelSelector;
}

/** Whether an object passes a filter. */
export function passesFilter(
  object: { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> },
  { labels = [], annotations = [] }: ObjectFilter,
): boolean {
  return (
    (labels.length === 0 || labels.some((one) => matchesLabels(one, object.labels))) &&
    matchesLabels(annotations, object.annotations)
  );
}

/** The labels and annotations that a filter looks at. */
export function filterKeys({ labels = [], annotations = [] }: ObjectFilter): {
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
} {
  return { labels: labels.flatMap((one) => selectorKeys(one)), annotations: selectorKeys(annotations) };
}
