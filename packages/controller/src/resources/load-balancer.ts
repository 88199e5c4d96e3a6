import { type Fields, fieldsAt, readItems, stringAt } from './fields.ts';

const NONE: readonly string[] = Object.freeze([]);

/**
 * Where a load balancer can be reached: the entries of `status.loadBalancer.ingress`, each as its address, or as its host name where it has no
 * address. With both, the name is how the provider calls what the address already says.
 */
export function loadBalancerTargets(raw: Fields): readonly string[] {
  const balancer = fieldsAt(fieldsAt(raw, 'status') ?? {}, 'loadBalancer', 'status');
  let targets: string[] | undefined;
  readItems(balancer, 'ingress', 'status.loadBalancer', (entry) => {
    const target = stringAt(entry, 'ip', '') || stringAt(entry, 'hostname', '') || '';
    if (target !== '') (targets ??= []).push(target);
  });
  return targets ?? NONE;
}
