import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { findEnvoy, freePorts, type RunningEnvoy, runEnvoy } from "@attache/envoy"
import type { ClusterInput, LevelName } from "@attache/wasm-host"
import { type ClusterServer, type ClusterWatch, startClusterServer } from "./cluster-server.ts"
import { bootstrapOf, type ClusterPort } from "./envoy-bootstrap.ts"
import { sendHttp } from "./envoy-client.ts"
import { forwarded } from "./forwarded.ts"
import { startGrpcServer } from "./grpc-server.ts"
import { failureWithLog, pluginLogLine } from "./log-line.ts"
import { pluginsOf } from "./message.ts"
import type { Driver, PluginLogLine, ProxySetup, ProxyUnderTest, ReceivedRequest, TestRequest } from "./proxy.ts"

/** Real milliseconds that `until` waits at most, and between two looks. */
const patienceMs = 10_000
const stepMs = 10

/**
 * Runs plugins in a real Envoy with one worker thread: the one that `findEnvoy` finds, fetched when there is none.
 *
 * Clusters are servers on free ports of this machine. Errors that handlers throw come out of the next `send`.
 */
export const envoy: Driver = { name: "envoy", start: startOnEnvoy }

async function startOnEnvoy(setup: ProxySetup): Promise<ProxyUnderTest> {
  await using cleanup = new AsyncDisposableStack()
  const logs: PluginLogLine[] = []
  const received: ReceivedRequest[] = []
  const failures: unknown[] = []
  const watch: ClusterWatch = {
    received: (request) => void received.push(request),
    failed: (error) => void failures.push(error),
  }
  const ports = await startClusters(setup, watch, cleanup)
  const modules = await writeModules(setup, cleanup)
  const running = await runEnvoy({
    path: (await findEnvoy()).path,
    bootstrap: bootstrapOf(setup, modules, ports),
    concurrency: 1,
    logLevel: "warning",
    componentLogLevels: { wasm: setup.logLevel ?? "info" },
    onLog: ({ logger, level, message }) => {
      if (logger === "wasm" && !message.startsWith("[")) logs.push(pluginLogLine(levelOf(level), message))
    },
  }).catch((error: unknown) => {
    throw Object.assign(failureWithLog("ATT_TESTING_NOT_STARTED", String(error), logs), { cause: error })
  })
  cleanup.use(running)
  const port = await portOf(running)
  const rest = cleanup.move()
  return {
    logs,
    send: async (request = {}) => {
      const exchange = await sendThrough(port, setup, received, request)
      if (failures.length > 0) throw failures.shift()
      return exchange
    },
    received: (cluster) => received.filter((each) => cluster === undefined || each.cluster === cluster),
    metric: async (name) => (await running.admin.stats()).get(`wasmcustom.${name}`) ?? 0,
    advance: async (ms) => void (await pause(ms)),
    until: (holds) => until(holds, logs),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

async function sendThrough(
  port: number,
  setup: ProxySetup,
  received: readonly ReceivedRequest[],
  request: TestRequest,
): ReturnType<ProxyUnderTest["send"]> {
  const before = received.length
  const answer = await sendHttp(port, request)
  return { ...answer, upstream: forwarded(setup, received.slice(before)) }
}

async function until(holds: () => boolean | Promise<boolean>, logs: readonly PluginLogLine[]): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > end)
      throw failureWithLog("ATT_TESTING_UNTIL_TIMEOUT", "it did not happen within 10 s", logs)
    await pause(stepMs)
  }
}

async function startClusters(
  setup: ProxySetup,
  watch: ClusterWatch,
  cleanup: AsyncDisposableStack,
): Promise<ReadonlyMap<string, ClusterPort>> {
  const ports = new Map<string, ClusterPort>()
  for (const [name, input] of Object.entries(setup.clusters ?? { upstream: {} })) {
    const isGrpc = typeof input === "object" && input.grpc !== undefined
    const server = await startCluster(name, input, watch)
    if (server !== undefined) cleanup.use(server)
    ports.set(name, { port: server?.port ?? (await refusedPort()), isGrpc })
  }
  return ports
}

/** A server for a cluster; none for one that refuses. A cluster speaks HTTP/1.1 or gRPC, not both. */
async function startCluster(
  name: string,
  input: ClusterInput,
  watch: ClusterWatch,
): Promise<ClusterServer | undefined> {
  if (input === "refused") return undefined
  if (typeof input === "function") return startClusterServer(name, input, watch)
  if (input.grpc !== undefined) return startGrpcServer(name, input.grpc, watch)
  return startClusterServer(name, input.http ?? (() => ({ headers: { "content-length": "0" } })), watch)
}

/** A port where nobody listens. */
async function refusedPort(): Promise<number> {
  const [port] = await freePorts(1)
  if (port === undefined) throw new Error("no free port")
  return port
}

async function writeModules(setup: ProxySetup, cleanup: AsyncDisposableStack): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "attache-testing-"))
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const paths = pluginsOf(setup).map((_plugin, i) => join(folder, `${i}.wasm`))
  for (const [i, { module }] of pluginsOf(setup).entries()) await writeFile(paths[i] ?? "", module)
  return paths
}

async function portOf(running: RunningEnvoy): Promise<number> {
  const [address] = (await running.admin.listeners())[0]?.addresses ?? []
  if (address === undefined || !("port" in address)) throw new Error("the listener is not bound")
  return address.port
}

function levelOf(level: string): LevelName {
  return level === "off" || level === "raw" ? "info" : (level as LevelName)
}
