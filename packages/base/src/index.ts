export { changedMap } from "./changed-map.ts"
export { type Clock, createManualClock, type ManualClock, systemClock } from "./clock.ts"
export { type Diagnostic, formatDiagnostic, type ObjectRef, type Severity } from "./diagnostics.ts"
export { contentVersion, sha256Hex } from "./digest.ts"
export {
  AttacheError,
  type AttacheErrorOptions,
  errorFrom,
  isAttacheError,
  messageOf,
  type Retry,
  unreachable,
} from "./errors.ts"
export { type Buckets, createBuckets } from "./graph/buckets.ts"
export { type Cell, type Cells, createCells } from "./graph/cells.ts"
export { structuralEqual } from "./graph/equal.ts"
export {
  createGraph,
  type Graph,
  type GraphOptions,
  type GraphStats,
  type Input,
  type Query,
  type QueryOptions,
} from "./graph/graph.ts"
export { createWatch, type Watch } from "./graph/watch.ts"
export {
  createLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  logLevels,
  silentLogger,
} from "./logger.ts"
export { printable } from "./printable.ts"
export { isProcessAlive } from "./process-alive.ts"
export { Secret } from "./secret.ts"
