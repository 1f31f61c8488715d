// Replays a recorded case in the host and writes down what happened in the recorder's form.
import {
  type AnyConfiguration,
  createHost,
  type Host,
  type HostOptions,
  type HttpExchange,
  type LevelName,
  type LogLine,
  type PluginInput,
  printLogLine,
  type RouteOptions,
} from "@attache/wasm-host"
import { answerAdmin } from "./admin.ts"
import type { CaseConfig, PluginBehind, Step, Transcript, WasmCase } from "./corpus.ts"
import { clientRecord, httpRequest, upstreamRecord } from "./recorder.ts"
import { testGrpc, testUpstream } from "./test-upstream.ts"

/** What the recorder waits between starting the proxy and the first request, and after each request. */
const pauses = { start: 400, step: 60 } as const

/** A replay: what is known so far is handed out after every step. */
export interface Replay {
  readonly transcript: Transcript
  /** Code of the mistake that would have ended Envoy. */
  readonly crash?: string
  /** Whether the guest never came back and its worker was ended. */
  readonly isHung?: boolean
}

/** Replays a case. @param readSizes how the kernel cut a large request body, where that was recorded @param progress called after the start and after each step @param line told of every line at once */
export function replayCase(
  item: WasmCase,
  readSizes: readonly number[] | undefined,
  progress: (replay: Replay) => void = () => {},
  line?: (line: LogLine) => void,
): Replay {
  const host = createHost({ ...hostOptions(item), ...(line === undefined ? {} : { onLog: line }) })
  let taken = 0
  const takeLog = (): readonly string[] => {
    const lines = host.logs.slice(taken).flatMap((line) => printLogLine(line).split("\n"))
    taken = host.logs.length
    return lines
  }
  const base = {
    exit: { code: 0, sig: null },
    steps: [],
    stats: [],
    endLog: [],
    ...(item.config.network === true ? {} : { accessLog: [""] }),
  }
  const { isStarted, reason } = host.start()
  host.advance(item.config.settle ?? pauses.start)
  if (!isStarted || host.crash !== undefined) {
    const startLog = host.crash === undefined ? [...takeLog(), ...refusal(reason ?? "")] : takeLog()
    const exit = host.crash === undefined ? { code: 1, sig: null } : { code: null, sig: signalOf(host) }
    return { transcript: { ...base, started: false, exit, startLog }, ...crashOf(host) }
  }
  const startLog = takeLog()
  const steps: Step[] = []
  const known = (): Transcript => ({ ...base, started: true, startLog, steps: [...steps] })
  progress({ transcript: known() })
  for (const step of item.expected.steps) {
    steps.push(replayStep(host, step, readSizes, takeLog))
    progress({ transcript: known() })
    if (host.crash !== undefined)
      return { transcript: { ...known(), exit: { code: null, sig: signalOf(host) } }, ...crashOf(host) }
  }
  const stats = host.printStats(new RegExp(item.config.statFilter ?? "wasm"))
  host.stop()
  if (host.crash !== undefined)
    return {
      transcript: { ...known(), stats, endLog: takeLog(), exit: { code: null, sig: signalOf(host) } },
      ...crashOf(host),
    }
  const log = host.accessLog.join("\n").trim().split("\n")
  return {
    transcript: { ...known(), stats, endLog: takeLog(), ...(item.config.network === true ? {} : { accessLog: log }) },
  }
}

/** The signal Envoy's process ends with. */
function signalOf({ crash }: Host): string {
  return crash?.code === "ATT_WASM_GRPC_TARGET" ? "SIGABRT" : "SIGSEGV"
}

function crashOf(host: Host): { readonly crash?: string } {
  return host.crash === undefined ? {} : { crash: host.crash.code }
}

function refusal(reason: string): readonly string[] {
  return [`critical|main|error \`${reason}\` initializing config '<config>`, "  <config>'", reason]
}

function replayStep(
  host: Host,
  step: Step,
  readSizes: readonly number[] | undefined,
  takeLog: () => readonly string[],
): Step {
  if (step.sleepMs !== undefined) {
    host.advance(step.sleepMs)
    return { sleepMs: step.sleepMs, ...(step.log === undefined ? {} : { log: takeLog() }) }
  }
  if (step.admin !== undefined)
    return {
      admin: step.admin,
      body: answerAdmin(host.stats, step.admin),
      ...(step.log === undefined ? {} : { log: takeLog() }),
    }
  if (step.sent !== undefined) return replayTcp(host, step.sent, takeLog)
  const { request } = step
  if (request === undefined) return step
  const seen = host.upstream.length
  const exchanges = Array.from({ length: request.parallel ?? 1 }, () => host.open(httpRequest(request, readSizes)))
  waitFor(host, exchanges, request.timeout ?? 10_000)
  host.advance(pauses.step)
  const results = exchanges.map((exchange) => clientRecord(exchange.result()))
  return {
    request,
    // The recorder's gRPC server writes nothing down, and its HTTP server refuses requests without a host by itself.
    upstream: host.upstream
      .slice(seen)
      .filter(
        (sight) => sight.cluster !== "grpc" && ("aborted" in sight || sight.headers.some(([name]) => name === "host")),
      )
      .map(upstreamRecord),
    ...(request.parallel === undefined
      ? results[0] === undefined
        ? {}
        : { client: results[0] }
      : { client: results }),
    log: takeLog(),
  }
}

function waitFor(host: Host, exchanges: readonly HttpExchange[], timeoutMs: number): void {
  for (let waited = 0; waited < timeoutMs && exchanges.some(({ isDone }) => !isDone); waited += 5) host.advance(5)
  for (const exchange of exchanges) if (!exchange.isDone) exchange.giveUp()
}

function replayTcp(host: Host, sent: readonly string[], takeLog: () => readonly string[]): Step {
  const connection = host.connect({
    data: (bytes) => new TextEncoder().encode(`echo:${new TextDecoder().decode(bytes)}`),
  })
  for (const piece of sent) {
    if (piece === "<end>") connection.end()
    else if (piece === "<reset>") connection.reset()
    else connection.send(piece)
    host.advance(pauses.step)
  }
  const texts = (pieces: readonly Uint8Array[], isEnded: boolean): readonly string[] => [
    ...pieces.map((piece) => new TextDecoder().decode(piece)),
    ...(isEnded ? ["<end>"] : []),
  ]
  return {
    sent,
    upstreamReceived: texts(connection.serverReceived, connection.isServerEnded),
    client: texts(connection.received, connection.isClientEnded),
    log: takeLog(),
  }
}

const levels: Readonly<Record<string, LevelName>> = { warn: "warning", warning: "warning", err: "error" }

function hostOptions({ config, module }: WasmCase): HostOptions {
  const level = (config.complog ?? config.log ?? "wasm:trace").split("wasm:")[1]?.split(",")[0] ?? "trace"
  const limit = config.listenerExtra?.per_connection_buffer_limit_bytes
  const upstreams = Object.fromEntries(["upstream", "callout"].map((name) => [name, testUpstream(name)]))
  return {
    ...pluginInput(module, config, config.env),
    ...(config.behind === undefined
      ? {}
      : { behind: config.behind.map((own) => pluginInput(own.bytes, own, config.env)) }),
    clusters: { ...upstreams, grpc: { grpc: testGrpc }, dead: "refused" },
    ...(config.routes === undefined ? {} : { routes: config.routes.map(routeOptions) }),
    workers: config.concurrency ?? 1,
    node: { id: "node-1", cluster: "cluster-1", ...config.node },
    logLevel: levels[level] ?? (level as LevelName),
    ...(typeof limit === "number" ? { bufferLimitBytes: limit } : {}),
  }
}

function pluginInput(module: Uint8Array, config: Omit<PluginBehind, "bytes">, env: CaseConfig["env"]): PluginInput {
  const plugin = config.plugin ?? {}
  const vm = config.vm ?? {}
  const capabilities = plugin.capability_restriction_config as
    | { readonly allowed_capabilities?: Readonly<Record<string, unknown>> }
    | undefined
  return {
    module,
    plugin: {
      name: config.name ?? "plugin",
      rootId: config.root_id ?? "",
      configuration: (plugin.configuration as AnyConfiguration | undefined) ?? config.configuration ?? "",
      ...pick(plugin, "failure_policy", "failurePolicy"),
      ...pick(plugin, "fail_open", "failOpen"),
      ...pick(plugin, "allow_on_headers_stop_iteration", "allowOnHeadersStopIteration"),
      ...(capabilities?.allowed_capabilities === undefined
        ? {}
        : { allowedCapabilities: Object.keys(capabilities.allowed_capabilities) }),
      ...backoff(plugin),
    },
    vm: { id: config.vm_id ?? "", ...vmConfiguration(vm), ...environment(vm, env) },
  }
}

function pick(from: Readonly<Record<string, unknown>>, key: string, as: string): Readonly<Record<string, unknown>> {
  return from[key] === undefined ? {} : { [as]: from[key] }
}

function backoff(plugin: Readonly<Record<string, unknown>>): { readonly reloadBackoffMs?: number } {
  const reload = plugin.reload_config as { readonly backoff?: { readonly base_interval?: string } } | undefined
  const text = reload?.backoff?.base_interval
  return text === undefined ? {} : { reloadBackoffMs: Number.parseFloat(text) * 1000 }
}

function vmConfiguration(vm: Readonly<Record<string, unknown>>): {
  readonly configuration?: AnyConfiguration | string
} {
  const own = vm.configuration
  return own === undefined ? {} : { configuration: own as AnyConfiguration | string }
}

function environment(
  vm: Readonly<Record<string, unknown>>,
  env: CaseConfig["env"],
): {
  readonly environment?: Readonly<Record<string, string>>
  readonly hostEnvironment?: Readonly<Record<string, string>>
} {
  const own = vm.environment_variables as
    | { readonly key_values?: Readonly<Record<string, string>>; readonly host_env_keys?: readonly string[] }
    | undefined
  if (own === undefined) return {}
  const found = (own.host_env_keys ?? []).flatMap((key) => (env?.[key] === undefined ? [] : [[key, env[key]] as const]))
  return { environment: own.key_values ?? {}, hostEnvironment: Object.fromEntries(found) }
}

function routeOptions(route: Readonly<Record<string, unknown>>): RouteOptions {
  const match = route.match as { readonly prefix?: string; readonly path?: string } | undefined
  const action = route.route as { readonly cluster?: string; readonly cluster_header?: string } | undefined
  const direct = route.direct_response as
    | { readonly status?: number; readonly body?: { readonly inline_string?: string } }
    | undefined
  const own = route.typed_per_filter_config as Readonly<Record<string, { readonly disabled?: boolean }>> | undefined
  const metadata = route.metadata as { readonly filter_metadata?: Readonly<Record<string, unknown>> } | undefined
  return {
    ...(typeof route.name === "string" ? { name: route.name } : {}),
    prefix: match?.prefix ?? match?.path ?? "/",
    cluster: action?.cluster ?? "upstream",
    ...(action?.cluster_header === undefined ? {} : { clusterHeader: action.cluster_header }),
    ...(direct === undefined
      ? {}
      : { directResponse: { status: direct.status ?? 200, body: direct.body?.inline_string ?? "" } }),
    isPluginDisabled: Object.values(own ?? {}).some((one) => one.disabled === true),
    ...(metadata?.filter_metadata === undefined ? {} : { filterMetadata: metadata.filter_metadata }),
  }
}
