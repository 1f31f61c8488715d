// Runs a case of the corpus on a real Envoy and writes down what happened in the corpus's form.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { isAttacheError } from "@attache/base"
import { type EnvoyLogLine, type ProcessExit, type RunningEnvoy, runEnvoy } from "@attache/envoy"
import type { CaseConfig, Step, Transcript } from "../corpus.ts"
import { bootstrapOf } from "./bootstrap.ts"
import { exchange, exchangeTcp } from "./client.ts"
import { type Servers, startServers } from "./servers.ts"

/** A case without its answers. */
export interface CaseInput {
  readonly module: Uint8Array
  readonly config: CaseConfig
  /** Only what is asked is looked at. */
  readonly steps: readonly Step[]
}

/** How a case is recorded. */
export interface RecordOptions {
  /** Path of the Envoy binary. */
  readonly envoyPath: string
  /** Milliseconds from SIGTERM to SIGKILL. Default 2000. */
  readonly killAfterMs?: number
}

/** What the recorder waits between start and first request, after each request, and after a piece on TCP. */
const pauses = { start: 400, step: 60, piece: 60 } as const

/** Records a case: one Envoy, started, asked, stopped. Never throws for what the plugin does. */
export async function recordCase(input: CaseInput, { envoyPath, killAfterMs }: RecordOptions): Promise<Transcript> {
  const { config } = input
  const isTcp = config.network === true
  await using servers = await startServers(isTcp)
  const folder = await mkdtemp(join(tmpdir(), "attache-record-"))
  try {
    const modulePath = join(folder, "module.wasm")
    const accessLogPath = join(folder, "access.log")
    await writeFile(modulePath, input.module)
    const pathsBehind = (config.behind ?? []).map((_, i) => join(folder, `behind-${i}.wasm`))
    for (const [i, path] of pathsBehind.entries()) await writeFile(path, config.behind?.[i]?.bytes ?? "")
    const log: string[] = []
    const takeLog = (): readonly string[] => log.splice(0)
    const accessLog = async (): Promise<Pick<Transcript, "accessLog">> =>
      isTcp ? {} : { accessLog: (await readFile(accessLogPath, "utf8").catch(() => "")).trim().split("\n") }
    const listener = { name: "listener", config, modulePath, pathsBehind, accessLogPath }
    const level = config.complog ?? config.log ?? "wasm:trace"
    const started = await startEnvoy(() =>
      runEnvoy({
        path: envoyPath,
        bootstrap: bootstrapOf([listener], servers.ports),
        concurrency: config.concurrency ?? 1,
        logLevel: "critical",
        componentLogLevels: Object.fromEntries([level.split(":") as [string, string]]),
        env: { ...process.env, ...config.env },
        onLog: (line) => log.push(...printLine(line)),
        // The engine prints some failures by itself.
        onOutput: (line) => log.push(line),
      }),
    )
    if (!("pid" in started)) {
      return {
        started: false,
        exit: started,
        startLog: takeLog(),
        steps: [],
        stats: [],
        endLog: [],
        ...(await accessLog()),
      }
    }
    const run = await runSteps(started, input, servers, takeLog)
    const exit = await stop(started, killAfterMs ?? 2000)
    const isKilled = exit.sig === "SIGKILL"
    return {
      started: true,
      exit,
      ...(isKilled ? { neededSigkill: true } : {}),
      ...run,
      endLog: takeLog(),
      ...(await accessLog()),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Exit = Transcript["exit"]

async function startEnvoy(start: () => Promise<RunningEnvoy>): Promise<RunningEnvoy | Exit> {
  try {
    return await start()
  } catch (error) {
    if (!isAttacheError(error) || error.code !== "ATT_ENVOY_EXITED") throw error
    const { exit, signal } = error.facts as { readonly exit?: number; readonly signal?: string }
    return exitOf({
      ...(exit === undefined ? {} : { code: exit }),
      ...(signal === undefined ? {} : { signal }),
    } as ProcessExit)
  }
}

async function stop(envoy: RunningEnvoy, killAfterMs: number): Promise<Exit> {
  return exitOf(await envoy.stop({ drainMs: 0, killAfterMs }))
}

function exitOf({ code, signal }: ProcessExit): Exit {
  return { code: code ?? null, sig: signal ?? null }
}

async function runSteps(
  envoy: RunningEnvoy,
  { config, steps }: CaseInput,
  servers: Servers,
  takeLog: () => readonly string[],
): Promise<Pick<Transcript, "startLog" | "steps" | "stats">> {
  let isEnded = false
  void envoy.exit.then(() => {
    isEnded = true
  })
  const port = await unlessEnded(envoy, () => listenPort(envoy))
  await pause(config.settle ?? pauses.start)
  const startLog = takeLog()
  const done: Step[] = []
  for (const step of steps) {
    if (isEnded || port === undefined) break
    done.push(await runStep(envoy, port, step, servers, takeLog))
  }
  const filter = config.statFilter ?? "wasm"
  const stats = isEnded ? undefined : await unlessEnded(envoy, () => readStats(envoy, filter))
  return { startLog, steps: done, stats: stats ?? [] }
}

/** What is asked of an Envoy; undefined when it ends meanwhile. */
async function unlessEnded<T>(envoy: RunningEnvoy, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    const isOver = await Promise.race([envoy.exit.then(() => true), pause(20_000, false)])
    if (isOver) return undefined
    throw error
  }
}

/** Counters and gauges that were used, as Envoy prints them. */
async function readStats(envoy: RunningEnvoy, filter: string): Promise<readonly string[]> {
  const { body } = await envoy.admin.connection.send(`/stats?usedonly&filter=${encodeURIComponent(filter)}`)
  return body.split("\n").filter((line) => /: \d+$/.test(line))
}

async function runStep(
  envoy: RunningEnvoy,
  port: number,
  step: Step,
  servers: Servers,
  takeLog: () => readonly string[],
): Promise<Step> {
  const log = (): Pick<Step, "log"> => (step.log === undefined ? {} : { log: takeLog() })
  if (step.sleepMs !== undefined) {
    await pause(step.sleepMs)
    return { sleepMs: step.sleepMs, ...log() }
  }
  if (step.admin !== undefined) {
    return { admin: step.admin, body: (await envoy.admin.connection.send(step.admin)).body, ...log() }
  }
  if (step.sent !== undefined) {
    servers.pieces.splice(0)
    const client = await exchangeTcp(port, step.sent, pauses.piece)
    return { sent: step.sent, upstreamReceived: [...servers.pieces], client, log: takeLog() }
  }
  const { request } = step
  if (request === undefined) return step
  servers.seen.splice(0)
  const clients = await Promise.all(Array.from({ length: request.parallel ?? 1 }, () => exchange(port, request)))
  await pause(pauses.step)
  const [client = {}] = clients
  return {
    request,
    upstream: [...servers.seen],
    client: request.parallel === undefined ? client : clients,
    log: takeLog(),
  }
}

async function listenPort(envoy: RunningEnvoy): Promise<number> {
  const [listener] = await envoy.admin.listeners()
  const [address] = listener?.addresses ?? []
  if (address === undefined || !("port" in address)) throw new Error("the listener has no port")
  return address.port
}

/** A line in the corpus's form, `level|logger|text`; text that is no log line as it is. The bootstrap in it is left out. */
export function printLine({ level, logger, message }: EnvoyLogLine): readonly string[] {
  if (level === "raw") return [message]
  const text = message.replace(/(initializing config ').*'/s, "$1<config>\n  <config>'")
  return `${level}|${logger}|${text}`.split("\n")
}
