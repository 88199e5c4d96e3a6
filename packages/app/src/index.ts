export {
  type ConflictList,
  type ConflictSources,
  countRejections,
  listConflicts,
  type ListedConflict,
  listOutside,
  type OutsideList,
} from './conflict-list.ts';
export { type Health } from './health.ts';
export { type Listener, listenEverywhere } from './listen-everywhere.ts';
export { HttpListenError, isListenFailure, type ListenFailure } from './listen-failure.ts';
export {
  LOG_FORMATS,
  LOG_LEVELS,
  type LogConfig,
  type LogFormat,
  type LogLevel,
  type LogPlace,
  type LogStream,
  makeLogger,
  openLog,
  type ProcessLogger,
} from './logging.ts';
export { type ClusterInputs, type ConfiguredClusters, openClusters } from './open-clusters.ts';
export { type Probes, type ProbeServer, serveProbes } from './probe-server.ts';
export { readTextFile } from './read-text-file.ts';
export { type Command, runCommand, type RunningCommand } from './run-command.ts';
export { StartError } from './start-error.ts';
export { systemClock } from './system-clock.ts';
export { type Unserved, type UnservedCode, zoneFileOrigin } from './unserved.ts';
export { VERSION } from './version.ts';
export { type AnnotationSettings, annotationsSchema, DEFAULT_ANNOTATION_KEYS } from './config/annotations-schema.ts';
export { findUnconcerned, type Unconcerned } from './config/check-concerns.ts';
export { claimsSchema } from './config/claim-schema.ts';
export { type ClusterConfig, clusterSchema, type KubernetesConfig, type ManifestsConfig } from './config/cluster-schema.ts';
export { type ConfigFile, type KeyPath, parseConfigFile, printKeyPath } from './config/config-file.ts';
export { type ClusterChoice, decideClusters, FAKE_CLUSTER, type Refuse, WITHOUT_CLUSTER } from './config/decide-clusters.ts';
export { durationLeaf } from './config/duration-leaf.ts';
export { DEFAULT_FAKE, fakeSchema, type FakeSettings } from './config/fake-schema.ts';
export { filterSchema } from './config/filter-schema.ts';
export { type CommandLineForm, type Flag } from './config/flag.ts';
export { type HostnameTargets, hostnameTargetsSchema } from './config/hostname-targets-schema.ts';
export {
  anyText,
  decimalNumber,
  discreet,
  discreetWhole,
  leaf,
  listOf,
  nonEmpty,
  oneOf,
  optionalMap,
  type Scanned,
  type SchemaOf,
  strictMap,
  textLeaf,
  textOr,
  trueOrFalse,
  wholeNumber,
  withoutUndefined,
} from './config/leaf.ts';
export {
  ALL_ADDRESSES,
  canonicalIPv6,
  LISTEN_ADDRESS_FORM,
  type ListenAddress,
  printListenAddress,
  scanListenAddress,
} from './config/listen-address.ts';
export { type ConfigForm, type ConfigInputs, loadConfig, type LoadedConfig, type WholeFile } from './config/load-config.ts';
export { asMap, excluded, type FlagTables, lowerByTables, lowerClusters, type RawConfig } from './config/lower-flags.ts';
export { type FlagValues, type LoweringTarget } from './config/lowering-target.ts';
export { type ConfigMistake, type MistakeCode, printMistake, quoteFound } from './config/mistake.ts';
export { nameLeaf } from './config/name-leaf.ts';
export { objectLeaf, type ObjectName } from './config/object-leaf.ts';
export { type PathKind, type Paths, readablePath, reasonOf } from './config/paths.ts';
export { type CommandLine, printHelp, readFlags } from './config/read-flags.ts';
export { EVENTS, type LeaderElection, leaderElectionSchema, type ReportConfig } from './config/report-schema.ts';
export { resourcesSchema } from './config/resource-schema.ts';
export { secretsOf16Octets, secretText } from './config/secret.ts';
export { serverLeaf } from './config/server-leaf.ts';
export { SHARED_FLAGS, type SharedFlagName } from './config/shared-flags.ts';
export { SOURCE_NAMES, type SourceName } from './config/source-names.ts';
export {
  dnsEndpointSchema,
  ingressSchema,
  nodeportSchema,
  nodeSchema,
  podSchema,
  recordSchema,
  serviceSchema,
} from './config/source-schema.ts';
export { suggestWord } from './config/suggest-word.ts';
export { templateLeaf, templateSchema, templateUse } from './config/template-schema.ts';
