import { type LabelSelector, scanLabelSelector, type SourceFilters } from '@kubezone/controller';
import * as z from 'zod/mini';

import { anyText, listOf, oneOf, optionalMap, type SchemaOf, textLeaf } from './leaf.ts';

/** The types of Services (core/v1, ServiceSpec.type). */
const SERVICE_TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const;

/** A selector, as `kubectl -l` takes it. The empty one, which would select everything, is a slip of whoever means to select. */
const selector = (what: string): SchemaOf<LabelSelector> =>
  textLeaf(`${what} such as app=web,tier in (front, back)`, (text) => (text.trim() === '' ? undefined : scanLabelSelector(text)));

const labelSelector = selector('a label selector');
const words = (what: string): SchemaOf<readonly string[]> => listOf(anyText(`the name of ${what}`), `a list of names of ${what}`);

/** The schema of `filters`. */
export const filterSchema: SchemaOf<SourceFilters> = z.pipe(
  optionalMap({
    annotation: selector('a selector of annotations'),
    label: labelSelector,
    ingressClasses: words('an IngressClass'),
    gatewayClasses: words('a GatewayClass'),
    gateways: optionalMap({ names: words('a Gateway'), namespaces: words('a namespace'), labels: labelSelector }),
    serviceSelectors: listOf(labelSelector, 'a list of label selectors'),
    serviceTypes: listOf(oneOf(SERVICE_TYPES), `a list of types: ${SERVICE_TYPES.join(', ')}`),
  }),
  z.transform(({ gatewayClasses, gateways, ...same }): SourceFilters => {
    if (gatewayClasses === undefined && gateways === undefined) return same;
    const { labels, ...rest } = gateways ?? {};
    return {
      ...same,
      gateways: {
        ...rest,
        ...(gatewayClasses === undefined ? {} : { classes: gatewayClasses }),
        ...(labels === undefined ? {} : { labels: [labels] }),
      },
    };
  }),
);
