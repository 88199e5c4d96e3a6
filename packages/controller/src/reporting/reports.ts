import type { ApiWriter } from '../cluster/kubernetes/api-writer.ts';
import type { WriterStatus } from '../events/event-teller.ts';
import { candidateIdentity, ownNamespace } from '../leader-election/candidate.ts';
import { type ElectionStatus, LeaderElection, type Term } from '../leader-election/leader-election.ts';
import { ClusterReports, type ClusterReportsOptions } from './cluster-reports.ts';

/** A cluster to which reports are written. */
export interface ReportedCluster {
  /** The configured name. */
  readonly name: string;
  readonly writer: Pick<ApiWriter, 'send'>;
  /** The namespaces that are watched. @default all of them */
  readonly namespaces?: readonly string[];
}

export interface ReportsOptions extends Omit<ClusterReportsOptions, 'cluster' | 'identity' | 'lease' | 'namespaces' | 'writer'> {
  /** Those that have an API: not folders of manifests. */
  readonly clusters: readonly ReportedCluster[];
  /** Where the Leases lie, one in each cluster. */
  readonly lease?: {
    /** @default this pod's own, or `default` */
    readonly namespace?: string | undefined;
    /** @default the app's name */
    readonly name?: string | undefined;
  };
  /** What else the one who leads in a cluster does, as long as its term lasts. @default nothing */
  readonly also?: (cluster: string, term: Term) => Promise<void>;
}

/** How reports to one cluster stand. */
export interface ReportsStatus extends ElectionStatus {
  readonly cluster: string;
  /** Undefined where none are written. */
  readonly events: WriterStatus | undefined;
  /** Undefined where no source has objects with a condition. */
  readonly conditions: WriterStatus | undefined;
}

/**
 * Tells the owners of objects what becomes of the names that these ask for: in each cluster, by the one process that holds the Lease there.
 *
 *     catalog, pipeline ──touch──► ClusterReports ──► EventTeller      ──► Events
 *                                   differences   └─► StatusWriter    ──► status of Records, DNSEndpoints
 *                                        ▲
 *                                  LeaderElection: while its term lasts
 */
export class Reports {
  readonly #clusters: readonly { readonly name: string; readonly reports: ClusterReports; readonly election: LeaderElection }[];

  constructor(options: ReportsOptions) {
    const { clusters, lease = {}, app, clock, logger, random } = options;
    const identity = candidateIdentity();
    const place = { namespace: lease.namespace ?? ownNamespace(), name: lease.name ?? app.name };
    this.#clusters = clusters.map(({ name, writer, namespaces }) => {
      const reports = new ClusterReports({
        ...options,
        cluster: name,
        writer,
        identity,
        lease: place,
        ...(namespaces !== undefined && { namespaces }),
      });
      const election = new LeaderElection({
        writer,
        ...place,
        identity,
        clock,
        logger,
        ...(random !== undefined && { random }),
        lead: async (term) => void (await Promise.all([reports.lead(term), options.also?.(name, term)])),
      });
      return { name, reports, election };
    });
  }

  /** Becomes a candidate everywhere. */
  start(): void {
    for (const { election } of this.#clusters) election.start();
  }

  /** Names, conflicts, problems or objects may have changed. Costs nothing. */
  touch(): void {
    for (const { reports } of this.#clusters) reports.touch();
  }

  status(): ReportsStatus[] {
    return this.#clusters.map(({ name, reports, election }) => ({ cluster: name, ...election.status(), ...reports.status() }));
  }

  /** Ends what is written, and gives the Leases back. Never rejects. */
  async stop(): Promise<void> {
    await Promise.all(this.#clusters.map(({ election }) => election.stop()));
  }
}
