import { printMicroTime } from '../cluster/kubernetes/micro-time.ts';
import { type Fields, isFields } from '../resources/fields.ts';

/** Where a Lease is. */
export interface LeasePlace {
  readonly namespace: string;
  readonly name: string;
}

/** The path of a Lease. */
export function leasePath({ namespace, name }: LeasePlace): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases/${encodeURIComponent(name)}`;
}

/** A Lease (coordination.k8s.io/v1), as far as an election looks at it. */
export interface Lease {
  /** The whole object: what others have written into it (annotations, say) is sent back as it was. */
  readonly object: Fields;
  /** Empty: nobody holds it. */
  readonly holder: string;
  /** For how long after a renewal it counts, by its holder's word, in milliseconds; undefined where it does not say. */
  readonly durationMs: number | undefined;
  /** How often it has passed from one holder to another. */
  readonly transitions: number;
  /** Differs after every renewal; its times are another machine's clock, and good for nothing else. */
  readonly renewal: string;
  /** Whether it was held once. */
  readonly used: boolean;
}

/** Reads a Lease. Fields that are not what the API says count as absent: then the Lease is nobody's. */
export function readLease(object: Fields): Lease {
  const spec = isFields(object['spec']) ? object['spec'] : {};
  const { holderIdentity, leaseDurationSeconds, leaseTransitions, renewTime } = spec;
  return {
    object,
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    durationMs: typeof leaseDurationSeconds === 'number' && leaseDurationSeconds > 0 ? leaseDurationSeconds * 1000 : undefined,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    renewal: JSON.stringify([holderIdentity, renewTime, leaseTransitions]),
    used: typeof renewTime === 'string',
  };
}

/** What a Lease is to say. */
export interface LeaseTerms extends LeasePlace {
  readonly identity: string;
  readonly leaseMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * A Lease that is held by us: a new one, one that was renewed, or one that was taken over.
 *
 * @param before as it stands; its `resourceVersion` is the condition of the write
 */
export function heldLease(before: Lease | undefined, { namespace, name, identity, leaseMs, now }: LeaseTerms): Fields {
  const renewTime = printMicroTime(now);
  const renewed = before !== undefined && before.holder === identity;
  const previous = specOf(before);
  return {
    ...(before?.object ?? { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } }),
    spec: {
      ...previous,
      holderIdentity: identity,
      leaseDurationSeconds: Math.round(leaseMs / 1000),
      acquireTime: renewed ? (previous['acquireTime'] ?? renewTime) : renewTime,
      renewTime,
      leaseTransitions: before === undefined ? 0 : before.transitions + (renewed ? 0 : 1),
    },
  };
}

/** A Lease that its holder gives back, so that the next one need not wait: without a holder, as client-go leaves it. */
export function releasedLease(before: Lease, now: number): Fields {
  const { holderIdentity: _, ...spec } = specOf(before);
  const time = printMicroTime(now);
  return { ...before.object, spec: { ...spec, leaseDurationSeconds: 1, acquireTime: time, renewTime: time } };
}

function specOf(lease: Lease | undefined): Fields {
  const spec = lease?.object['spec'];
  return isFields(spec) ? spec : {};
}
