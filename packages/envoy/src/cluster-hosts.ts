import type { BoundAddress } from "./admin.ts"
import { isJsonObject, type JsonValue, listIn, numberIn, objectIn, textIn } from "./json.ts"

/** One endpoint of a cluster, as an Envoy sees it. */
export interface ClusterHost {
  /** Undefined for an address of another kind. */
  readonly address: BoundAddress | undefined
  /** Why Envoy does not send to it; empty: it does. Source: Envoy, `HostHealthStatus`. */
  readonly unhealthy: readonly string[]
  /** Counters and gauges: `cx_connect_fail`, `cx_active`, `rq_success`, `rq_error`, `rq_timeout`. */
  readonly stats: ReadonlyMap<string, number>
}

/** Endpoints by cluster, from `cluster_statuses` of the admin path `/clusters`. */
export function clusterHosts(statuses: readonly JsonValue[]): ReadonlyMap<string, readonly ClusterHost[]> {
  return new Map(
    statuses.map((status) => [textIn(status, "name") ?? "", listIn(status, "host_statuses").map(readHost)]),
  )
}

function readHost(value: JsonValue): ClusterHost {
  const stats = listIn(value, "stats").map(
    (stat) => [textIn(stat, "name") ?? "", numberIn(stat, "value") ?? 0] as const,
  )
  return {
    address: readAddress(objectIn(value, "address")),
    unhealthy: reasonsOf(objectIn(value, "health_status")),
    stats: new Map(stats),
  }
}

function readAddress(value: JsonValue | undefined): BoundAddress | undefined {
  const path = textIn(objectIn(value, "pipe"), "path")
  if (path !== undefined) return { path }
  const socket = objectIn(value, "socket_address")
  const address = textIn(socket, "address")
  return address === undefined ? undefined : { address, port: numberIn(socket, "port_value") ?? 0 }
}

const flags: Readonly<Record<string, string>> = {
  failed_active_health_check: "its health check fails",
  failed_outlier_check: "it was ejected as an outlier",
  pending_active_hc: "its first health check is not done",
  excluded_via_immediate_hc_fail: "it said that it is not healthy",
  pending_dynamic_removal: "it is being removed",
}

function reasonsOf(health: JsonValue | undefined): readonly string[] {
  if (!isJsonObject(health)) return []
  const told = textIn(health, "eds_health_status") ?? "HEALTHY"
  const isFit = told === "HEALTHY" || told === "UNKNOWN" || told === "DEGRADED"
  const raised = Object.entries(flags).flatMap(([flag, reason]) => (health[flag] === true ? [reason] : []))
  return isFit ? raised : [`its endpoint is ${told}`, ...raised]
}
