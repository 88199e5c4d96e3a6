import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** What a candidate calls itself: the pod's name, for people, and something that no other start of a process has, not even in the same pod. */
export function candidateIdentity(): string {
  return `${hostname()}_${randomUUID()}`;
}

/**
 * The namespace in which a Lease lies if nothing is configured: this pod's own, or `default` outside of a pod.
 *
 * @param file where a pod finds its namespace
 */
export function ownNamespace(file: string = NAMESPACE_FILE): string {
  try {
    const namespace = readFileSync(file, 'utf8').trim();
    return namespace === '' ? 'default' : namespace;
  } catch {
    return 'default';
  }
}
