import { type AdminAddress, type AdminConnection, connectAdmin } from "./admin-request.ts"
import { isJsonObject, type JsonObject, type JsonValue, listIn, numberIn, objectIn, textIn } from "./json.ts"

/** State of a server as `/ready` says it. */
export const serverStates = ["LIVE", "DRAINING", "PRE_INITIALIZING", "INITIALIZING"] as const

/** One of {@link serverStates}. */
export type ServerState = (typeof serverStates)[number]

/** One extension that is compiled in, from `node.extensions` of `/server_info`. */
export interface EnvoyExtension {
  /** Such as `envoy.filters.http.lua`. */
  readonly name: string
  /** Such as `envoy.filters.http`. */
  readonly category: string
  /** Full names of the configuration messages, without `type.googleapis.com/`. */
  readonly typeUrls: readonly string[]
  readonly disabled: boolean
}

/** What `/server_info` says. */
export interface ServerInfo {
  readonly build: string
  readonly state: string
  readonly nodeId: string
  readonly nodeCluster: string
  readonly extensions: readonly EnvoyExtension[]
}

/** Which statistics are wanted. */
export interface StatsOptions {
  /** RE2 expression that is searched for in the name. */
  readonly filter?: string
  /** Only those that were ever written. Default false. */
  readonly usedOnly?: boolean
}

/** A listener and the addresses it is bound to: `127.0.0.1:10000`, `[::1]:10000` or the path of a socket. */
export interface BoundListener {
  readonly name: string
  readonly addresses: readonly BoundAddress[]
}

/** A bound address; a Unix socket has a path and no port. */
export type BoundAddress = { readonly address: string; readonly port: number } | { readonly path: string }

/** Which part of the configuration is wanted. Source: Envoy, admin path `/config_dump`. */
export interface ConfigDumpOptions {
  /** A repeated field of a dump, such as `dynamic_listeners` or `dynamic_route_configs`. */
  readonly resource?: string
  /** RE2 expression for names of resources. */
  readonly nameRegex?: string
  /** Field mask within the resource. */
  readonly mask?: string
  /** Default false. */
  readonly includeEds?: boolean
}

/** How listeners are drained. Source: Envoy, admin path `/drain_listeners`. */
export interface DrainListenersOptions {
  /** Tell clients first and stop after the drain time. Default false: stop listening at once. */
  readonly graceful?: boolean
  /** With `graceful`: stay alive afterwards. Default false. */
  readonly skipExit?: boolean
  readonly inboundOnly?: boolean
}

/** Envoy's admin interface. Every call may throw ATT_ENVOY_ADMIN_UNREACHABLE, ATT_ENVOY_ADMIN_REFUSED, ATT_ENVOY_ADMIN_TOO_LARGE. */
export interface AdminClient {
  readonly address: AdminAddress
  /** For paths without a method here. */
  readonly connection: AdminConnection
  /** The state in words; only `LIVE` serves. */
  ready(): Promise<ServerState | string>
  serverInfo(): Promise<ServerInfo>
  /** Counters and gauges by name; histograms are left out. */
  stats(options?: StatsOptions): Promise<ReadonlyMap<string, number>>
  /** `cluster_statuses` of `/clusters?format=json`. @param filter RE2 expression for names; Envoy before 1.38 gives all. */
  clusters(filter?: string): Promise<readonly JsonValue[]>
  listeners(): Promise<readonly BoundListener[]>
  /** The whole answer, as Envoy gives it. */
  configDump(options?: ConfigDumpOptions): Promise<JsonObject>
  /** Names of what initialisation still waits for, by init manager; empty when nothing is warming. */
  initDump(): Promise<ReadonlyMap<string, readonly string[]>>
  /** A level for all loggers, or levels by logger. */
  setLogLevels(levels: string | Readonly<Record<string, string>>): Promise<void>
  drainListeners(options?: DrainListenersOptions): Promise<void>
  /** Fails health checks; existing connections are told to close. */
  failHealthChecks(): Promise<void>
  /** Ends Envoy at once. */
  quit(): Promise<void>
  /** Closes idle connections; may be called twice. */
  close(): void
}

/** A client of the admin interface at an address. Nothing is sent until a method is called. */
export function createAdminClient(address: AdminAddress): AdminClient {
  const connection = connectAdmin(address)
  const post = async (path: string) => void (await connection.text(path, { method: "POST" }))
  return {
    address,
    connection,
    ready: async () => (await connection.send("/ready")).body.trim(),
    serverInfo: async () => readServerInfo(await connection.json("/server_info")),
    stats: async (options = {}) => {
      const flags = { filter: options.filter, usedonly: options.usedOnly === true ? "" : undefined }
      return readStats(await connection.json(`/stats${queryOf({ format: "json", ...flags })}`))
    },
    clusters: async (filter) =>
      listIn(await connection.json(`/clusters${queryOf({ format: "json", filter })}`), "cluster_statuses"),
    listeners: async () => readListeners(await connection.json("/listeners?format=json")),
    configDump: async (o = {}) => {
      const eds = o.includeEds === true ? "" : undefined
      const query = queryOf({ resource: o.resource, name_regex: o.nameRegex, mask: o.mask, include_eds: eds })
      const dump = await connection.json(`/config_dump${query}`)
      return isJsonObject(dump) ? dump : {}
    },
    initDump: async () => readInitDump(await connection.json("/init_dump")),
    setLogLevels: (levels) => {
      if (typeof levels === "string") return post(`/logging${queryOf({ level: levels })}`)
      const paths = Object.entries(levels).map(([logger, level]) => `${logger}:${level}`)
      return post(`/logging${queryOf({ paths: paths.join(",") })}`)
    },
    drainListeners: (o = {}) => {
      const flag = (on: boolean | undefined) => (on === true ? "" : undefined)
      return post(
        `/drain_listeners${queryOf({ graceful: flag(o.graceful), skip_exit: flag(o.skipExit), inboundonly: flag(o.inboundOnly) })}`,
      )
    },
    failHealthChecks: () => post("/healthcheck/fail"),
    quit: () => post("/quitquitquit"),
    close: () => connection.close(),
  }
}

/** Reads `/server_info`; what is absent becomes empty. */
export function readServerInfo(value: JsonValue): ServerInfo {
  const node = objectIn(value, "node")
  const extensions = listIn(node, "extensions").map((entry) => ({
    name: textIn(entry, "name") ?? "",
    category: textIn(entry, "category") ?? "",
    typeUrls: listIn(entry, "type_urls").filter((url) => typeof url === "string"),
    disabled: isJsonObject(entry) && entry.disabled === true,
  }))
  const text = (from: JsonValue | undefined, key: string) => textIn(from, key) ?? ""
  return {
    build: text(value, "version"),
    state: text(value, "state"),
    nodeId: text(node, "id"),
    nodeCluster: text(node, "cluster"),
    extensions,
  }
}

/** Reads `/listeners?format=json`, additional addresses included. */
export function readListeners(value: JsonValue): readonly BoundListener[] {
  return listIn(value, "listener_statuses").map((entry) => {
    const all = [objectIn(entry, "local_address"), ...listIn(entry, "additional_local_addresses")]
    return { name: textIn(entry, "name") ?? "", addresses: all.flatMap((address) => readAddress(address)) }
  })
}

function readAddress(value: JsonValue | undefined): readonly BoundAddress[] {
  const path = textIn(objectIn(value, "pipe"), "path")
  if (path !== undefined) return [{ path }]
  const socket = objectIn(value, "socket_address")
  const address = textIn(socket, "address")
  return address === undefined ? [] : [{ address, port: numberIn(socket, "port_value") ?? 0 }]
}

function readStats(value: JsonValue): ReadonlyMap<string, number> {
  return new Map(
    listIn(value, "stats").flatMap((entry): readonly (readonly [string, number])[] => {
      const name = textIn(entry, "name")
      const number = numberIn(entry, "value")
      return name === undefined || number === undefined ? [] : [[name, number]]
    }),
  )
}

function readInitDump(value: JsonValue): ReadonlyMap<string, readonly string[]> {
  const dumps = listIn(value, "unready_targets_dumps").map((entry): readonly [string, readonly string[]] => [
    textIn(entry, "name") ?? "",
    listIn(entry, "target_names").filter((name) => typeof name === "string"),
  ])
  return new Map(dumps)
}

function queryOf(fields: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(fields).flatMap(([key, value]) => {
    if (value === undefined) return []
    return value === "" ? [key] : [`${key}=${encodeURIComponent(value)}`]
  })
  return parts.length === 0 ? "" : `?${parts.join("&")}`
}
