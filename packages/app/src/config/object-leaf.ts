import { type SchemaOf, textLeaf } from './leaf.ts';

/** A label of RFC 1123, as names of namespaces are; an object's name may have several, with dots between them. */
const OBJECT = /^([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\/([a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?)$/;

/** An object's name within its kind. */
export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** An object as `NAMESPACE/NAME`. */
export const objectLeaf: SchemaOf<ObjectName> = textLeaf('NAMESPACE/NAME', (text) => {
  const [, namespace, name] = OBJECT.exec(text) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
});
