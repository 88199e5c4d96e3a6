import { hash } from 'node:crypto';

import { FINALIZER_PREFIX } from '../resources/record.ts';

/** What the name behind the prefix may be: Kubernetes calls it a qualified name (k8s.io/apimachinery, `IsQualifiedName`). */
const QUALIFIED = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * The finalizer by which an operator has Records wait: `kubezone.io/published-by-prod`. Each owner id has its own, so that one operator never takes off what another waits for.
 *
 * @param owner the owner id; one that does not fit in a name is hashed
 */
export function finalizerOf(owner: string): string {
  const name = `published-by-${owner}`;
  return FINALIZER_PREFIX + (QUALIFIED.test(name) ? name : `published-by-${hash('sha256', owner).slice(0, 16)}`);
}
