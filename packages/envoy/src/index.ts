export {
  type AdminClient,
  type BoundAddress,
  type BoundListener,
  type ConfigDumpOptions,
  createAdminClient,
  type DrainListenersOptions,
  type EnvoyExtension,
  type ServerInfo,
  type ServerState,
  type StatsOptions,
  serverStates,
} from "./admin.ts"
export type { AdminAddress, AdminConnection, AdminRequestOptions, AdminResponse } from "./admin-request.ts"
export {
  type AttachedFilter,
  type AttachedProcessor,
  type AttachedWasm,
  attachedFilters,
  type FilterPlace,
  type ListenerState,
  listenerStateMask,
  listenerStates,
} from "./attached-filters.ts"
export {
  adminConfig,
  type BootstrapOptions,
  createBootstrap,
  createIdleBootstrap,
  type XdsAddress,
  xdsClusterName,
} from "./bootstrap.ts"
export { type Environment, openWritableCache, preferredCacheDirectory, type WritableCache } from "./cache-directory.ts"
export { type ClusterHost, clusterHosts } from "./cluster-hosts.ts"
export { codes, type EnvoyErrorCode } from "./codes.ts"
export { hasExtension, readExtensions } from "./extensions.ts"
export {
  type ArchiveInstallOptions,
  type InstalledEnvoy,
  type InstallOptions,
  type InstallProgress,
  installEnvoy,
  installEnvoyArchive,
} from "./fetch.ts"
export {
  type CachedEnvoy,
  type EnvoySource,
  envoySources,
  type FindOptions,
  type FoundEnvoy,
  findEnvoy,
  listInstalledEnvoys,
} from "./find.ts"
export type { JsonObject, JsonValue } from "./json.ts"
export {
  type EnvoyLogLevel,
  type EnvoyLogLine,
  envoyLogLevels,
  type LogSubject,
  logFormat,
  parseLogLine,
  type WasmPluginNames,
  wasmPluginOf,
} from "./log-lines.ts"
export { type MachineFacts, platformOf, readMachineFacts } from "./platform.ts"
export { bootstrapAddresses, checkPorts, freePorts, type ListenAddress, type PortHolder, portHolder } from "./ports.ts"
export { type RunningEnvoy, type RunOptions, runEnvoy } from "./run.ts"
export { activeRequests, drain, type StopOptions } from "./stop.ts"
export type { ProcessExit } from "./supervised-spawn.ts"
export { type BootstrapVerdict, type ValidateOptions, validateBootstrap } from "./validate.ts"
export {
  compareVersions,
  type EnvoyBuild,
  type EnvoyLock,
  envoyLock,
  isAcceptedVersion,
  type LockedWheel,
  type Platform,
  parseBuild,
  platforms,
} from "./versions.ts"
export { createWasmFailureReader, type WasmFailure, type WasmFailureReader } from "./wasm-failures.ts"
