import { DEFAULT_AREAS_ANNOTATION, DEFAULT_IPS_ANNOTATION, DEFAULT_SERVICE_ANNOTATION } from '@kubezone/controller';
import * as z from 'zod/mini';

import { anyText, oneOf, optionalMap, type SchemaOf, textLeaf } from './leaf.ts';

/** Which annotations are read, and how. */
export interface AnnotationSettings {
  readonly areas: string;
  readonly ips: string;
  readonly service: string;
  /** Whether external-dns's annotation for targets is followed. */
  readonly target: 'honour' | 'ignore';
  /** The value of external-dns's annotation `controller` for objects that are ours. */
  readonly controller?: string;
}

/** The annotations that k8s-node-dns reads. */
export const DEFAULT_ANNOTATION_KEYS: Readonly<Record<'areas' | 'ips' | 'service', string>> = {
  areas: DEFAULT_AREAS_ANNOTATION,
  ips: DEFAULT_IPS_ANNOTATION,
  service: DEFAULT_SERVICE_ANNOTATION,
};

/** `name` or `prefix/name`, as the keys of labels and annotations are. */
const ANNOTATION_KEY =
  /^(?=[^/]{1,253}(?:\/|$))(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;

const annotationKey = textLeaf('an annotation key such as example.com/areas', (text) =>
  ANNOTATION_KEY.test(text) ? text : undefined,
);

const given = optionalMap({
  areas: annotationKey,
  ips: annotationKey,
  service: annotationKey,
  target: oneOf(['honour', 'ignore'] as const),
  controller: anyText("a value of external-dns's annotation controller"),
});

/** The schema of `annotations`: names of annotations, and what is made of them. */
export function annotationsSchema(defaults: AnnotationSettings): SchemaOf<AnnotationSettings> {
  return z.pipe(
    given,
    z.transform((keys): AnnotationSettings => ({ ...defaults, ...keys })),
  );
}
