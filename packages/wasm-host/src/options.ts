import type { LevelName } from "./abi/status.ts"
import type { ClusterInput } from "./clusters.ts"
import type { ConfigurationInput } from "./configuration.ts"
import type { LogLine } from "./log.ts"
import type { FailurePolicy } from "./plugin.ts"
import type { SharedState, Zlib } from "./process.ts"
import type { SignatureCrypto } from "./signature-crypto.ts"

/** `envoy.extensions.wasm.v3.PluginConfig` without its VM. */
export interface PluginOptions {
  /** Default `plugin`. */
  readonly name?: string
  /** Default empty. */
  readonly rootId?: string
  readonly configuration?: ConfigurationInput
  /** Default `FAIL_CLOSED`. With `failOpen` set too the plugin is refused. */
  readonly failurePolicy?: FailurePolicy
  /** The deprecated field `fail_open`. */
  readonly failOpen?: boolean
  /** `reload_config.backoff.base_interval` in milliseconds, default 1000. */
  readonly reloadBackoffMs?: number
  /** `allow_on_headers_stop_iteration`, default false. */
  readonly allowOnHeadersStopIteration?: boolean
  /** Names of `capability_restriction_config.allowed_capabilities`. Default: everything is allowed. */
  readonly allowedCapabilities?: readonly string[]
}

/** `envoy.extensions.wasm.v3.VmConfig`. */
export interface VmConfigOptions {
  /** Default empty. */
  readonly id?: string
  readonly configuration?: ConfigurationInput
  /** `environment_variables.key_values`. */
  readonly environment?: Readonly<Record<string, string>>
  /** Variables of the proxy that the VM sees: `host_env_keys` with their values; absent ones are left out by the caller. */
  readonly hostEnvironment?: Readonly<Record<string, string>>
}

/** A route of the proxy; the first that matches is taken. */
export interface RouteOptions {
  readonly name?: string
  /** Default `/`. */
  readonly prefix?: string
  /** Default `upstream`. */
  readonly cluster?: string
  /** `cluster_header`: the request header that names the cluster, instead of `cluster`. */
  readonly clusterHeader?: string
  /** `typed_per_filter_config` with `disabled: true`: the plugin is not in the chain. Default false. */
  readonly isPluginDisabled?: boolean
  /** `direct_response`: the proxy answers itself. */
  readonly directResponse?: { readonly status: number; readonly body?: string }
  /** `metadata.filter_metadata`. */
  readonly filterMetadata?: Readonly<Record<string, unknown>>
}

/** What a name resolves to. */
export interface DnsAnswer {
  /** IPv4 or IPv6 addresses; none: nobody knows the name. */
  readonly addresses: readonly string[]
  readonly ttlSeconds: number
}

/** Bounds on what a module may use. */
export interface HostLimits {
  /** Largest module, default 64 MiB. Larger: ATT_WASM_FILE_TOO_LARGE. */
  readonly moduleBytes?: number
  /** Memory in pages of 64 KiB, default 16384 (1 GiB), as in Envoy. */
  readonly memoryPages?: number
  /** Log lines kept, default 1 000 000. More: ATT_WASM_LOG_OVERFLOW. */
  readonly logLines?: number
  /** Bytes a module may hand to the host in one callback, and all proxies of a shared state may keep in it; default 256 MiB. More: ATT_WASM_TOO_MUCH_DATA. */
  readonly callBytes?: number
  /** Requests in `upstream` and lines in `accessLog` that are kept, the latest; default 100 000. */
  readonly records?: number
}

/** A Wasm plugin: everything has a default but the module. */
export interface PluginInput {
  readonly module: Uint8Array
  readonly plugin?: PluginOptions
  readonly vm?: VmConfigOptions
  /** Source map of the module as JSON text (AssemblyScript: `--sourceMap`): places in the source for traps and callers. */
  readonly sourceMap?: string
}

/** A proxy with a Wasm plugin, or with several in one filter chain. */
export interface HostOptions extends PluginInput {
  /** Plugins behind this one in the chain, in the order in which a request meets them. */
  readonly behind?: readonly PluginInput[]
  /** Clusters by name; `upstream` is where requests go. Default: `upstream` answers 200 without a body. */
  readonly clusters?: Readonly<Record<string, ClusterInput>>
  /** Default: everything to `upstream`. */
  readonly routes?: readonly RouteOptions[]
  /** Worker threads, default 1, at most 64. Besides there is always the main thread's VM. */
  readonly workers?: number
  readonly node?: {
    readonly id?: string
    readonly cluster?: string
    readonly metadata?: Readonly<Record<string, unknown>>
  }
  /** `per_connection_buffer_limit_bytes`, default 1 MiB. */
  readonly bufferLimitBytes?: number
  /** Addresses by name, for `envoy_resolve_dns`; every other name resolves to nothing. Addresses and `localhost` need no entry. */
  readonly dns?: Readonly<Record<string, DnsAnswer>>
  /** Least level logged, default `trace`: every call is in the log. */
  readonly logLevel?: LevelName
  /** Finds out which function of the module makes each host call, for `trace({ callers: true })`. Costs time. Default false. */
  readonly callers?: boolean
  /** Told of every line as it is logged, also when the module never comes back. */
  readonly onLog?: (line: LogLine) => void
  /** Wall clock at the start, milliseconds since the epoch. Default 2026-01-01. */
  readonly startTimeMs?: number
  /** Seed of `random_get`, default 1. */
  readonly seed?: number
  /** Data and queues shared with other proxies; default its own. */
  readonly shared?: SharedState
  /** Default: Node's, where there is one; without it `compress` and `uncompress` answer 12. */
  readonly zlib?: Zlib
  /** Default: Node's, where there is one; without it `sign` and `verify_signature` answer 12. */
  readonly crypto?: SignatureCrypto
  readonly limits?: HostLimits
}
