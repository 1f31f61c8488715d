import type { Destination, RetryPlan } from "./destination.ts"
import type { Origin } from "./origin.ts"

/** What the extension policies give one route, in policy order inside each list. */
export interface RouteExtensions {
  readonly lua: readonly LuaPlan[]
  readonly extProc: readonly ExtProcPlan[]
  readonly wasm: readonly WasmPlan[]
  readonly dynamicModules: readonly DynamicModulePlan[]
}

/** A Lua script. */
export interface LuaPlan {
  /** `envoyextensionpolicy/{namespace}/{name}/lua/{index}`; filter name behind `envoy.filters.http.lua/`. */
  readonly name: string
  readonly code: string
  /** JSON object given to the script per route. */
  readonly filterContext?: Readonly<Record<string, unknown>>
  readonly origin: Origin
}

/** Where Envoy gets a Wasm module: over HTTP from whoever serves the module cache, or from a local file. */
export type WasmCode = WasmRevision &
  (
    | {
        readonly type: "remote"
        readonly url: string
        readonly sha256: string
        /**
         * Whether it is at our own module server: each proxy gets a URL of its own then, and the VM is named after the module
         * too, without which Envoy 1.40 keeps the old one. Default: the URL as it is and a VM named after the entry alone, as
         * Envoy Gateway has it.
         */
        readonly isOurs?: boolean
      }
    | { readonly type: "file"; readonly path: string; readonly sha256: string }
  )

interface WasmRevision {
  /** How often its bytes were put back after they were lost: an Envoy that could not have them then tries again. Default 0. */
  readonly revision?: number
}

/** A Wasm plugin whose module is known. */
export interface WasmPlan {
  /** `envoyextensionpolicy/{namespace}/{name}/wasm/{index}`; also the VM id, if the module has none of its own. */
  readonly name: string
  /** Plugin name; the user's, else the plan's. */
  readonly pluginName: string
  readonly rootId?: string
  /** Compact JSON text; absent: empty configuration. */
  readonly config?: string
  readonly isFailOpen: boolean
  readonly hostEnvKeys: readonly string[]
  readonly code: WasmCode
  readonly origin: Origin
}

/** When and how much of a message an external processor sees. */
export interface ProcessingDirection {
  readonly body?: "Streamed" | "Buffered" | "BufferedPartial" | "FullDuplexStreamed"
  readonly attributes: readonly string[]
}

/** An external processor. */
export interface ExtProcPlan {
  /** `envoyextensionpolicy/{namespace}/{name}/extproc/{index}`. */
  readonly name: string
  readonly destination: Destination
  /** `:authority` of the gRPC calls. */
  readonly authority: string
  /** Protobuf JSON duration. */
  readonly messageTimeout?: string
  readonly isFailOpen: boolean
  readonly isShadow?: boolean
  readonly request?: ProcessingDirection
  readonly response?: ProcessingDirection
  readonly isModeOverrideAllowed?: boolean
  readonly accessibleNamespaces?: readonly string[]
  readonly writableNamespaces?: readonly string[]
  readonly statusOnError?: number
  readonly retry?: RetryPlan
  readonly origin: Origin
}

/** A dynamic module filter. */
export interface DynamicModulePlan {
  /** `envoyextensionpolicy/{namespace}/{name}/dynamic-module/{index}`. */
  readonly name: string
  readonly source:
    | { readonly type: "local"; readonly path: string }
    | { readonly type: "remote"; readonly url: string; readonly sha256: string }
  readonly filterName: string
  /** Compact JSON text. */
  readonly config?: string
  readonly isTerminal: boolean
  readonly doNotClose: boolean
  readonly loadGlobally: boolean
  readonly origin: Origin
}
