import { type ClusterInput, createClusters } from "./clusters.ts"
import { configurationBytes } from "./configuration.ts"
import { type HttpExchange, type HttpRequest, type HttpResult, openExchange } from "./http/client.ts"
import { createHttpStream, type UpstreamSight } from "./http/stream.ts"
import type { Route, StreamInfo } from "./http/stream-info.ts"
import { pushKept } from "./kept.ts"
import { createLogSink, type LogLine, printLogLine } from "./log.ts"
import { createLoop } from "./loop.ts"
import { createStats, printStats, type Stats } from "./metrics.ts"
import { EnvoyCrash, endlessEvents, type Mistake, mistake, trapped } from "./mistakes.ts"
import type { HostOptions, PluginInput } from "./options.ts"
import type { Plugin } from "./plugin.ts"
import { createSharedState, defaultCallBytes, type ProxyProcess } from "./process.ts"
import type { PropertySource, ProxyNode } from "./properties.ts"
import { createRandom } from "./random.ts"
import { runtimeCrypto } from "./signature-crypto.ts"
import { createTcpConnection, type TcpConnection, type TcpServer } from "./tcp.ts"
import type { PluginVm } from "./thread.ts"
import { createThreads, type StartResult, type Worker } from "./threads.ts"
import type { Trap } from "./trap.ts"
import { readSourceMap } from "./wasm/source-map.ts"
import { runtimeZlib } from "./zlib.ts"

/** A proxy with Wasm plugins, in virtual time. */
export interface Host {
  /** Loads the module as Envoy does: base VM, canary, main thread, workers. Call it once, before anything else. */
  start(): StartResult
  /** Sends a request and lets time pass until the response is complete, cut, or the client gives up. */
  send(request: HttpRequest): HttpResult
  /** Opens a request for step by step feeding; time passes only in `advance`. */
  open(request: HttpRequest): HttpExchange
  /** Opens a TCP connection. @param server what is behind the proxy; default echoes nothing */
  connect(server: TcpServer): TcpConnection
  /** Lets virtual time pass: timers, call-outs, queues. */
  advance(ms: number): void
  /** Ends connections and roots as a proxy that is told to stop. */
  stop(): void
  /** Every line so far. */
  readonly logs: readonly LogLine[]
  /** Lines as Envoy prints them, `level|logger|text`. */
  printLogs(): readonly string[]
  /** Lines of calls between host and module only, in Envoy's trace form. @param options `callers`: with who made a host call, behind `<-`; needs the host's option of that name */
  trace(options?: { readonly callers?: boolean }): readonly string[]
  /** Traps of the module with frames, names and places; the latest thousand. */
  readonly traps: readonly Trap[]
  readonly stats: Stats
  /** Counters and gauges as `/stats` prints them. */
  printStats(filter?: RegExp): readonly string[]
  readonly accessLog: readonly string[]
  /** Requests that reached a cluster. */
  readonly upstream: readonly UpstreamSight[]
  /** Mistakes of the plugin that Envoy punishes or hides. */
  readonly mistakes: readonly Mistake[]
  /** The mistake Envoy's process would have died of; nothing runs after it. */
  readonly crash: Mistake | undefined
  /** Bytes of memory that the module has on all threads now; what only grows with requests is a leak. */
  memoryBytes(): number
  /** Virtual milliseconds since the start. */
  now(): number
}

/** A proxy that waits for `start`. Nothing in it uses the network, real time or threads. */
export function createHost(options: HostOptions): Host {
  const logs: LogLine[] = []
  const mistakes: Mistake[] = []
  const upstream: UpstreamSight[] = []
  const accessLog: string[] = []
  const traps: Trap[] = []
  const callBytes = options.limits?.callBytes ?? defaultCallBytes
  const recordLimit = options.limits?.records ?? 100_000
  const lineLimit = options.limits?.logLines ?? 1_000_000
  let crash: Mistake | undefined
  const report = (found: Mistake): void => {
    if (!mistakes.some((m) => m.code === found.code && m.where === found.where)) mistakes.push(found)
  }
  const process: ProxyProcess = {
    loop: createLoop(() => {
      throw endlessEvents()
    }),
    log: createLogSink(options.logLevel ?? "trace", (line) => {
      options.onLog?.(line)
      if (logs.length < lineLimit) logs.push(line)
      else report(mistake("ATT_WASM_LOG_OVERFLOW", "proxy_log", "logs all of them"))
    }),
    stats: createStats(),
    shared: options.shared ?? createSharedState(callBytes),
    limits: { callBytes },
    random: createRandom(options.seed ?? 1),
    zlib: options.zlib ?? runtimeZlib(),
    crypto: options.crypto ?? runtimeCrypto(),
    epochMs: options.startTimeMs ?? Date.UTC(2026, 0, 1),
    resolve: (name) => options.dns?.[name] ?? { addresses: [], ttlSeconds: 0 },
    hasCallers: options.callers ?? false,
    report,
    trapped: (trap) => {
      pushKept(traps, trap, 1000)
      report(trapped(trap))
    },
    seen: (request) => pushKept(upstream, request, recordLimit),
  }
  const chain = [options, ...(options.behind ?? [])].map((input) => ({ input, plugin: pluginOf(input, report) }))
  const node: ProxyNode = {
    id: options.node?.id ?? "node",
    cluster: options.node?.cluster ?? "cluster",
    metadata: options.node?.metadata ?? {},
  }
  const clusters = createClusters(options.clusters ?? { upstream: {} satisfies ClusterInput })
  const routes = (options.routes ?? [{}]).map(
    (route): Route => ({
      name: route.name ?? "",
      prefix: route.prefix ?? "/",
      cluster: route.cluster ?? "upstream",
      clusterHeader: route.clusterHeader,
      metadata: route.filterMetadata ?? {},
      isPluginDisabled: route.isPluginDisabled ?? false,
      directResponse: route.directResponse,
    }),
  )
  const facts = (plugin: Plugin): PropertySource => ({
    plugin,
    node,
    nowMs: process.loop.now(),
    epochMs: process.epochMs,
    listenerDirection: 0,
  })
  const bufferLimit = options.bufferLimitBytes ?? 1024 * 1024
  const connections = new Set<TcpConnection>()
  let nextConnection = 0

  const guarded = <T>(run: () => T, otherwise: T): T => {
    if (crash !== undefined) return otherwise
    try {
      return run()
    } catch (error) {
      if (!(error instanceof EnvoyCrash)) throw error
      crash = error.mistake
      report(crash)
      return otherwise
    }
  }
  const threads = createThreads({ options, process, chain, clusters, facts })
  const pluginsFor = (worker: Worker): readonly PluginVm[] =>
    chain.flatMap((_, i) => guarded(() => threads.pluginFor(worker, i), undefined) ?? [])
  const isDisabled = (request: HttpRequest): boolean =>
    routes.find(({ prefix }) => (request.path ?? "/").startsWith(prefix))?.isPluginDisabled === true

  const infoOf = (): StreamInfo => ({
    connectionId: nextConnection,
    startMs: process.loop.now(),
    source: `127.0.0.1:${50000 + (nextConnection % 10000)}`,
    destination: "127.0.0.1:10000",
    route: undefined,
    responseCode: undefined,
    details: undefined,
    flags: new Set(),
    requestBytes: 0,
    responseBytes: 0,
    attempts: 0,
    endMs: undefined,
    upstreamAddress: undefined,
    cluster: undefined,
    hasCluster: false,
    isConnected: false,
    transportFailure: "",
    requestHeaders: undefined,
    responseHeaders: undefined,
    responseTrailers: undefined,
    filterState: new Map(),
  })
  const nextWorker = (): Worker => {
    const worker = threads.worker(nextConnection)
    nextConnection++
    if (worker === undefined) throw new Error("start() was not called, or the proxy did not start")
    return worker
  }

  const open = (request: HttpRequest): HttpExchange => {
    const worker = nextWorker()
    return openExchange(
      request,
      process.loop,
      bufferLimit,
      (client) =>
        createHttpStream({
          process,
          plugins: isDisabled(request) ? [] : pluginsFor(worker),
          clusters,
          routes,
          bufferLimit,
          info: infoOf(),
          client,
          facts,
          accessLog: (line) => pushKept(accessLog, line, recordLimit),
        }),
      (run) => guarded(run, undefined),
      () => crash !== undefined,
      (exchange) => {
        if (exchange.isPaused)
          report(
            mistake(
              "ATT_WASM_STREAM_LEFT_PAUSED",
              "proxy_on_request_headers",
              "keeps the client waiting until it gives up",
            ),
          )
      },
    )
  }

  return {
    start: () => guarded(threads.start, { isStarted: false, reason: "Envoy would have crashed" }),
    open,
    send: (request) => {
      const exchange = open(request)
      guarded(
        () => process.loop.runUntil(() => exchange.isDone || crash !== undefined, request.timeoutMs ?? 60_000),
        false,
      )
      if (!exchange.isDone) guarded(() => exchange.giveUp(), undefined)
      return exchange.result()
    },
    connect: (server) => {
      const worker = nextWorker()
      const connection = createTcpConnection({
        loop: process.loop,
        filter: guarded(() => threads.pluginFor(worker, 0), undefined),
        server,
        info: infoOf(),
        facts,
        guard: (run) => guarded(run, undefined),
      })
      connections.add(connection)
      return connection
    },
    advance: (ms) => guarded(() => process.loop.advance(ms, () => crash !== undefined), undefined),
    stop: () =>
      guarded(() => {
        // The latest is the first in Envoy's list.
        for (const connection of [...connections].reverse()) connection.close()
        threads.stop()
      }, undefined),
    logs,
    printLogs: () => logs.map(printLogLine),
    trace: ({ callers = false } = {}) =>
      logs.flatMap(({ level, text, caller }) => {
        if (level !== "trace" || !text.startsWith("[")) return []
        return [callers && caller !== undefined ? `${text} <- ${caller}` : text]
      }),
    traps,
    stats: process.stats,
    printStats: (filter) => printStats(process.stats, filter),
    accessLog,
    upstream,
    mistakes,
    get crash() {
      return crash
    },
    memoryBytes: () => threads.memoryBytes(),
    now: () => process.loop.now(),
  }
}

function environmentOf(vm: PluginInput["vm"]): readonly (readonly [string, string])[] {
  // The order Envoy's unordered map gives for a few variables: the last inserted first.
  return [...Object.entries(vm?.environment ?? {}), ...Object.entries(vm?.hostEnvironment ?? {})].reverse()
}

function pluginOf(input: PluginInput, report: (found: Mistake) => void): Plugin {
  const { module, plugin: own = {}, vm } = input
  const sourceMap = input.sourceMap === undefined ? undefined : readSourceMap(input.sourceMap)
  if (input.sourceMap !== undefined && sourceMap === undefined)
    report(mistake("ATT_WASM_SOURCE_MAP", "sourceMap", "knows none"))
  const configuration = configurationBytes(own.configuration)
  const vmConfiguration = configurationBytes(vm?.configuration)
  if (configuration.isStruct || vmConfiguration.isStruct) {
    report(
      mistake(
        "ATT_WASM_STRUCT_CONFIGURATION",
        "configuration",
        "1.40 hands over the serialized message, whatever its documentation says",
      ),
    )
  }
  return {
    module,
    name: own.name ?? "plugin",
    rootId: own.rootId ?? "",
    vmId: vm?.id ?? "",
    configuration: configuration.bytes,
    vmConfiguration: vmConfiguration.bytes,
    environment: environmentOf(vm),
    sourceMap,
    failurePolicy: own.failOpen === true ? "FAIL_OPEN" : (own.failurePolicy ?? "FAIL_CLOSED"),
    isLegacyFailOpen: own.failOpen === true,
    allowsStopIteration: own.allowOnHeadersStopIteration ?? false,
    capabilities:
      own.allowedCapabilities === undefined || own.allowedCapabilities.length === 0
        ? undefined
        : new Set(own.allowedCapabilities),
  }
}
