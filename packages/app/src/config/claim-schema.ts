import { type Claim, isFailure, type OwnerName, ParseFailure, scanUnicodeName } from '@kubezone/core';

import { listOf, nonEmpty, type SchemaOf, strictMap, textLeaf } from './leaf.ts';

/** A label of RFC 1123, as names of namespaces are. */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const namespace = textLeaf('the name of a namespace, or * for all', (text) =>
  text === '*' || NAMESPACE.test(text) ? text : undefined,
);

/** A name, absolute with or without its final dot; `*.` before it stands for all names below it. */
const pattern: SchemaOf<OwnerName> = textLeaf(
  'a domain name such as a.example.com, or *.a.example.com for all below it',
  (text) => {
    if (text === '@' || /\s/.test(text)) return undefined;
    const name = scanUnicodeName(text);
    if (!isFailure(name) && name.slice(1).includes('*'))
      return new ParseFailure('BAD_FIELD', `in ${JSON.stringify(text)} an asterisk does not stand first, by itself`);
    return name;
  },
);

/** The schema of `claims`. */
export const claimsSchema: SchemaOf<readonly Claim[]> = listOf(
  strictMap({
    namespaces: nonEmpty(listOf(namespace, 'a list of namespaces'), 'at least one namespace'),
    names: nonEmpty(listOf(pattern, 'a list of names'), 'at least one name'),
  }),
  'a list of {namespaces, names}',
);
