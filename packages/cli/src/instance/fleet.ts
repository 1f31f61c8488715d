// The Envoys of one instance: one for each proxy key, started when the key appears and drained when it goes.
import { messageOf, printable } from "@attache/base"
import { type Fact, type Lack, type ProxyView, type RouteTest, textOfLack } from "@attache/control-plane"
import {
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
import { parseRequestLine, requestLine } from "./request-line.ts"
import { restartPause } from "./restart-pause.ts"
import { type WatchedEnvoy, watchEnvoy } from "./watched-envoy.ts"

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
  /** Where folders of Envoys are made. */
  readonly folder: string
  readonly logLevel: string
  /** The binary; asked once an Envoy is needed. */
  readonly findEnvoy: () => Promise<FoundEnvoy>
  /** A proxy's bootstrap with what its user says over it. Default: as it is. */
  readonly overBootstrap?: (key: string, bootstrap: JsonObject) => JsonObject
  /** Which filters work on a route of a proxy, by its name in xDS. */
  readonly filtersOfRoute: (key: string, route: string) => RouteTest
}

/** Envoys that follow the proxy keys. One that ends by itself is started again, after a pause that grows. */
export interface Fleet {
  /**
   * Starts what is missing and stops what is not wanted any more; says so when a running Envoy's bootstrap is not the one it
   * would get now. Errors: ATT_ENVOY_*, with ports that are in use first of all.
   */
  follow(keys: readonly string[], listeners: (key: string) => readonly FleetListener[]): Promise<void>
  /** Resolves when every Envoy is live and nothing of its configuration is warming. */
  serving(): Promise<void>
  /** What is known of every Envoy now, by proxy key. Never rejects. */
  views(): Promise<ReadonlyMap<string, ProxyView>>
  /** Drains and ends all Envoys. */
  stop(): Promise<void>
}

/** An empty fleet. */
export function createFleet(options: FleetOptions): Fleet {
  const running = new Map<string, Promise<RunningEnvoy>>()
  const bootstraps = new Map<string, string>()
  const watched = new Map<string, WatchedEnvoy>()
  const said = new Map<string, ReadonlySet<string>>()
  const wanted = new Map<string, readonly FleetListener[]>()
  const pauses = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  const leaving = new Set<Promise<unknown>>()
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
  const leave = (envoy: Promise<RunningEnvoy>): Promise<unknown> => {
    // One that does not start has told so to whoever started it.
    const left = envoy.then((started) => started.stop()).catch(() => {})
    leaving.add(left)
    return left.finally(() => leaving.delete(left))
  }
  const start = async (key: string): Promise<RunningEnvoy> => {
    // A Gateway that comes back, or another one, may want the ports of one that goes.
    await Promise.all(leaving)
    const listeners = wanted.get(key) ?? []
    const bootstrap = bootstrapOf(key)
    bootstraps.set(key, JSON.stringify(bootstrap))
    const watch = watchEnvoy({
      filtersOfRoute: (route) => options.filtersOfRoute(key, route),
      onWorking: (working) => {
        if (!isStopping) said.set(key, sayWorking(key, working, said.get(key) ?? new Set()))
      },
    })
    watched.set(key, watch)
    try {
      return await run(bootstrap, listeners, watch)
    } catch (error) {
      watch.ended(messageOf(error))
      throw error
    }
  }
  const run = async (
    bootstrap: JsonObject,
    listeners: readonly FleetListener[],
    watch: WatchedEnvoy,
  ): Promise<RunningEnvoy> => {
    await checkPorts(distinct([...listeners, ...bootstrapAddresses(bootstrap)]))
    const found = await options.findEnvoy()
    for (const note of found.notes) say(note)
    const envoy = await runEnvoy({
      path: found.path,
      folder: options.folder,
      bootstrap,
      logLevel: options.logLevel as "warning",
      // What is asked for is shown soon, not when a buffer is full or ten seconds have passed.
      args: ["--file-flush-interval-msec", "500"],
      // An Envoy that is told to end warns of its end and of what it loses then.
      onLog: (line) => {
        watch.note(line)
        if (!isStopping || line.level !== "warning") showLog(line)
      },
      onOutput: (line) => {
        const request = parseRequestLine(line)
        if (request !== undefined) watch.noteRequest(request)
        say(request === undefined ? line : requestLine(request))
      },
    })
    watch.started(envoy.admin)
    envoy.exit.then(
      ({ code, signal }) => {
        watch.ended(`it has ended (${signal ?? `exit code ${code}`})`)
      },
      () => {},
    )
    return envoy
  }
  const launch = (key: string): Promise<RunningEnvoy> => {
    const own = start(key)
    running.set(key, own)
    const forget = (): boolean => running.get(key) === own && running.delete(key)
    own.then(async ({ exit }) => {
      const began = performance.now()
      const { code, signal } = await exit
      if (!forget() || isStopping) return
      say(`${styled("red", "envoy ended")} ${key} (${signal ?? `exit code ${code}`})`)
      revive(key, performance.now() - began)
    }, forget)
    return own
  }
  const revive = (key: string, livedMs: number): void => {
    if (isStopping) return
    const pause = restartPause(pauses.get(key), livedMs)
    pauses.set(key, pause)
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (isStopping || running.has(key) || !wanted.has(key)) return
      launch(key).then(
        () => say(`${styled("green", "restarted")} ${key}`),
        (error: unknown) => {
          say(`${styled("red", "not restarted")} ${key}: ${messageOf(error)}`)
          revive(key, 0)
        },
      )
    }, pause)
    timers.add(timer)
  }
  return {
    follow: async (keys, listeners) => {
      const gone = [...running].filter(([key]) => !keys.includes(key))
      for (const [key] of gone) running.delete(key)
      for (const key of watched.keys()) if (!keys.includes(key)) watched.delete(key)
      wanted.clear()
      for (const key of keys) wanted.set(key, listeners(key))
      const stopped = gone.map(([, envoy]) => leave(envoy))
      for (const key of keys) if (running.has(key)) noteChange(key)
      // Those that are starting already too: who asks a second time learns of their failure as well.
      await Promise.all([...stopped, ...keys.map((key) => running.get(key) ?? launch(key))])
    },
    serving: async () => {
      await Promise.all([...watched].map(([key, watch]) => untilWarm(key, watch)))
    },
    views: async () =>
      new Map(await Promise.all([...watched].map(async ([key, watch]) => [key, await watch.view()] as const))),
    stop: async () => {
      isStopping = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.allSettled([...running.values()].map(async (envoy) => (await envoy).stop()))
      running.clear()
    },
  }
}

/** Several listeners may share one port: HTTPS hosts do. */
function distinct(listeners: readonly ListenAddress[]): readonly ListenAddress[] {
  const byPlace = new Map(listeners.map((l) => [`${l.protocol ?? "tcp"} ${l.address} ${l.port}`, l]))
  return [...byPlace.values()]
}

/** Longest wait for what does not get warm, in milliseconds; whoever waits for it may go on without the others. */
const warmMs = 30_000

/** Live means the initial fetches are done; listeners may still wait for routes or certificates. */
async function untilWarm(key: string, watch: WatchedEnvoy): Promise<void> {
  const deadline = performance.now() + warmMs
  for (;;) {
    const { warmed } = await watch.view()
    if (warmed.state !== "no") return
    if (performance.now() >= deadline) return sayLacks("not warm", key, warmed.lacks)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Tells what is new, and when all is well again. @returns what has been told of what is so now */
function sayWorking(key: string, { state, lacks }: Fact, told: ReadonlySet<string>): ReadonlySet<string> {
  const fresh = lacks.filter((lack) => !told.has(textOfLack(lack)))
  sayLacks("not working", key, fresh)
  if (state === "yes" && told.size > 0) say(`${styled("green", "working")} ${key}: nothing has failed any more`)
  return new Set(lacks.map(textOfLack))
}

function sayLacks(what: string, key: string, lacks: readonly Lack[]): void {
  for (const lack of lacks) say(`${styled("red", what)} ${key}: ${printable(textOfLack(lack))}`)
}

function showLog({ level, message, logger }: EnvoyLogLine): void {
  const colour = level === "error" || level === "critical" ? "red" : level === "warning" ? "yellow" : "gray"
  say(`${styled(colour, `envoy ${level}`)} ${logger === undefined ? "" : `${logger}: `}${message}`)
}
