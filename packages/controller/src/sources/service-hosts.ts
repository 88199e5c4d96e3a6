import { annotationPath } from '../annotations/annotation.ts';
import { type ExternalDnsAnnotations, externalDnsPath } from '../annotations/external-dns.ts';
import { MAX_HOSTNAMES, splitList } from '../annotations/list.ts';
import { type ServiceObject, SERVICES } from '../resources/service.ts';
import type { HostList } from './host-owners.ts';
import type { ProblemList } from './problem-list.ts';
import { type TemplatedNames, templatedHosts } from './templated-names.ts';

/** CoreDNS's annotation of a Service's host names, which k8s_gateway reads before all others. */
export const COREDNS_HOSTNAME = 'coredns.io/hostname';
/** Mate's annotation of a Service's host names. */
export const MATE_HOSTNAME = 'zalando.org/dnsname';

/**
 * The host names that a Service asks for, by the first that is there of `coredns.io/hostname`, external-dns's `hostname` and
 * `zalando.org/dnsname`; then by the template. An annotation that is empty or wrong still counts as there.
 *
 * @returns undefined where the Service asks for no host by any of these, and there is no template, which stands in the place of default names though it makes
 * none of this Service
 */
export function serviceHosts(
  service: ServiceObject,
  external: ExternalDnsAnnotations,
  template: TemplatedNames | undefined,
  problems: ProblemList,
): readonly HostList[] | undefined {
  const annotated = template?.use === 'only' ? undefined : annotatedHosts(service, external, problems);
  const lists: HostList[] = annotated === undefined ? [] : [annotated];
  if (template === undefined) return annotated === undefined ? undefined : lists;
  const templated = templatedHosts(template, service, SERVICES, annotated !== undefined, problems);
  lists.push({ hosts: templated, scope: 'absolute', path: 'the template' });
  return lists;
}

function annotatedHosts(service: ServiceObject, external: ExternalDnsAnnotations, problems: ProblemList): HostList | undefined {
  const listed = (name: string, text: string): HostList => {
    const path = annotationPath(name);
    return { hosts: splitList(text, path, 'host names', MAX_HOSTNAMES, problems), scope: 'relative', path };
  };
  const coredns = service.annotations[COREDNS_HOSTNAME];
  if (coredns !== undefined) return listed(COREDNS_HOSTNAME, coredns);
  if (external.hostnamesGiven) {
    return { hosts: external.hostnames, scope: 'relative', path: externalDnsPath(service.annotations, 'hostname') };
  }
  const mate = service.annotations[MATE_HOSTNAME];
  return mate === undefined ? undefined : listed(MATE_HOSTNAME, mate);
}
