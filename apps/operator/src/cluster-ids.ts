import type { Cluster } from '@kubezone/controller';
import type { Clock, Logger } from '@kubezone/core';

/** How soon is asked again, in milliseconds. */
const RETRY_MS = 5_000;
/** The namespace whose UID tells a cluster from all others. */
const PATH = '/api/v1/namespaces/kube-system';
/** So many digits of it stand in markers. */
const DIGITS = 8;

/** What the ids need. */
export interface ClusterIdsOptions {
  readonly clusters: readonly Pick<Cluster, 'name' | 'writer'>[];
  readonly clock: Pick<Clock, 'after'>;
  readonly logger: Logger;
  /** Another id is known. */
  readonly onFound: () => void;
}

/** The ids of clusters, for markers: of one with an API the beginning of a UID, which nobody chooses; of a folder of manifests its name. */
export class ClusterIds {
  readonly #options: ClusterIdsOptions;
  readonly #ids = new Map<string, string>();
  readonly #stopping = new AbortController();
  /** Ends the wait for the next question, by cluster. */
  readonly #cancels = new Map<string, () => void>();

  constructor(options: ClusterIdsOptions) {
    this.#options = options;
    for (const { name, writer } of options.clusters) if (writer === undefined) this.#ids.set(name, name);
  }

  /** By configured names, as far as they are known. */
  get known(): ReadonlyMap<string, string> {
    return this.#ids;
  }

  /** Asks until all are known. */
  start(): void {
    for (const cluster of this.#options.clusters) if (cluster.writer !== undefined) void this.#ask(cluster, '');
  }

  stop(): void {
    this.#stopping.abort();
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  async #ask(cluster: Pick<Cluster, 'name' | 'writer'>, logged: string): Promise<void> {
    const { signal } = this.#stopping;
    const { clock, logger, onFound } = this.#options;
    let reason: string;
    try {
      const answer = await cluster.writer?.send({ method: 'GET', path: PATH }, signal);
      const metadata = answer?.body['metadata'] as { readonly uid?: unknown } | undefined;
      const uid = metadata?.uid;
      if (answer?.status === 200 && typeof uid === 'string' && /^[0-9a-f]{8}/.test(uid)) {
        this.#ids.set(cluster.name, uid.slice(0, DIGITS));
        onFound();
        return;
      }
      reason = `the API server answers ${answer?.status ?? 'nothing'}; the right to get the namespace kube-system is needed`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    if (reason !== logged)
      logger.warn('the id of a cluster is not known, so nothing is written for it', { cluster: cluster.name, reason });
    const again = (): void => {
      this.#cancels.delete(cluster.name);
      void this.#ask(cluster, reason);
    };
    this.#cancels.set(cluster.name, clock.after(RETRY_MS, again));
  }
}
