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
export { type LocalProblem, printProblem, type Problem, type ProblemCode, type Subject } from './cluster/problem.ts';
export { NamePipeline, type NamePipelineOptions, type ProblemCount, type SourceStatus } from './pipeline/name-pipeline.ts';
export { PATIENCE_MS, type Readiness } from './pipeline/sync-status.ts';
export type { ObjectKey, Resource, Retention, StoredObject } from './resources/resource.ts';
export { DEFAULT_AREAS_ANNOTATION, DEFAULT_IPS_ANNOTATION, nodeArea, type NodeAreaOptions } from './sources/node-area.ts';
export { DEFAULT_SERVICE_ANNOTATION, nodeService, type NodeServiceOptions } from './sources/node-service.ts';
export type { RelativeZone } from './sources/relative-name.ts';
export type { Dependency, Desire, Source } from './sources/source.ts';
export type { ObjectIndex, ObjectReader } from './store/object-store.ts';
export { type LoadedZoneFile, loadZoneFile, type ZoneFileSource } from './zone-file/load-zone-file.ts';
export { watchZoneFile, type ZoneFileVersion, type ZoneFileWatchOptions } from './zone-file/watch-zone-file.ts';
