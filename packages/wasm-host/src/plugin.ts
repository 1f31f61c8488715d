/** What becomes of streams when the VM failed. Source: `envoy.extensions.wasm.v3.FailurePolicy`. */
export type FailurePolicy = "FAIL_CLOSED" | "FAIL_OPEN" | "FAIL_RELOAD"

/** A plugin as a VM knows it: names and bytes, every default applied. */
export interface Plugin {
  readonly name: string
  readonly rootId: string
  readonly vmId: string
  readonly configuration: Uint8Array
  readonly vmConfiguration: Uint8Array
  readonly failurePolicy: FailurePolicy
  /** The deprecated field `fail_open`: a stream passes even when it is the one that trapped. */
  readonly isLegacyFailOpen: boolean
  /** `allow_on_headers_stop_iteration`. */
  readonly allowsStopIteration: boolean
  /** Names of `capability_restriction_config`; undefined: everything is allowed. */
  readonly capabilities: ReadonlySet<string> | undefined
}

/** The head of a line a stream's context logs. Source: Envoy `Context::log_prefix`. */
export function streamLogPrefix({ name, rootId, vmId }: Plugin): string {
  return `wasm log${[name, rootId, vmId].map((part) => (part === "" ? "" : ` ${part}`)).join("")}: `
}

/** The head of a line a root context logs: without the plugin's name. */
export function rootLogPrefix({ rootId, vmId }: Plugin): string {
  return `wasm log${[rootId, vmId].map((part) => (part === "" ? "" : ` ${part}`)).join("")}: `
}
