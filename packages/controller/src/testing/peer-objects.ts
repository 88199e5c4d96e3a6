import { isFailure } from '@kubezone/core';

import type { LabelSelector } from '../selectors/label-selector.ts';
import { scanLabelSelector } from '../selectors/scan-label-selector.ts';
import type { Source } from '../sources/source.ts';
import { templateNaming, type TemplateNaming } from '../template/templated-names.ts';
import { parseTemplate } from '../template/template.ts';
import { TemplateFailure } from '../template/template-failure.ts';
import { EXAMPLE, outcomeOf } from './source-world.ts';

/** A Service in namespace ns. @param rest its specification and status, as lines */
export const svc = (name: string, rest: string, { annotations = '', labels = '', namespace = 'ns' } = {}): string => `
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}, annotations: {${annotations}}, labels: {${labels}}}
${rest}
`;
/** A Service with a load balancer. @param ip the entries of its status */
export const balanced = (name: string, ip: string, metadata = {}): string =>
  svc(name, `spec: {type: LoadBalancer}\nstatus: {loadBalancer: {ingress: [${ip}]}}`, metadata);
/** An Ingress with one host. @param status the entries of its load balancer */
export const ing = (name: string, host: string, status: string, { annotations = '', created = 1 } = {}): string => `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, namespace: ns, creationTimestamp: "2026-01-0${created}T00:00:00Z", annotations: {${annotations}}}
spec: {rules: [{host: "${host}"}]}
status: {loadBalancer: {ingress: [${status}]}}
`;
/** A route of some kind, and the Gateway to which it refers. */
export const route = (kind: string, host: string): string => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: {name: r, namespace: ns}
spec: {parentRefs: [{name: gw}], hostnames: [${host}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gw, namespace: ns}
spec: {gatewayClassName: c, listeners: []}
status: {addresses: [{value: 192.0.2.99}]}
`;
/** A DNSEndpoint. */
export const endpoint = (...entries: string[]): string => `
---
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata: {name: e, namespace: ns}
spec: {endpoints: [${entries.map((entry) => `{${entry}}`).join(', ')}]}
`;
/** A Node that is ready. */
export const nodeOf = (name: string, addresses: string): string => `
---
apiVersion: v1
kind: Node
metadata: {name: ${name}}
status: {conditions: [{type: Ready, status: "True"}], addresses: [${addresses}]}
`;

/** A source with the option `template`, and the fields that it reads. */
export function byTemplate(
  make: (options: typeof EXAMPLE & { readonly template: TemplateNaming }) => Source,
  text: string,
  use?: 'otherwise' | 'also' | 'only',
): Source {
  const parsed = parseTemplate(text);
  if (parsed instanceof TemplateFailure) throw new Error(parsed.message);
  const template = templateNaming(parsed, 'service', use);
  return { ...make({ ...EXAMPLE, template }), fields: template.reads };
}

/** A selector. @throws {Error} where it is none */
export function scanned(text: string): LabelSelector {
  const selector = scanLabelSelector(text);
  if (isFailure(selector)) throw new Error(selector.message);
  return selector;
}

/** Objects, and what names hold by them. */
export interface SourcesCase {
  readonly rule: string;
  readonly sources: readonly Source[];
  readonly yaml: string;
  /** A record a line, sorted; see `Outcome`. */
  readonly expected: readonly string[];
  /** Codes and objects of the catalog's conflicts, and of problems; sorted. */
  readonly told?: readonly string[];
}

/** What names hold by some objects, and what their owners are told. */
export async function outcomeAndConflicts(
  sources: readonly Source[],
  yaml: string,
): Promise<{ readonly records: readonly string[]; readonly told: readonly string[] }> {
  const { records, problems, world } = await outcomeOf(sources, yaml);
  const conflicts = Array.from(world.catalog.conflicts(), ({ code, loser }) => `${code} ${loser.object}`);
  return { records, told: [...conflicts, ...problems].toSorted() };
}
