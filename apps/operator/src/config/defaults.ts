import { type AnnotationSettings, DEFAULT_ANNOTATION_KEYS } from '@kubezone/app';

/** The TTL of what says nothing about it, in seconds: external-dns's and Mate's. */
export const DEFAULT_TTL = 300;

/** From the end of an audit to the beginning of the next. */
export const DEFAULT_INTERVAL_MS = 60_000;

/** The annotations that k8s-node-dns reads; and external-dns's, which says what to publish. */
export const DEFAULT_ANNOTATIONS: AnnotationSettings = { ...DEFAULT_ANNOTATION_KEYS, target: 'honour' };

/** The key of a Secret that holds ARES's configuration, and where the Secret is. */
export const DEFAULT_SECRET = { key: 'ares.yaml', namespace: 'default' } as const;
