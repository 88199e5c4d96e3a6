import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where projects publish their custom resource definitions: a Go module, and the folder in it. */
const PUBLISHED = [
  // The last releases that Go 1.26 takes.
  { module: 'sigs.k8s.io/gateway-api@v1.6.3', folder: 'config/crd/standard' },
  { module: 'sigs.k8s.io/external-dns@v0.22.0', folder: 'config/crd/standard' },
] as const;

/** Our own, as the chart installs them. */
const CHART = join(import.meta.dirname, '../../charts/kubezone/crds');

/** A kind that other projects define, and of which tests need no more than that the API server has it. */
interface PlainKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** Whether its status is written by itself. */
  readonly status: boolean;
}

const PLAIN: readonly PlainKind[] = [
  { group: 'traefik.io', version: 'v1alpha1', kind: 'IngressRoute', plural: 'ingressroutes', status: false },
  { group: 'networking.istio.io', version: 'v1', kind: 'Gateway', plural: 'gateways', status: true },
  { group: 'networking.istio.io', version: 'v1', kind: 'VirtualService', plural: 'virtualservices', status: true },
  { group: 'projectcontour.io', version: 'v1', kind: 'HTTPProxy', plural: 'httpproxies', status: true },
];

/** The definitions of all custom resources that sources read, as YAML or JSON, by name: `httproutes.gateway.networking.k8s.io`. */
export type Definitions = ReadonlyMap<string, string>;

/** Reads the published definitions. */
export async function findDefinitions(): Promise<Definitions | { readonly missing: string }> {
  const read = new Map<string, string>();
  for (const { module, folder } of PUBLISHED) {
    const root = await findGoModule(module);
    if (root === undefined) return { missing: `the Go module ${module} cannot be fetched` };
    await readFolder(join(root, folder), read);
  }
  if (existsSync(CHART)) await readFolder(CHART, read);
  for (const kind of PLAIN) read.set(`${kind.plural}.${kind.group}`, plainDefinition(kind));
  return read;
}

async function readFolder(folder: string, into: Map<string, string>): Promise<void> {
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.yaml')) continue;
    const text = await readFile(join(folder, file), 'utf8');
    const name = /^kind: CustomResourceDefinition$/m.test(text) ? /^ {2}name: (\S+)$/m.exec(text)?.[1] : undefined;
    if (name !== undefined) into.set(name, text);
  }
}

/** A definition without a schema: whatever is written is kept. */
function plainDefinition({ group, version, kind, plural, status }: PlainKind): string {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const subresources = status ? { subresources: { status: {} } } : {};
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema, ...subresources }],
    },
  });
}

/**
 * The folder of a Go module, fetched where it is not in the module cache: projects publish their custom resource definitions there.
 *
 * @param module with its version: `sigs.k8s.io/gateway-api@v1.6.3`
 * @returns undefined where there is no Go, or the module cannot be fetched
 */
async function findGoModule(module: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: import.meta.dirname });
    return (JSON.parse(stdout) as { Dir?: string }).Dir;
  } catch {
    return undefined;
  }
}
