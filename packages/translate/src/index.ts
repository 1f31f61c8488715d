export type { WasmRequest } from "./attach/policies/envoy-extension-policy/wasm.ts"
export { codes } from "./codes.ts"
export { type JsonOptions, type SnapshotJson, snapshotJson } from "./emit/json.ts"
export type { BootstrapOver } from "./emit/proxy-bootstrap.ts"
export {
  type ProxySnapshot,
  type Resource,
  type ResourceKind,
  type ResourcePart,
  resourceMaps,
  snapshotChanges,
  type TableChange,
} from "./emit/snapshot.ts"
export { proxyModuleUrl } from "./features/wasm/module-url.ts"
export type * from "./plan/index.ts"
export type { PartKey, PartKind } from "./quarantine/part-key.ts"
export type { Withdrawn } from "./quarantine/quarantine.ts"
export { resourceKindOf, type Suspect } from "./quarantine/suspects.ts"
export type { ObjectStatus } from "./status/object-status.ts"
export {
  type BoundListener,
  createTranslator,
  type ModuleContext,
  type ModuleLoader,
  type ProxyDocument,
  type Translator,
  type TranslatorOptions,
  xdsDocument,
} from "./translator.ts"
export { type EnvoyGatewayDocument, settingsFrom } from "./world/envoy-gateway-config.ts"
export { defaultSettings, type Profile, type Settings } from "./world/settings.ts"
export { type AnyObject, isTranslated, keyOf, type ObjectKey, objectKey } from "./world/world.ts"
