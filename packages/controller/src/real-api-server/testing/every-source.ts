import { nameOf } from '@kubezone/core';

import type { ResourceRule } from '../../sources/resource.ts';
import type { Source } from '../../sources/source.ts';
import { CLUSTER_SOURCES, makeSources } from '../../sources/source-table.ts';
import { parseTemplate, type Template } from '../../template/template.ts';
import { TemplateFailure } from '../../template/template-failure.ts';

/** All sources that read objects, at names in example.com with a TTL of 60 seconds; those of Traefik, Istio and Contour among them. */
export function everySource(): readonly Source[] {
  const names = CLUSTER_SOURCES.filter((name) => name !== 'fake');
  const resources = [TRAEFIK, ISTIO_GATEWAY, ISTIO_VIRTUAL_SERVICE, CONTOUR];
  return makeSources(names, { resources }, { zones: [{ apex: nameOf('example.com'), ttl: 60 }] });
}

/** The hosts of the rules, at the addresses of Traefik's Service. The plural is not given, here and below: the API is asked. */
const TRAEFIK: ResourceRule = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  names: template('{{range .Spec.routes}}{{hosts .match | join ","}},{{end}}'),
  targets: { kind: 'service', namespace: 'resource', name: 'proxy' },
};
const ISTIO_GATEWAY: ResourceRule = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  names: template('{{range .Spec.servers}}{{range .hosts}}{{after "/" .}},{{end}}{{end}}'),
  targets: { kind: 'service', namespace: 'resource', name: 'proxy' },
};
const ISTIO_VIRTUAL_SERVICE: ResourceRule = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  names: template('{{join "," .Spec.hosts}}'),
  targets: { kind: 'gateway', namespace: 'resource', name: 'mesh' },
};
const CONTOUR: ResourceRule = {
  apiVersion: 'projectcontour.io/v1',
  kind: 'HTTPProxy',
  names: template('{{.Spec.virtualhost.fqdn}}'),
  targets: { kind: 'template', template: template('{{range .Status.loadBalancer.ingress}}{{or .ip .hostname}},{{end}}') },
};

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if (parsed instanceof TemplateFailure) throw new Error(parsed.message);
  return parsed;
}
