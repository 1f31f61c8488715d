export { type ControlPlaneErrorCode, codes } from "./codes.ts"
export {
  type ControlPlane,
  type ControlPlaneOptions,
  type ControlPlaneUpdate,
  createControlPlane,
} from "./control-plane.ts"
export { type Drain, type DrainScope, drainOf, drainsBetween } from "./drains.ts"
export {
  type Judgement,
  startValidatingEnvoy,
  type ValidatingEnvoy,
  type ValidatingEnvoyOptions,
} from "./judge/validating-envoy.ts"
export type { ResourceVerdict } from "./judge/verdicts.ts"
export type { WarmingResource } from "./judge/warming.ts"
export { createLastGoodStore, type LastGoodOptions, type LastGoodStore } from "./last-good/store.ts"
export { type LoadOptions, loadResources, textOfObjects } from "./load-resources.ts"
export type { Metrics } from "./metrics.ts"
export type { FetchOptions } from "./modules/fetch-http.ts"
export type { ImageJudge } from "./modules/fetch-image.ts"
export { givenPaths, type IsGiven } from "./modules/given-paths.ts"
export { createModules, type Modules, type ModulesOptions } from "./modules/loader.ts"
export { moduleKey } from "./modules/module-key.ts"
export { placeAsFile, placeAtServer } from "./modules/place.ts"
export { type ModuleServer, type ModuleServerOptions, serveModules } from "./modules/server.ts"
export type { ServerIdentity } from "./modules/server-identity.ts"
export { createSignatureJudge } from "./modules/signature-judge.ts"
export {
  createModuleStore,
  type ModuleStore,
  type ModuleStoreOptions,
  maxStoreBytes,
  type StoredModule,
} from "./modules/store.ts"
export { maxModuleBytes, unwrapModule } from "./modules/unwrap.ts"
export type { FileObject, FileReading, FileSetView, FileState, ObjectChanges } from "./provider-file/file-set.ts"
export type { LastGood } from "./provider-file/last-good-reading.ts"
export {
  createFileProvider,
  type FileLoader,
  type FileProvider,
  type FileProviderOptions,
} from "./provider-file/provider.ts"
export {
  isResourceFile,
  maxFileBytes,
  maxFiles,
  requireResourceFiles,
  resourceFiles,
} from "./provider-file/resource-files.ts"
export { type WatchOptions, watchResourcePaths } from "./provider-file/watch.ts"
export {
  type Fact,
  factOf,
  type Lack,
  maxLacks,
  type ProxyView,
  type SourceField,
  textOfLack,
} from "./proxy-health/fact.ts"
export { createObserver, type Observer, type ObserverOptions, type RouteTest } from "./proxy-health/observer.ts"
export { filtersOfRoute } from "./proxy-health/route-filters.ts"
export type { EnvoyBinary } from "./quarantine/judge.ts"
export type { QuarantinedPart } from "./quarantine/record.ts"
export type { Refusal, Refusals } from "./refusals.ts"
export { stateDirectory } from "./state-directory.ts"
export { type EnvoyReport, type ProxyReport, reportStatus, type StatusReport } from "./status/report.ts"
export { type Reporter, type StatusAddress, type StatusServer, serveStatus } from "./status/server.ts"
