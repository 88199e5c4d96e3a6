import type { ClusterConfig, FakeSettings, LeaderElection, ListenAddress, LogConfig, ReportConfig } from '@kubezone/app';
import type { ClusterSource, NameSelector, SourceFilters, SourceRules, TargetRules } from '@kubezone/controller';
import type { AdoptRule, CatalogOptions, ChangeLimits, MarkerKey, OwnerName, Policy, RRType } from '@kubezone/core';

import type { ProviderSettings } from './provider-settings.ts';
import type { SecretPlace } from './secret-place.ts';

/** What the operator does, whether flags, a file or a Secret said so: every default is in place, every name and address checked. */
export interface OperatorConfig {
  readonly clusters: readonly ClusterConfig[];
  /** What the source `fake` makes up; undefined where no entry has it among its sources. */
  readonly fake: FakeSettings | undefined;
  /** How sources read objects; each entry's filters come in place of those in it. */
  readonly sourceRules: SourceRules;
  /** Who may use which names, and what becomes of a name that several ask for. */
  readonly catalog: Required<Pick<CatalogOptions, 'claims' | 'claimsDefault' | 'crossNamespaceMerge'>> &
    Pick<CatalogOptions, 'clusterOrder'>;
  /** The zones in which relative names stand; empty: they stand nowhere. */
  readonly relativeTo: readonly OwnerName[];
  /** Of what says nothing about it, in seconds. */
  readonly ttl: number;
  /** At least one. */
  readonly providers: readonly ProviderEntry[];
  readonly owner: OwnerSettings;
  readonly safety: SafetySettings;
  readonly intervalMs: number;
  /** Whether changes wait for the next audit, as Mate's `--sync-only` has it. */
  readonly syncOnly: boolean;
  /** Who is asked for the addresses of host names where neither an alias nor a CNAME can stand; undefined: those that the system asks. */
  readonly nameServers: readonly ListenAddress[] | undefined;
  /** Whether Records that are deleted stay until what they published is gone. */
  readonly records: { readonly waitForDelete: boolean };
  readonly run: RunSettings;
  readonly leaderElection: LeaderElection;
  readonly events: ReportConfig['events'];
  /** Where metrics and health are served over HTTP; empty means nowhere. */
  readonly metrics: readonly ListenAddress[];
  readonly log: LogConfig;
}

/** One entry of `providers`: which names go where. */
export interface ProviderEntry {
  /** Entries with equal settings share one provider. */
  readonly provider: ProviderSettings;
  /** The provider's name in logs, metrics and plans. */
  readonly name: string;
  readonly selectors: readonly NameSelector[];
  readonly excludeNames: readonly NameSelector[];
  /** Entries of different views do not compete for names. */
  readonly view: string;
  /** In order of priority. */
  readonly sources: readonly ClusterSource[];
  readonly filters: SourceFilters | undefined;
  /** Undefined: all. */
  readonly recordTypes: ReadonlySet<RRType> | undefined;
  readonly targets: TargetRules | undefined;
  /** Seconds. */
  readonly minTtl: number;
  readonly policy: Policy;
  readonly dryRun: boolean;
}

/** Who writes, and whose names it takes over. */
export interface OwnerSettings {
  readonly id: string;
  /** The first signs, all verify; empty: nothing is signed. */
  readonly keys: readonly MarkerKey[];
  readonly adopt: readonly AdoptRule[];
  /** Whether names that could be adopted, and nobody asks for, are deleted. */
  readonly pruneAdopted: boolean;
}

/** What keeps a mistake from emptying a zone, or turning it over. */
export interface SafetySettings {
  readonly deleteLimits: ChangeLimits;
  /** Undefined: any number of names may become something else. */
  readonly updateLimits: ChangeLimits | undefined;
  /** For how long an object without address keeps what it had, in milliseconds; `Infinity`: for ever. */
  readonly emptyGraceMs: number;
}

/** How the process goes about it. */
export interface RunSettings {
  /** Whether it ends when nothing is left to do. */
  readonly once: boolean;
  /** Whether plans or changes are printed, and how. */
  readonly planOutput: 'text' | 'json' | undefined;
  /** Deletes that may go, with `once`. */
  readonly confirm: string | undefined;
}

/** What flags come to: a configuration, or the place of one. */
export type OperatorStart =
  | { readonly kind: 'config'; readonly config: OperatorConfig }
  /** The configuration is in a Secret, and followed there. */
  | { readonly kind: 'secret'; readonly place: SecretPlace; readonly log: LogConfig; readonly metrics: readonly ListenAddress[] }
  /** `webhook-server`: a provider is served to external-dns. */
  | { readonly kind: 'webhook'; readonly webhook: WebhookConfig }
  /** `confirm`: held changes are released. */
  | { readonly kind: 'confirm'; readonly confirm: ConfirmRequest; readonly log: LogConfig };

/** What `kubezone-operator webhook-server` serves, and where. */
export interface WebhookConfig {
  readonly provider: ProviderSettings;
  readonly name: string;
  /** The zones at and below these names are served. */
  readonly selectors: readonly NameSelector[];
  /** But for those at and below these. */
  readonly excludeNames: readonly NameSelector[];
  /** Of endpoints that have none, in seconds. */
  readonly ttl: number;
  /** Where external-dns finds it. */
  readonly listen: readonly ListenAddress[];
  readonly metrics: readonly ListenAddress[];
  readonly log: LogConfig;
}

/** What `kubezone-operator confirm` is to write, and where. */
export interface ConfirmRequest {
  readonly sha256: string;
  /** Undefined: whichever zone it is. */
  readonly zone: OwnerName | undefined;
  readonly cluster: ClusterConfig;
  readonly lease: { readonly namespace?: string; readonly name?: string };
}
