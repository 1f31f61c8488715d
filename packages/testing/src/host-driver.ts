import {
  type ClusterInput,
  createHost,
  createSharedState,
  type GrpcHandler,
  type Host,
  type PluginInput,
  type SharedState,
  type UpstreamHandler,
} from "@attache/wasm-host"
import { forwarded } from "./forwarded.ts"
import { failureWithLog, pluginLogLine } from "./log-line.ts"
import { messageOf, methodOf, pluginsOf } from "./message.ts"
import type {
  Driver,
  Exchange,
  PluginLogLine,
  PluginSetup,
  ProxySetup,
  ProxyUnderTest,
  ReceivedRequest,
  TestRequest,
} from "./proxy.ts"

/** Virtual milliseconds that `until` lets pass at most, and between two looks. */
const patienceMs = 60_000
const stepMs = 10

/** Runs plugins in this process, in virtual time and without a network. */
export const host: Driver = {
  name: "host",
  start: async (setup) => startInHost(setup),
}

interface World {
  readonly setup: ProxySetup
  readonly logs: PluginLogLine[]
  readonly received: ReceivedRequest[]
  readonly shared: SharedState
}

function startInHost(setup: ProxySetup): ProxyUnderTest {
  const world: World = { setup, logs: [], received: [], shared: createSharedState() }
  const running = startHost(world)
  return {
    logs: world.logs,
    send: async (request = {}) => sendTo(running, world, request),
    received: (cluster) => world.received.filter((each) => cluster === undefined || each.cluster === cluster),
    metric: async (name) => valueIn(running.stats, `wasmcustom.${name}`),
    advance: async (ms) => running.advance(ms),
    until: async (holds) => {
      for (let passed = 0; !(await holds()); passed += stepMs) {
        if (passed >= patienceMs)
          throw failureWithLog("ATT_TESTING_UNTIL_TIMEOUT", "it did not happen within 60 s of virtual time", world.logs)
        running.advance(stepMs)
      }
    },
    [Symbol.asyncDispose]: async () => running.stop(),
  }
}

function startHost(world: World): Host {
  const { setup, logs, shared } = world
  const plugins = pluginsOf(setup)
  const [first, ...behind] = plugins.map(inputOf)
  if (first === undefined) throw new Error("a proxy under test needs a plugin")
  const clusters = Object.entries(setup.clusters ?? { upstream: {} })
  const created = createHost({
    ...first,
    behind,
    clusters: Object.fromEntries(clusters.map(([name, input]) => [name, watched(world, name, input)])),
    ...(setup.routes === undefined ? {} : { routes: setup.routes }),
    logLevel: setup.logLevel ?? "info",
    shared,
    onLog: ({ level, logger, text }) => {
      if (logger === "wasm" && !text.startsWith("[")) logs.push(pluginLogLine(level, text))
    },
  })
  const { isStarted, reason } = created.start()
  if (isStarted && created.crash === undefined) return created
  const refused =
    plugins.length === 1 ? plugins[0]?.name : plugins.find(({ name }) => reason?.endsWith(` ${name}`))?.name
  const why = created.crash?.message ?? `the proxy refuses ${refused ?? "its configuration"}`
  throw failureWithLog("ATT_TESTING_NOT_STARTED", why, logs)
}

function inputOf({ module, vmId, vmConfiguration, ...own }: PluginSetup & { readonly name: string }): PluginInput {
  return {
    module,
    plugin: own,
    vm: {
      ...(vmId === undefined ? {} : { id: vmId }),
      ...(vmConfiguration === undefined ? {} : { configuration: vmConfiguration }),
    },
  }
}

/** A cluster that notes what it gets. */
function watched({ received }: World, cluster: string, input: ClusterInput): ClusterInput {
  if (input === "refused") return input
  const own = typeof input === "function" ? { http: input } : input
  const http: UpstreamHandler = (request) => {
    const answer = (own.http ?? (() => ({ headers: { "content-length": "0" } })))(request)
    const message = messageOf(request.headers, request.body, request.trailers)
    received.push({ ...message, cluster, method: request.method, path: request.path, answer })
    return answer
  }
  const grpc: GrpcHandler = (request) => {
    const answer = (own.grpc ?? (() => ({ status: 12, statusMessage: "unimplemented" })))(request)
    const path = `/${request.service}/${request.method}`
    received.push({ ...messageOf(request.headers, request.message, []), cluster, method: "POST", path, answer })
    return answer
  }
  return { http, grpc }
}

function sendTo(running: Host, world: World, request: TestRequest): Exchange {
  const before = world.received.length
  const result = running.send({ ...request, method: methodOf(request) })
  return {
    ...messageOf(result.headers, result.body, result.trailers),
    request,
    outcome: result.outcome,
    status: result.status ?? 0,
    upstream: forwarded(world.setup, world.received.slice(before)),
  }
}

function valueIn(stats: Host["stats"], name: string): number {
  return Number(stats.counters.get(name) ?? stats.gauges.get(name) ?? 0n)
}
