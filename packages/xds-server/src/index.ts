export type { ResourceAck, TypeAcks } from "./acks.ts"
export { codes } from "./codes.ts"
export type { AnswerEvent, ConnectionEvent, XdsClient, XdsEvent } from "./events.ts"
export type { Keepalive } from "./grpc/keepalive.ts"
export { defaultLimits, type XdsLimits } from "./limits.ts"
export type { XdsAddress, XdsListener, XdsTls } from "./listen.ts"
export {
  type ClientAcks,
  createXdsServer,
  type StreamSummary,
  type XdsServer,
  type XdsServerOptions,
} from "./server.ts"
export {
  changedNames,
  createSnapshot,
  emptySnapshot,
  type ResourceInput,
  type Snapshot,
  type SnapshotResource,
  type SnapshotType,
  type TypeChange,
  typeOf,
  updateSnapshot,
} from "./snapshot.ts"
export type { Variant } from "./type-state.ts"
