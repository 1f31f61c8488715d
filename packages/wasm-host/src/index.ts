export { type AbiVersion, abiVersions } from "./abi/host-functions.ts"
export { FailState, type LevelName, Status } from "./abi/status.ts"
export type {
  ClusterInput,
  GrpcHandler,
  GrpcRequest,
  GrpcResponse,
  UpstreamHandler,
  UpstreamRequest,
  UpstreamResponse,
} from "./clusters.ts"
export { codes, type WasmHostCode } from "./codes.ts"
export type { AnyConfiguration, ConfigurationInput } from "./configuration.ts"
export { createHost, type Host } from "./host.ts"
export type { HttpExchange, HttpRequest, HttpResult } from "./http/client.ts"
export type { HeaderInput } from "./http/header-map.ts"
export type { UpstreamSight } from "./http/stream.ts"
export { type Fit, type Inspection, inspectModule } from "./inspect.ts"
export { type LogLine, printLogLine } from "./log.ts"
export type { Mistake } from "./mistakes.ts"
export type {
  DnsAnswer,
  HostLimits,
  HostOptions,
  PluginInput,
  PluginOptions,
  RouteOptions,
  VmConfigOptions,
} from "./options.ts"
export type { ModuleOrigin } from "./origin.ts"
export type { FailurePolicy } from "./plugin.ts"
export { createSharedState, type SharedState, type Zlib } from "./process.ts"
export type { SignatureCrypto, SignatureKey } from "./signature-crypto.ts"
export type { TcpConnection, TcpServer } from "./tcp.ts"
export type { StartResult } from "./threads.ts"
export { type ModuleFrame, printFrame, type Trap } from "./trap.ts"
export { printPlace, readSourceMap, type SourceMap, type SourcePlace } from "./wasm/source-map.ts"
