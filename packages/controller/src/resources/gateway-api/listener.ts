import { type Fields, fieldsAt, numberAt, stringAt } from '../fields.ts';
import { type AllowedNamespaces, readAllowedNamespaces } from './allowed.ts';
import { GATEWAY_API_GROUP, MAX_ITEMS } from './gateway-api.ts';
import { readLimited } from './read-lists.ts';

/** A listener of a Gateway or a ListenerSet, trimmed to what decides which routes it takes and for which host names. */
export interface Listener {
  /** Unique in its Gateway or ListenerSet. */
  readonly name: string;
  /** A host name or `*.` and one; undefined: all of them. */
  readonly hostname?: string;
  /** Undefined in ListenerSets that leave it to the controller. */
  readonly port?: number;
  /** `HTTP`, `HTTPS`, `TLS`, `TCP`, `UDP`, or a domain-prefixed one of the implementation's own. */
  readonly protocol: string;
  readonly namespaces: AllowedNamespaces;
  /** Kinds of this API's routes that it takes; empty: those of its protocol. Those of other groups are left out, but leave the list said. */
  readonly kinds: readonly string[];
  /** Whether `kinds` were given. */
  readonly kindsGiven: boolean;
}

/** Reads `spec.listeners`. */
export function readListeners(spec: Fields | undefined): readonly Listener[] {
  const listeners: Listener[] = [];
  readLimited(spec, 'listeners', 'spec', MAX_ITEMS.listeners, (item) => listeners.push(readListener(item)));
  return listeners;
}

function readListener(item: Fields): Listener {
  const hostname = stringAt(item, 'hostname', '') ?? '';
  const port = numberAt(item, 'port', '');
  const allowed = fieldsAt(item, 'allowedRoutes');
  const kinds: string[] = [];
  let kindsGiven = false;
  readLimited(allowed, 'kinds', 'allowedRoutes', MAX_ITEMS.kinds, (kind) => {
    kindsGiven = true;
    if ((stringAt(kind, 'group', '') ?? GATEWAY_API_GROUP) === GATEWAY_API_GROUP) kinds.push(stringAt(kind, 'kind', '') ?? '');
  });
  return {
    name: stringAt(item, 'name', '') ?? '',
    ...(hostname === '' ? {} : { hostname }),
    ...(port === undefined ? {} : { port }),
    protocol: stringAt(item, 'protocol', '') ?? '',
    namespaces: readAllowedNamespaces(allowed, 'allowedRoutes', 'Same'),
    kinds,
    kindsGiven,
  };
}
