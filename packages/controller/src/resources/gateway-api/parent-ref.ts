import { type Fields, fieldsAt, numberAt, readItems, stringAt } from '../fields.ts';
import { keyOf, type ObjectKey } from '../resource.ts';
import { GATEWAY_API_GROUP, MAX_ITEMS } from './gateway-api.ts';
import { readLimited } from './read-lists.ts';

/** A Gateway or ListenerSet that a route wants to attach itself to, all of it or one listener. */
export interface ParentRef {
  /** Its index in `spec.parentRefs`, for messages. */
  readonly index: number;
  readonly kind: 'Gateway' | 'ListenerSet';
  readonly key: ObjectKey;
  /** The listener's name. */
  readonly sectionName?: string;
  /** The listeners' port. */
  readonly port?: number;
  /** The controllers that have accepted it: condition `Accepted` is `True` in an entry of `status.parents` for exactly this reference. */
  readonly acceptedBy: readonly string[];
  /** Why other controllers have not: the reasons of their conditions. */
  readonly refusals: readonly string[];
}

type Referent = Omit<ParentRef, 'index' | 'acceptedBy' | 'refusals'>;

const NOBODY: readonly string[] = Object.freeze([]);

/**
 * Reads `spec.parentRefs` and what `status.parents` says of each. References to other kinds (Services, in a mesh) have nothing to do with names, and are
 * left out.
 *
 * @param namespace the route's
 */
export function readParentRefs(raw: Fields, namespace: string): readonly ParentRef[] {
  const refs: Referent[] = [];
  const indexes: number[] = [];
  let index = 0;
  readLimited(fieldsAt(raw, 'spec'), 'parentRefs', 'spec', MAX_ITEMS.parentRefs, (item) => {
    const ref = readReferent(item, namespace);
    if (ref !== undefined) {
      refs.push(ref);
      indexes.push(index);
    }
    index++;
  });
  if (refs.length === 0) return [];
  const verdicts = readVerdicts(raw, namespace);
  return refs.map((ref, at) => {
    const own = verdicts.filter((verdict) => sameReferent(verdict.ref, ref));
    const accepted = own.filter((verdict) => verdict.accepted);
    const refused = own.filter((verdict) => !verdict.accepted);
    return {
      index: indexes[at] ?? 0,
      ...ref,
      acceptedBy: accepted.length === 0 ? NOBODY : accepted.map(({ controller }) => controller),
      refusals: refused.length === 0 ? NOBODY : refused.map(({ controller, reason }) => `${controller}: ${reason}`),
    };
  });
}

/** What one controller says of one reference. */
interface Verdict {
  readonly ref: Referent;
  readonly controller: string;
  readonly accepted: boolean;
  readonly reason: string;
}

function readVerdicts(raw: Fields, namespace: string): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  readLimited(fieldsAt(raw, 'status'), 'parents', 'status', MAX_ITEMS.statusParents, (parent) => {
    const ref = readReferent(fieldsAt(parent, 'parentRef') ?? {}, namespace);
    if (ref === undefined) return;
    const { accepted, reason } = readAccepted(parent, '');
    verdicts.push({ ref, controller: stringAt(parent, 'controllerName', '') ?? '', accepted: accepted === true, reason });
  });
  return verdicts;
}

/**
 * What a list `conditions` says of acceptance: the status of `Accepted`, undefined where it is neither `True` nor `False`, and the reason.
 *
 * `observedGeneration` is not looked at: a route that is edited was accepted a moment ago, and its listeners' rules are applied here in any case.
 */
export function readAccepted(
  parent: Fields | undefined,
  path: string,
): { readonly accepted: boolean | undefined; readonly reason: string } {
  let accepted: boolean | undefined;
  let reason = 'no condition Accepted';
  readItems(parent, 'conditions', path, (condition) => {
    if (condition['type'] !== 'Accepted') return;
    const status = stringAt(condition, 'status', '');
    accepted = status === 'True' ? true : status === 'False' ? false : undefined;
    reason = stringAt(condition, 'reason', '') ?? 'no reason';
  });
  return { accepted, reason };
}

/** @returns undefined where it is no Gateway and no ListenerSet of this API */
export function readReferent(ref: Fields, namespace: string): Referent | undefined {
  const group = stringAt(ref, 'group', '') ?? GATEWAY_API_GROUP;
  const kind = stringAt(ref, 'kind', '') ?? 'Gateway';
  if (group !== GATEWAY_API_GROUP || (kind !== 'Gateway' && kind !== 'ListenerSet')) return undefined;
  const sectionName = stringAt(ref, 'sectionName', '') ?? '';
  const port = numberAt(ref, 'port', '');
  const given = stringAt(ref, 'namespace', '') ?? '';
  return {
    kind,
    key: keyOf({ namespace: given === '' ? namespace : given, name: stringAt(ref, 'name', '') ?? '' }),
    ...(sectionName === '' ? {} : { sectionName }),
    ...(port === undefined ? {} : { port }),
  };
}

function sameReferent(one: Referent, other: Referent): boolean {
  return one.kind === other.kind && one.key === other.key && one.sectionName === other.sectionName && one.port === other.port;
}
