import { booleanAt, fieldsAt, readItems, stringAt } from './fields.ts';
import { keptAnnotations, keptLabels } from './kept-metadata.ts';
import { sameContent } from '../store/same-content.ts';
import type { Resource, StoredObject } from './resource.ts';

/** A Pod, trimmed: of a hundred fields, where it runs and how it is found. */
export interface PodObject extends StoredObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The name of the node on which it runs; empty while it is not scheduled. */
  readonly node: string;
  /** Of both families. */
  readonly podIPs: readonly string[];
  /** `spec.hostname`: what it calls itself, as pods of a StatefulSet do; otherwise empty. */
  readonly hostname: string;
  readonly hostNetwork: boolean;
  /** In phase `Succeeded` or `Failed`: its containers run no more, and never will again. */
  readonly finished: boolean;
}

const NONE: readonly string[] = Object.freeze([]);

export const PODS: Resource<PodObject> = {
  id: 'pods',
  apiVersion: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  project(raw, base, keep) {
    const spec = fieldsAt(raw, 'spec');
    const status = fieldsAt(raw, 'status');
    const phase = stringAt(status, 'phase', 'status') ?? '';
    let podIPs: string[] | undefined;
    readItems(status, 'podIPs', 'status', (entry) => {
      const ip = stringAt(entry, 'ip', '') ?? '';
      if (ip !== '') (podIPs ??= []).push(ip);
    });
    const podIP = stringAt(status, 'podIP', 'status') ?? '';
    return {
      ...base,
      annotations: keptAnnotations(raw, keep),
      labels: sharedLabels(keptLabels(raw, keep)),
      node: stringAt(spec, 'nodeName', 'spec') ?? '',
      podIPs: podIPs ?? (podIP === '' ? NONE : [podIP]),
      hostname: stringAt(spec, 'hostname', 'spec') ?? '',
      hostNetwork: booleanAt(spec, 'hostNetwork', 'spec') ?? false,
      finished: phase === 'Succeeded' || phase === 'Failed',
    };
  },
};

/** The labels of the pod before. */
let before: PodObject['labels'] = Object.freeze({});

/**
 * The labels of the pod before, where a pod has the same: lists are sorted by name, so that pods of one template follow each other, and of a hundred thousand mappings
 * a few hundred are kept.
 */
function sharedLabels(labels: PodObject['labels']): PodObject['labels'] {
  if (!sameContent(before, labels)) before = labels;
  return before;
}
