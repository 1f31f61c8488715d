/** A real Envoy for this package's end-to-end tests. */
import { type ChildProcess, spawn } from "node:child_process"
import { globSync } from "node:fs"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import type { Variant } from "../type-state.ts"

/** Path of an Envoy on this machine, from `ATTACHE_ENVOY_PATH` or the newest in the cache; undefined when there is none. */
export function findTestEnvoy(): string | undefined {
  const cache = process.env.ATTACHE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "attache")
  return (
    process.env.ATTACHE_ENVOY_PATH ??
    globSync(join(cache, "envoy", "*", "*", "envoy"))
      .sort()
      .at(-1)
  )
}

/** What a client got. */
export interface EnvoyAnswer {
  readonly status: number
  readonly body: string
}

/** A running Envoy that takes everything over xDS. */
export interface EnvoyProcess {
  /** JSON of an admin endpoint. */
  admin(path: string): Promise<unknown>
  /** Status and body of a GET to the first listener. Status 0: no connection. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<EnvoyAnswer>
  log(): string
  stop(): Promise<void>
}

/** How Envoy asks: everything on one stream, each type on its own, or so but for clusters, which it does not ask for by itself. */
export type Mode = "ads" | "single" | "on-demand"

/** @param address `unix:PATH` or `HOST:PORT` of the xDS server */
export async function startEnvoy(
  binary: string,
  address: string,
  variant: Variant,
  mode: Mode = "ads",
): Promise<EnvoyProcess> {
  const directory = await mkdtemp(join(tmpdir(), "envoy-"))
  const [config, admin] = [join(directory, "envoy.json"), join(directory, "admin")]
  await writeFile(config, JSON.stringify(bootstrap(address, variant, mode)))
  const options = ["--disable-hot-restart", "--concurrency", "1", "--log-level", "warning", "--drain-time-s", "1"]
  const child = spawn(binary, ["-c", config, "--admin-address-path", admin, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  })
  let log = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (log += chunk.toString()))
  const at = await addressIn(admin, child, () => log)
  let listener = ""
  return {
    log: () => log,
    admin: async (path) => JSON.parse((await get(at, path)).body),
    get: async (path, headers) => {
      if (listener === "") listener = await firstListener(at)
      return listener === "" ? { status: 0, body: "" } : get(listener, path, headers)
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve))
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL")
        await ended
      }
      await rm(directory, { recursive: true })
    },
  }
}

function bootstrap(address: string, variant: Variant, mode: Mode) {
  const [host = "", port = ""] = address.split(":")
  const target = address.startsWith("unix:")
    ? { pipe: { path: address.slice("unix:".length) } }
    : { socket_address: { address: host, port_value: Number(port) } }
  const http2 = {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: { http2_protocol_options: {} },
  }
  const stream = {
    api_type: variant === "sotw" ? "GRPC" : "DELTA_GRPC",
    transport_api_version: "V3",
    set_node_on_first_message_only: true,
    grpc_services: [{ envoy_grpc: { cluster_name: "xds" } }],
  }
  const source = { ...(mode === "ads" ? { ads: {} } : { api_config_source: stream }), resource_api_version: "V3" }
  return {
    node: { id: "proxy-1", cluster: "web" },
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } },
    dynamic_resources: {
      ...(mode === "ads" ? { ads_config: stream } : {}),
      ...(mode === "on-demand" ? {} : { cds_config: source }),
      lds_config: source,
    },
    static_resources: {
      clusters: [
        {
          name: "xds",
          connect_timeout: "1s",
          typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2 },
          load_assignment: { cluster_name: "xds", endpoints: [{ lb_endpoints: [{ endpoint: { address: target } }] }] },
        },
      ],
    },
  }
}

async function addressIn(path: string, child: ChildProcess, log: () => string): Promise<string> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Envoy ended: ${log()}`)
    const text = await readFile(path, "utf8").catch(() => "")
    if (text.includes(":")) return text.trim()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function firstListener(admin: string): Promise<string> {
  const { body } = await get(admin, "/listeners?format=json")
  const { listener_statuses: statuses = [] } = JSON.parse(body)
  const at = statuses[0]?.local_address.socket_address
  return at === undefined ? "" : `${at.address}:${at.port_value}`
}

function get(address: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<EnvoyAnswer> {
  const [host, port] = address.split(":")
  const { promise, resolve } = Promise.withResolvers<EnvoyAnswer>()
  const call = request({ host, port, path, headers, agent: false }, (response) => {
    let body = ""
    response.on("data", (chunk: Buffer) => (body += chunk.toString()))
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body }))
  })
  call.on("error", () => resolve({ status: 0, body: "" }))
  call.end()
  return promise
}
