import { type DesiredRRset, isFailure, MAX_TTL, type OwnerName } from '@kubezone/core';

import { podAddresses } from '../records/pod-addresses.ts';
import { readAliasValues, readRdataValues } from '../records/read-record-values.ts';
import { readRecordDemand, type RecordDemand } from '../records/record-demand.ts';
import { RECORD_RULES } from '../records/record-rules.ts';
import { countsForRecords, PODS_BY_LABEL, RECORDS_BY_POD_LABEL, recordsSelecting } from '../records/selected-pods.ts';
import { abridge } from '../resources/fields.ts';
import { type NodeObject, NODES } from '../resources/node.ts';
import { type PodObject, PODS } from '../resources/pod.ts';
import { type RecordObject, RECORDS } from '../resources/record.ts';
import type { ObjectKey } from '../resources/resource.ts';
import type { ObjectReader } from '../store/object-store.ts';
import { sameContent } from '../store/same-content.ts';
import { desireTargets, type TargetQualifiers } from './desire-targets.ts';
import { sameAddresses } from './node-targets.ts';
import type { Naming } from './naming.ts';
import { keptFor, type ObjectSourceOptions, readAnnotations } from './object-source.ts';
import { PODS_ON_NODE } from './pods-on-node.ts';
import { ProblemList } from './problem-list.ts';
import type { Dependency, Desire, Source } from './source.ts';
import { isZonesOwn, NOT_THE_ZONES_OWN } from './zone-own-types.ts';

export interface RecordOptions extends ObjectSourceOptions {
  /**
   * Whether pods and nodes are watched, for Records that select pods. Without, only Records with values have data, and no rights on
   * pods and nodes are needed.
   *
   * @default true
   */
  readonly pods?: boolean;
}

/**
 * RRsets as ARES's custom resource asks for them: with the values that it states, or with the addresses of the nodes on which the pods run that it
 * selects, of its own namespace.
 */
export function record(options: RecordOptions): Source<RecordObject> {
  const { naming, pods: followsPods = true } = options;

  const pods: Dependency<PodObject> = {
    resource: PODS,
    labels: 'all',
    concerns: recordsSelecting,
    differs: (before, after) =>
      countsForRecords(before) !== countsForRecords(after) ||
      (countsForRecords(after) && (before.node !== after.node || !sameContent(before.labels, after.labels))),
  };
  const nodes: Dependency<NodeObject> = {
    resource: NODES,
    concerns: recordsOnNode,
    differs: (before, after) => !sameAddresses(before, after),
  };

  return {
    kind: 'record',
    resource: RECORDS,
    reads: followsPods ? [pods, nodes] : [],
    indexes: followsPods ? [PODS_BY_LABEL, PODS_ON_NODE, RECORDS_BY_POD_LABEL] : [],
    ...keptFor(options),
    desire(object, store): Desire {
      const read = readAnnotations(object, options);
      if (read.kind === 'silent') return read.desire;
      const { external } = read;
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      const owners = readOwners(object, naming, problems);
      const demand = readRecordDemand(object, problems);
      if (owners.length > 0 && demand !== undefined) {
        const seconds = readTtl(object, problems) ?? external.ttl;
        const ttl = (owner: OwnerName): number => seconds ?? naming.ttlOf(owner);
        if (demand.kind === 'pods') {
          const targets = followsPods ? podAddresses(object, demand, store, problems) : reportUnfollowed(problems);
          desireTargets(owners, ttl, targets, external, desired);
        } else if (demand.kind === 'rdata' && isZonesOwn(demand.type, owners, naming)) {
          const message = `spec.type: found ${demand.typeName}, expected ${NOT_THE_ZONES_OWN}`;
          problems.add({ code: 'RECORD_TYPE_INVALID', path: 'spec.type', message });
        } else desireValues(owners, ttl, demand, external, problems, desired);
      }
      return { desired, problems: [...external.problems, ...problems.all()], ...problems.outside() };
    },
  };
}

/** The Records that select a pod on a node, each once. */
function* recordsOnNode({ name }: NodeObject, store: ObjectReader): Generator<ObjectKey> {
  const found = new Set<ObjectKey>();
  for (const pod of store.select(PODS_ON_NODE, name)) {
    for (const key of recordsSelecting(pod, store)) {
      if (found.has(key)) continue;
      found.add(key);
      yield key;
    }
  }
}

function readOwners({ fqdn }: RecordObject, naming: Naming, problems: ProblemList): readonly OwnerName[] {
  const path = 'spec.fqdn';
  const owners = naming.ownersOf(fqdn, 'absolute');
  const found = JSON.stringify(abridge(fqdn));
  if (isFailure(owners)) {
    const expected = owners.code === 'NAME_RESERVED' ? RECORD_RULES.unreserved : `${RECORD_RULES.fqdn}: ${owners.message}`;
    problems.add({ code: 'OWNER_NAME_INVALID', path, message: `${path}: found ${found}, expected ${expected}` });
    return [];
  }
  if (owners.length === 0) {
    problems.addOutside(fqdn);
    // An object of any other kind is not told; a Record has no other purpose than its name.
    problems.add({ code: 'NAME_OUTSIDE_ZONES', path, message: `${path}: found ${found}, expected a name in a configured zone` });
  }
  return owners;
}

/** Undefined where the Record says nothing; a TTL of 0 is one (RFC 1035, section 3.2.1: not to be kept). */
function readTtl({ ttl }: RecordObject, problems: ProblemList): number | undefined {
  if (ttl === undefined || (Number.isInteger(ttl) && ttl >= 0 && ttl <= MAX_TTL)) return ttl;
  const path = 'spec.ttl';
  const message = `${path}: found ${ttl}, expected a whole number of seconds from 0 to ${MAX_TTL}`;
  problems.add({ code: 'TTL_INVALID', path, message });
  return undefined;
}

function reportUnfollowed(problems: ProblemList): readonly [] {
  const path = 'spec.valueFrom';
  const message = `${path}: found a selector of pods, expected values: pods are not followed here, by configuration`;
  problems.add({ code: 'NODE_ADDRESSES_MISSING', path, message });
  return [];
}

function desireValues(
  owners: readonly OwnerName[],
  ttl: (owner: OwnerName) => number,
  demand: Exclude<RecordDemand, { kind: 'pods' }>,
  { setIdentifier, properties }: TargetQualifiers,
  problems: ProblemList,
  desired: DesiredRRset[],
): void {
  if (demand.kind === 'alias') {
    const names = readAliasValues(demand.values, problems);
    const targets = names.map((name) => ({ kind: 'hostname', name }) as const);
    desireTargets(owners, ttl, targets, { setIdentifier, properties }, desired);
    return;
  }
  const rdatas = readRdataValues(demand, problems);
  for (const owner of owners) {
    if (rdatas.length === 0) desired.push({ kind: 'existence', owner });
    else {
      desired.push({
        kind: 'rrset',
        owner,
        type: demand.type,
        ttl: ttl(owner),
        rdatas,
        ...(setIdentifier === undefined ? {} : { setIdentifier }),
        ...(properties === undefined ? {} : { properties }),
      });
    }
  }
}
