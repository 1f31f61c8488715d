// Extensions in the listeners that an Envoy serves, read from its own configuration dump.
import { contentVersion } from "@attache/base"
import { isJsonObject, type JsonObject, type JsonValue, listIn, objectIn, textIn } from "./json.ts"
import type { WasmPluginNames } from "./log-lines.ts"

/** Where a filter is, and since when. */
export interface FilterPlace {
  /** Name of the listener. */
  readonly listener: string
  /** Time of the listener's last update, in milliseconds since the epoch. */
  readonly since: number
  /**
   * Equal as long as Envoy keeps the instance of the filter: an update of other filter chains leaves it alone, any other
   * change of the listener makes a new one (Envoy 1.40).
   */
  readonly fingerprint: string
  /** Name of the filter in its chain. */
  readonly name: string
  /** Traffic passes without the filter when it fails. */
  readonly isFailOpen: boolean
}

/** A Wasm plugin. */
export interface AttachedWasm extends FilterPlace {
  readonly kind: "wasm"
  readonly plugin: WasmPluginNames
  /** Envoy fetches the code itself, and accepts the listener before it has seen it. */
  readonly isRemote: boolean
  /** A VM that failed is made anew from time to time. */
  readonly isReloading: boolean
}

/** An external processor. */
export interface AttachedProcessor extends FilterPlace {
  readonly kind: "ext_proc"
  /** Cluster of the gRPC service; absent where it is named otherwise. */
  readonly cluster?: string
  /** What its statistics' names begin with; connection managers of one `stat_prefix` share them. */
  readonly stats: string
}

/** One of the extensions that can fail while their listener is accepted. */
export type AttachedFilter = AttachedWasm | AttachedProcessor

/** One listener of a dump, without its content. */
export interface ListenerState {
  readonly name: string
  /** Time of the active form's last update, in milliseconds since the epoch; absent: it has none yet. */
  readonly activeSince?: number
  readonly isWarming: boolean
}

/** Value of `mask` with which a dump of `dynamic_listeners` has what {@link listenerStates} reads, and nothing else. */
export const listenerStateMask = "name,active_state.last_updated,warming_state.last_updated"

/** Listeners of a dump of `dynamic_listeners`, each name once. */
export function listenerStates(dump: JsonObject): readonly ListenerState[] {
  const states = listIn(dump, "configs").flatMap((entry): readonly ListenerState[] => {
    const name = textIn(entry, "name")
    const active = objectIn(entry, "active_state")
    const isWarming = objectIn(entry, "warming_state") !== undefined
    if (name === undefined || (active === undefined && !isWarming)) return []
    return [{ name, ...(active === undefined ? {} : { activeSince: timeOf(active) }), isWarming }]
  })
  return [...new Map(states.map((state) => [state.name, state])).values()]
}

/** Wasm plugins and external processors in the active listeners of a dump of `dynamic_listeners`. */
export function attachedFilters(dump: JsonObject): readonly AttachedFilter[] {
  return listIn(dump, "configs").flatMap((entry) => {
    const active = objectIn(entry, "active_state")
    const listener = objectIn(active, "listener")
    if (active === undefined || listener === undefined) return []
    const { filter_chains: _, default_filter_chain: last, filter_chain_matcher: __, ...rest } = listener
    const frame = JSON.stringify(rest)
    const since = timeOf(active)
    return [...listIn(listener, "filter_chains"), ...(last === undefined ? [] : [last])].flatMap((chain) => {
      const fingerprint = contentVersion(`${frame}\n${JSON.stringify(chain)}`)
      const base = { listener: textIn(listener, "name") ?? textIn(entry, "name") ?? "", since, fingerprint }
      return filtersIn(chain, "").flatMap((found) => readFilter({ ...base, name: found.name }, found))
    })
  })
}

interface NamedFilter {
  readonly name: string
  readonly config: JsonObject
  /** `stat_prefix` of the connection manager around it. */
  readonly prefix: string
}

/** Every `{name, typed_config}` below a value, however deep. */
function filtersIn(value: JsonValue, prefix: string): readonly NamedFilter[] {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((each) => filtersIn(each, prefix))
  if (!isJsonObject(value)) return []
  const config = objectIn(value, "typed_config")
  const own = config === undefined ? [] : [{ name: textIn(value, "name") ?? "", config, prefix }]
  const below = value.http_filters === undefined ? prefix : (textIn(value, "stat_prefix") ?? prefix)
  return [...own, ...Object.values(value).flatMap((each) => filtersIn(each, below))]
}

type Unread = Omit<FilterPlace, "isFailOpen">

function readFilter(place: Unread, { config, prefix }: NamedFilter): readonly AttachedFilter[] {
  const type = textIn(config, "@type") ?? ""
  if (/\.filters\.(?:http|network)\.wasm\.v3\.Wasm$/.test(type)) return [readWasm(place, objectIn(config, "config"))]
  if (/\.filters\.http\.ext_proc\.v3\.ExternalProcessor$/.test(type)) return [readProcessor(place, config, prefix)]
  return []
}

function readWasm(place: Unread, config: JsonObject | undefined): AttachedWasm {
  const vm = objectIn(config, "vm_config")
  const policy = textIn(config, "failure_policy")
  return {
    ...place,
    kind: "wasm",
    plugin: {
      name: textIn(config, "name") ?? "",
      rootId: textIn(config, "root_id") ?? "",
      vmId: textIn(vm, "vm_id") ?? "",
    },
    isFailOpen: config?.fail_open === true || policy === "FAIL_OPEN",
    isRemote: objectIn(objectIn(vm, "code"), "remote") !== undefined,
    isReloading: policy === "FAIL_RELOAD",
  }
}

function readProcessor(place: Unread, config: JsonObject, prefix: string): AttachedProcessor {
  const cluster = textIn(objectIn(objectIn(config, "grpc_service"), "envoy_grpc"), "cluster_name")
  const own = textIn(config, "stat_prefix") ?? ""
  return {
    ...place,
    kind: "ext_proc",
    stats: `http.${prefix}.ext_proc.${own === "" ? "" : `${own}.`}`,
    ...(cluster === undefined ? {} : { cluster }),
    // What only looks on harms nobody by being gone.
    isFailOpen: config.failure_mode_allow === true || config.observability_mode === true,
  }
}

/** Envoy writes times as `2026-11-21T08:02:32.263Z`. */
function timeOf(state: JsonObject): number {
  const time = Date.parse(textIn(state, "last_updated") ?? "")
  return Number.isNaN(time) ? 0 : time
}
