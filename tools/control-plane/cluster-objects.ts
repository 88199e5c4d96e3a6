/** Objects of tests: written as users, kubelets and controllers write them, and cleared away between tests. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { ControlPlane } from './control-plane.ts';
import type { Definitions } from './definitions.ts';

/** How long a definition may take until its objects can be written, in milliseconds. */
const DEFINED_MS = 30_000;
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** An object as it stands in a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly status?: object;
  readonly [field: string]: unknown;
}

/** As the API server lists kinds. */
interface KindEntry {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface KindInfo {
  readonly plural: string;
  readonly namespaced: boolean;
  /** Whether its status is written by itself. */
  readonly status: boolean;
}

/** An object that stands in the API server by our doing. */
interface Applied {
  /** `Service/web`; two kinds of one name are told apart by the group: `Gateway.networking.istio.io/edge`. */
  readonly names: readonly string[];
  readonly path: string;
}

/** Writes objects to an API server as users, kubelets and controllers do. */
export class ClusterObjects {
  readonly server: ControlPlane;
  readonly #kinds = new Map<string, KindInfo>();
  readonly #applied = new Map<string, Applied>();

  constructor(server: ControlPlane) {
    this.server = server;
  }

  /** Installs custom resource definitions, and waits until their objects can be written. */
  async define(definitions: Definitions, ...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const text = definitions.get(name);
      if (text === undefined) throw new Error(`no definition of ${name}`);
      await this.#do('PATCH', `${DEFINITIONS}/${name}?fieldManager=test&force=true`, text, 'application/apply-patch+yaml');
      await this.#defined(name, true);
    }
  }

  /** Removes custom resource definitions, with all their objects. */
  async undefine(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.#do('DELETE', `${DEFINITIONS}/${name}`);
      await this.#defined(name, false);
    }
    this.#kinds.clear();
  }

  /**
   * Creates or changes objects, so that of their fields those remain that are given: by server-side apply; and replaces their status, where a kind has its own
   * place for it.
   *
   * @param namespace of those that name none
   */
  async apply(manifests: readonly Manifest[], namespace: string): Promise<void> {
    for (const { status, ...manifest } of manifests) {
      const { apiVersion, kind, metadata } = manifest;
      const info = await this.#kindOf(manifest);
      const root = rootOf(apiVersion);
      const within = info.namespaced ? `/namespaces/${metadata.namespace ?? namespace}` : '';
      const path = `${root}${within}/${info.plural}/${metadata.name}`;
      const apart = status !== undefined && info.status;
      await this.#apply(path, status === undefined || apart ? manifest : { ...manifest, status });
      if (apart) await this.#putStatus(path, status);
      const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
      this.#applied.set(path, { names: [`${kind}/${metadata.name}`, `${kind}${group}/${metadata.name}`], path });
    }
  }

  /** Deletes an object that was applied; one with finalizers, or a pod on a node, is then going and not yet gone. */
  async remove(name: string): Promise<void> {
    const found = [...this.#applied.values()].filter(({ names }) => names.includes(name));
    const [one] = found;
    if (one === undefined || found.length > 1) throw new Error(`${found.length} objects are called ${name}`);
    await this.#do('DELETE', one.path);
  }

  /** Removes all that was applied and still stands, at once and whatever holds it; but for namespaces, which nobody empties here. */
  async clear(): Promise<void> {
    for (const { path, names } of [...this.#applied.values()].toReversed()) {
      if (names.some((name) => name.startsWith('Namespace/'))) continue;
      await this.server.request('PATCH', path, { metadata: { finalizers: null } });
      await this.server.request('DELETE', path, { gracePeriodSeconds: 0 });
    }
    this.#applied.clear();
  }

  /** Puts a pod on a node, as the scheduler does. */
  async bind(pod: string, node: string, namespace: string): Promise<void> {
    const target = { apiVersion: 'v1', kind: 'Node', name: node };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod }, target };
    await this.#do('POST', `/api/v1/namespaces/${namespace}/pods/${pod}/binding`, binding);
  }

  async #apply(path: string, manifest: object): Promise<void> {
    await this.#do('PATCH', `${path}?fieldManager=test&force=true`, JSON.stringify(manifest), 'application/apply-patch+yaml');
  }

  async #putStatus(path: string, status: object): Promise<void> {
    const present = (await this.#do('GET', path)) as object;
    await this.#do('PUT', `${path}/status`, { ...present, status });
  }

  async #do(method: string, path: string, body?: unknown, contentType?: string): Promise<unknown> {
    const { status, body: answer } = await this.server.request(method, path, body, contentType);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  async #kindOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): Promise<KindInfo> {
    const key = `${apiVersion} ${kind}`;
    if (!this.#kinds.has(key)) {
      // A kind can be listed a moment before it stands among those of its group and version.
      const end = performance.now() + DEFINED_MS;
      let resources = await this.#resources(apiVersion);
      const find = (): KindEntry | undefined => resources.find((one) => one.kind === kind && !one.name.includes('/'));
      for (; find() === undefined && performance.now() < end; await sleep(20)) resources = await this.#resources(apiVersion);
      const own = find();
      if (own === undefined) throw new Error(`the API server has no ${kind} in ${apiVersion}`);
      const status = resources.some(({ name }) => name === `${own.name}/status`);
      this.#kinds.set(key, { plural: own.name, namespaced: own.namespaced, status });
    }
    return this.#kinds.get(key) as KindInfo;
  }

  async #resources(apiVersion: string): Promise<readonly KindEntry[]> {
    const { status, body } = await this.server.request('GET', rootOf(apiVersion));
    return status === 200 ? (body as { resources: KindEntry[] }).resources : [];
  }

  async #defined(name: string, expected: boolean): Promise<void> {
    const [plural, ...group] = name.split('.');
    for (const end = performance.now() + DEFINED_MS; performance.now() < end; await sleep(20)) {
      const { body } = await this.server.request('GET', `/apis/${group.join('.')}`);
      const { versions = [] } = body as { versions?: readonly { groupVersion: string }[] };
      const lists = await Promise.all(
        versions.map(({ groupVersion }) => this.server.request('GET', `/apis/${groupVersion}/${plural}`)),
      );
      if (lists.some(({ status }) => status === 200) === expected) return;
    }
    throw new Error(`${name}: expected the definition to be ${expected ? 'there' : 'gone'} within ${DEFINED_MS} ms`);
  }
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
