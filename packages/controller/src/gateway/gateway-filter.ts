import type { GatewayObject } from '../resources/gateway-api/gateway.ts';
import { type LabelSelector, matchesLabels } from '../selectors/label-selector.ts';

/** Which Gateways count. Routes ask for nothing by way of the others, and nobody is told. Each part that is left out, or empty, lets all pass. */
export interface GatewayFilter {
  /** Names of GatewayClasses. */
  readonly classes?: readonly string[];
  /** Names of Gateways, in whichever namespace. */
  readonly names?: readonly string[];
  readonly namespaces?: readonly string[];
  /** By the Gateways' labels: at least one of these. */
  readonly labels?: readonly LabelSelector[];
}

export function passesGatewayFilter({ className, name, namespace, labels }: GatewayObject, filter: GatewayFilter): boolean {
  const { labels: selectors = [] } = filter;
  return (
    isIn(className, filter.classes) &&
    isIn(name, filter.names) &&
    isIn(namespace, filter.namespaces) &&
    (selectors.length === 0 || selectors.some((selector) => matchesLabels(selector, labels)))
  );
}

function isIn(value: string, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.includes(value);
}
