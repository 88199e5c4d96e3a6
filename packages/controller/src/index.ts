export {
  type Cluster,
  ClusterError,
  type ClusterErrorCode,
  type ClusterSink,
  type ClusterWatch,
  type RunningCluster,
  type Scope,
  type ScopeFailure,
  type SyncState,
} from './cluster/cluster.ts';
export { type ApiErrorCode } from './cluster/kubernetes/api-error.ts';
export type { KubeconfigLocation } from './cluster/kubernetes/kubeconfig.ts';
export { kubernetesCluster, type KubernetesClusterOptions } from './cluster/kubernetes/kubernetes-cluster.ts';
export { manifestsCluster, type ManifestsClusterOptions } from './cluster/manifests/manifests-cluster.ts';
export { MemoryCluster } from './cluster/memory-cluster.ts';
export { fakeCluster, type FakeClusterOptions, MAX_FAKES, withoutFakes } from './cluster/fake-cluster.ts';
export { type LocalProblem, printProblem, type Problem, type ProblemCode, type Subject } from './cluster/problem.ts';
export { NamePipeline, type NamePipelineOptions } from './pipeline/name-pipeline.ts';
export type { OutsideName } from './pipeline/outside-register.ts';
export type { ProblemCount, SourceStatus } from './pipeline/source-status.ts';
export {
  LISTED_REJECTIONS,
  listRejections,
  type Rejection,
  type RejectionList,
  type RejectionSources,
} from './pipeline/rejections.ts';
export type { Complaint } from './reporting/finding.ts';
export { OPERATOR_APP, type ReportingApp, RESOLVER_APP } from './reporting/reporting-app.ts';
export { type ReportedCluster, Reports, type ReportsOptions, type ReportsStatus } from './reporting/reports.ts';
export { PATIENCE_MS, type Readiness } from './pipeline/sync-status.ts';
export { nodeLookUp, type NodeLookUpOptions } from './alias/node-look-up.ts';
export { readTarget, type Target } from './annotations/target.ts';
export type { GatewayFilter } from './gateway/gateway-filter.ts';
export { ApiWriter, type ApiAnswer, type ApiRequest, type ApiWriterOptions } from './cluster/kubernetes/api-writer.ts';
export type { WriterStatus } from './events/event-teller.ts';
export { inTurn } from './cluster/kubernetes/in-turn.ts';
export { candidateIdentity, ownNamespace } from './leader-election/candidate.ts';
export { type ElectionTiming, USUAL_TIMING } from './leader-election/election-step.ts';
export { leasePath, type LeasePlace } from './leader-election/lease.ts';
export { type ElectionStatus, LeaderElection, type LeaderElectionOptions, type Term } from './leader-election/leader-election.ts';
export type { ConditionWords, NameProgress } from './reporting/verdict.ts';
export type { ObjectKey, Resource, Retention, StoredObject } from './resources/resource.ts';
export type { LabelSelector } from './selectors/label-selector.ts';
export { scanLabelSelector } from './selectors/scan-label-selector.ts';
export type { FakeMode } from './sources/fake-objects.ts';
export type { InternalIPv6, NodeAddressType } from './sources/node-targets.ts';
export type { ResourceRule } from './sources/resource.ts';
export {
  CLUSTER_SOURCES,
  type ClusterSource,
  makeSources,
  type SourceFilters,
  type SourceRules,
  type TemplateRule,
} from './sources/source-table.ts';
export { parseTemplate, type Template } from './template/template.ts';
export { type TemplateCode, TemplateFailure } from './template/template-failure.ts';
export { DEFAULT_AREAS_ANNOTATION, DEFAULT_IPS_ANNOTATION, nodeArea, type NodeAreaOptions } from './sources/node-area.ts';
export { DEFAULT_SERVICE_ANNOTATION, nodeService, type NodeServiceOptions } from './sources/node-service.ts';
export { sourcesOfKind } from './sources/built-in-kinds.ts';
export { nameServer, type NameServerOptions, type ServiceNameServer } from './sources/name-server.ts';
export type { Naming } from './sources/naming.ts';
export { namingOfZones, type NamingOfZonesOptions } from './sources/naming-of-zones.ts';
export type { RelativeZone } from './sources/relative-name.ts';
export type { Dependency, Desire, OutsideNames, Source } from './sources/source.ts';
export type { ObjectIndex, ObjectReader } from './store/object-store.ts';
export { type LoadedZoneFile, loadZoneFile, type ZoneFileSource } from './zone-file/load-zone-file.ts';
export { watchZoneFile, type ZoneFileVersion, type ZoneFileWatchOptions } from './zone-file/watch-zone-file.ts';
export { plainSource, type FeedSources, joinFeeds, type JoinedFeeds } from './publish/feeds.ts';
export { historiesSince, type KeptHistories, printChangeHistories, scanChangeHistories } from './publish/change-history.ts';
export { type NameOutcome } from './publish/name-outcome.ts';
export { type NameSelector, printSelector, scanSelector } from './publish/name-selector.ts';
export { type PublishCode } from './publish/publish-code.ts';
export { LAG_BOUNDS, type PublishCounters } from './publish/publish-counters.ts';
export { type ProviderStatus, type ZoneStatus } from './publish/publish-status.ts';
export { type NameRemains } from './publish/name-remains.ts';
export { type FinalizerCode } from './finalizers/finalizer-code.ts';
export { Finalizers, type FinalizersOptions } from './finalizers/finalizers.ts';
export { DNS_ENDPOINTS } from './resources/dns-endpoint.ts';
export { RECORDS, type RecordObject } from './resources/record.ts';
export { Publisher, type PublisherOptions, type PublishSettings, type SettledState } from './publish/publisher.ts';
export type { Feed, PublishRoute } from './publish/route.ts';
export { scanTargetPattern, type TargetPattern, type TargetRules } from './publish/shape-state.ts';
export { type SourceKnowledge } from './publish/source-states.ts';
export type { ReleaseText } from './publish/zone-notices.ts';
export { type ZoneFailure } from './publish/zone-publisher.ts';
