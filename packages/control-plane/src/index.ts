export { codes } from "./codes.ts"
export {
  type ControlPlane,
  type ControlPlaneOptions,
  type ControlPlaneUpdate,
  createControlPlane,
} from "./control-plane.ts"
export {
  type Judgement,
  type ResourceVerdict,
  startValidatingEnvoy,
  type ValidatingEnvoy,
  type ValidatingEnvoyOptions,
} from "./judge/validating-envoy.ts"
export { type LoadOptions, loadResources } from "./load-resources.ts"
export { type AddressPolicy, allowedAddresses, type HostResolver, isAddressAllowed } from "./modules/address-policy.ts"
export {
  createModuleLoader,
  type ModuleLoaderOptions,
  type PlacedModule,
  placeAsFile,
  placeAtServer,
} from "./modules/loader.ts"
export { createModuleStore, type ModuleStore, maxStoreBytes } from "./modules/store.ts"
export { isWasm, maxModuleBytes, unwrapModule } from "./modules/unwrap.ts"
export { createFileProvider, type FileLoader, type FileProvider } from "./provider-file/provider.ts"
export { resourceFiles } from "./provider-file/resource-files.ts"
export type { Refusal, Refusals } from "./refusals.ts"
export { stateDirectory } from "./state-directory.ts"
export { type EnvoyReport, type ProxyReport, reportStatus, type StatusReport } from "./status/report.ts"
export { type StatusAddress, type StatusServer, serveStatus } from "./status/server.ts"
