// The Envoys of one instance: one for each proxy key, started when the key appears and drained when it goes.
import {
  type AdminClient,
  bootstrapAddresses,
  checkPorts,
  createBootstrap,
  type EnvoyLogLine,
  type FoundEnvoy,
  type JsonObject,
  type ListenAddress,
  type RunningEnvoy,
  runEnvoy,
} from "@attache/envoy"
import { say, styled } from "../output/format.ts"
import { requestLine } from "./request-line.ts"

/** A listener that an Envoy is going to bind. */
export interface FleetListener {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly protocol: "tcp" | "udp"
}

/** How Envoys are run. */
export interface FleetOptions {
  /** Unix socket of the xDS server. */
  readonly xdsSocket: string
  readonly logLevel: string
  /** The binary; asked once an Envoy is needed. */
  readonly findEnvoy: () => Promise<FoundEnvoy>
  /** A proxy's bootstrap with what its user says over it. Default: as it is. */
  readonly overBootstrap?: (key: string, bootstrap: JsonObject) => JsonObject
}

/** Envoys that follow the proxy keys. */
export interface Fleet {
  /**
   * Starts what is missing and stops what is not wanted any more; says so when a running Envoy's bootstrap is not the one it
   * would get now. Errors: ATT_ENVOY_*, with ports that are in use first of all.
   */
  follow(keys: readonly string[], listeners: (key: string) => readonly FleetListener[]): Promise<void>
  /** Resolves when every Envoy is live and nothing of its configuration is warming. */
  serving(): Promise<void>
  /** Drains and ends all Envoys. */
  stop(): Promise<void>
}

/** An empty fleet. */
export function createFleet(options: FleetOptions): Fleet {
  const running = new Map<string, Promise<RunningEnvoy>>()
  const bootstraps = new Map<string, string>()
  let isStopping = false
  const bootstrapOf = (key: string): JsonObject => {
    const own = createBootstrap({
      nodeId: `${process.pid}-${key.replaceAll("/", "-")}`,
      nodeCluster: key,
      xds: { socketPath: options.xdsSocket },
    })
    return options.overBootstrap?.(key, own) ?? own
  }
  const noteChange = (key: string): void => {
    const text = JSON.stringify(bootstrapOf(key))
    if (bootstraps.get(key) === text) return
    bootstraps.set(key, text)
    say(`${styled("yellow", "changed")} bootstrap of ${key}: Envoy takes it when it is started again`)
  }
  const start = async (key: string, listeners: readonly FleetListener[]): Promise<RunningEnvoy> => {
    const bootstrap = bootstrapOf(key)
    bootstraps.set(key, JSON.stringify(bootstrap))
    await checkPorts(distinct([...listeners, ...bootstrapAddresses(bootstrap)]))
    const found = await options.findEnvoy()
    for (const note of found.notes) say(note)
    const envoy = await runEnvoy({
      path: found.path,
      bootstrap,
      logLevel: options.logLevel as "warning",
      // An Envoy that is told to end warns of its end and of what it loses then.
      onLog: (line) => {
        if (!isStopping || line.level !== "warning") showLog(line)
      },
      onOutput: (line) => say(requestLine(line) ?? line),
    })
    envoy.exit.then(
      ({ code, signal }) => {
        if (!isStopping && running.has(key))
          say(`${styled("red", "envoy ended")} ${key} (${signal ?? `exit code ${code}`})`)
        running.delete(key)
      },
      () => {},
    )
    return envoy
  }
  return {
    follow: async (keys, listeners) => {
      const gone = [...running].filter(([key]) => !keys.includes(key))
      for (const [key] of gone) running.delete(key)
      const stopped = gone.map(async ([, envoy]) => (await envoy).stop())
      for (const key of keys) if (running.has(key)) noteChange(key)
      const started = keys
        .filter((key) => !running.has(key))
        .map((key) => {
          const envoy = start(key, listeners(key))
          running.set(key, envoy)
          envoy.catch(() => running.delete(key))
          return envoy
        })
      await Promise.all([...stopped, ...started])
    },
    serving: async () => {
      await Promise.all([...running.values()].map(async (envoy) => untilWarm((await envoy).admin)))
    },
    stop: async () => {
      isStopping = true
      await Promise.all([...running.values()].map(async (envoy) => (await envoy).stop().catch(() => {})))
      running.clear()
    },
  }
}

/** Several listeners may share one port: HTTPS hosts do. */
function distinct(listeners: readonly ListenAddress[]): readonly ListenAddress[] {
  const byPlace = new Map(listeners.map((l) => [`${l.protocol ?? "tcp"} ${l.address} ${l.port}`, l]))
  return [...byPlace.values()]
}

/** Live means the initial fetches are done; listeners may still wait for routes or certificates. */
async function untilWarm(admin: AdminClient): Promise<void> {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    const stats = await admin.stats({
      filter: "^listener_manager.total_listeners_warming$|^cluster_manager.warming_clusters$",
    })
    if (Object.values(stats).every((value) => value === 0)) return
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
}

function showLog({ level, message, logger }: EnvoyLogLine): void {
  const colour = level === "error" || level === "critical" ? "red" : level === "warning" ? "yellow" : "gray"
  say(`${styled(colour, `envoy ${level}`)} ${logger === undefined ? "" : `${logger}: `}${message}`)
}
