import type { SourceMap } from "./wasm/source-map.ts"

/** What becomes of streams when the VM failed. Source: `envoy.extensions.wasm.v3.FailurePolicy`. */
export type FailurePolicy = "FAIL_CLOSED" | "FAIL_OPEN" | "FAIL_RELOAD"

/** A plugin as a VM knows it: names and bytes, every default applied. */
export interface Plugin {
  readonly module: Uint8Array
  readonly name: string
  readonly rootId: string
  readonly vmId: string
  readonly configuration: Uint8Array
  readonly vmConfiguration: Uint8Array
  /** Environment of the VM in the order the module sees it. */
  readonly environment: readonly (readonly [string, string])[]
  readonly sourceMap: SourceMap | undefined
  readonly failurePolicy: FailurePolicy
  /** The deprecated field `fail_open`: a stream passes even when it is the one that trapped. */
  readonly isLegacyFailOpen: boolean
  /** `allow_on_headers_stop_iteration`. */
  readonly allowsStopIteration: boolean
  /** Names of `capability_restriction_config`; undefined: everything is allowed. */
  readonly capabilities: ReadonlySet<string> | undefined
}

/** Whether plugins live in one VM on a thread: VM id, VM configuration and code are equal. Source: proxy-wasm-cpp-host `makeVmKey`. */
export function sharesVm(a: Plugin, b: Plugin): boolean {
  return a.vmId === b.vmId && equalBytes(a.vmConfiguration, b.vmConfiguration) && equalBytes(a.module, b.module)
}

/** Whether plugins are one in their VM: root id, configuration and name are equal too. */
export function sharesRoot(a: Plugin, b: Plugin): boolean {
  return a.rootId === b.rootId && a.name === b.name && equalBytes(a.configuration, b.configuration) && sharesVm(a, b)
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, i) => byte === b[i]))
}

/** The head of a line a stream's context logs. Source: Envoy `Context::log_prefix`. */
export function streamLogPrefix({ name, rootId, vmId }: Plugin): string {
  return `wasm log${[name, rootId, vmId].map((part) => (part === "" ? "" : ` ${part}`)).join("")}: `
}

/** The head of a line a root context logs: without the plugin's name. */
export function rootLogPrefix({ rootId, vmId }: Plugin): string {
  return `wasm log${[rootId, vmId].map((part) => (part === "" ? "" : ` ${part}`)).join("")}: `
}
