import { type Fields, isFields } from '../resources/fields.ts';
import { ExactKeys, TemplateRoot } from './template-value.ts';

/** The object that a template works on. */
export interface TemplateSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** What else of the object is known, as JSON has it: at least what the template reads. */
  readonly fields?: Fields | undefined;
}

/** Fields of metadata that Go's structs have at the top, and methods that give them. */
const PROMOTED: Readonly<Record<string, string>> = {
  Name: 'name',
  Namespace: 'namespace',
  Labels: 'labels',
  Annotations: 'annotations',
  GetName: 'name',
  GetNamespace: 'namespace',
  GetLabels: 'labels',
  GetAnnotations: 'annotations',
  UID: 'uid',
  Generation: 'generation',
  GenerateName: 'generateName',
  ResourceVersion: 'resourceVersion',
  CreationTimestamp: 'creationTimestamp',
  DeletionTimestamp: 'deletionTimestamp',
  OwnerReferences: 'ownerReferences',
  Finalizers: 'finalizers',
};

/** Names of the object itself. */
const WHOLE: ReadonlySet<string> = new Set(['Object', 'TypeMeta']);

/** Where in the object's JSON a field of the object itself stands: `Name` in `metadata.name`, `Spec` in `Spec` or `spec`, `Object` is the object. */
export function rootPath(field: string): readonly string[] {
  if (WHOLE.has(field)) return [];
  if (Object.hasOwn(PROMOTED, field)) return ['metadata', PROMOTED[field] ?? ''];
  return [field === 'ObjectMeta' || field === 'Metadata' ? 'metadata' : field];
}

/** Names that are of metadata: at the top they are written in Go's way. */
const LOWER_CASED = new Map(Object.keys(PROMOTED).map((name) => [name.toLowerCase(), name]));

/** How a field of the object is spelled, where it is spelled as one that no object has: `.name` for `.Name`. */
export function spellingOf(field: string): string | undefined {
  const right = LOWER_CASED.get(field.toLowerCase());
  return right === field ? undefined : right;
}

/** The object as a template sees it. */
export function rootOf({ apiVersion, kind, namespace, name, fields }: TemplateSubject): TemplateRoot {
  const metadata = { ...withExactKeys(fields?.['metadata']), name, ...(namespace === '' ? {} : { namespace }) };
  return new TemplateRoot({ ...fields, apiVersion, kind, metadata });
}

function withExactKeys(metadata: unknown): Fields {
  if (!isFields(metadata)) return {};
  const { labels, annotations } = metadata;
  return {
    ...metadata,
    ...(isFields(labels) ? { labels: new ExactKeys(labels) } : {}),
    ...(isFields(annotations) ? { annotations: new ExactKeys(annotations) } : {}),
  };
}
