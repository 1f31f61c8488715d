import { setTimeout as pause } from "node:timers/promises"
import type { AttacheError } from "@attache/base"
import { type AdminClient, createAdminClient } from "./admin.ts"
import type { AdminAddress } from "./admin-request.ts"
import type { Environment } from "./cache-directory.ts"
import { reasonOf } from "./envoy-reason.ts"
import { failure } from "./failure.ts"
import type { JsonObject } from "./json.ts"
import { createLineReader, type EnvoyLogLevel, type EnvoyLogLine, logFormat, parseLogLine } from "./log-lines.ts"
import { createRunDirectory, type RunDirectory, readAdminAddress } from "./run-directory.ts"
import { type StopOptions, stopEnvoy } from "./stop.ts"
import { type ProcessExit, type SupervisedProcess, spawnSupervised } from "./supervised-spawn.ts"

/** How an Envoy is run. */
export interface RunOptions {
  /** Path of the binary. */
  readonly path: string
  /** As a JSON object; without `admin.address` one is added. */
  readonly bootstrap: JsonObject
  /** Admin interface that is added: a Unix socket of mode 0600, or 127.0.0.1 with a free port. Default `unix`. */
  readonly admin?: "unix" | "tcp"
  /** Where the private directory of this run is made. Default: the system's folder for temporary files. */
  readonly folder?: string
  /** Number of worker threads. Default: Envoy's, one per core. */
  readonly concurrency?: number
  /** Default `info`. */
  readonly logLevel?: Exclude<EnvoyLogLevel, "raw">
  /** Levels by logger, such as `{ wasm: "debug" }`. */
  readonly componentLogLevels?: Readonly<Record<string, string>>
  /** Seconds over which a listener that is replaced drains its connections. Default 60, as Envoy Gateway. */
  readonly drainTimeS?: number
  /** More arguments of the command line, after ours. */
  readonly args?: readonly string[]
  /** Whole environment of the process. Default ours. */
  readonly env?: Environment
  /** What to wait for: `live` serves, `admin` answers on the admin interface. Default `live`. */
  readonly until?: "live" | "admin"
  /** Milliseconds to wait for it. Default 30 s. Longer: ATT_ENVOY_NOT_LIVE and the process is ended. */
  readonly startTimeoutMs?: number
  /** Called for every line of the log. */
  readonly onLog?: (line: EnvoyLogLine) => void
  /** Called for every line of standard output, where access logs may go. */
  readonly onOutput?: (line: string) => void
  /** Kills Envoy at once when aborted; for a graceful end use `stop`. */
  readonly signal?: AbortSignal
}

/** A running Envoy. Dies with our process. */
export interface RunningEnvoy extends AsyncDisposable {
  readonly pid: number
  /** Private directory of this run; removed when Envoy has ended. */
  readonly directory: string
  readonly adminAddress: AdminAddress
  readonly admin: AdminClient
  /** Milliseconds from the start of the process until what `until` names. */
  readonly startMs: number
  /** Fulfilled when the process has ended and its log was read; never rejected. */
  readonly exit: Promise<ProcessExit>
  /** Waits until `/ready` says LIVE. @throws AttacheError ATT_ENVOY_NOT_LIVE, ATT_ENVOY_EXITED */
  live(timeoutMs?: number): Promise<void>
  /** Drains and ends Envoy. Called again it gives the same promise. Never rejected. */
  stop(options?: StopOptions): Promise<ProcessExit>
}

/**
 * Starts an Envoy and waits until it serves.
 *
 * Ports are not checked here: call `checkPorts(bootstrapAddresses(bootstrap))` before. Hot restart is off, so any number
 * may run on one machine.
 *
 * @throws AttacheError ATT_ENVOY_START_FAILED, ATT_ENVOY_EXITED with Envoy's own reason, ATT_ENVOY_NOT_LIVE,
 * ATT_ENVOY_SOCKET_PATH_TOO_LONG
 */
export async function runEnvoy(options: RunOptions): Promise<RunningEnvoy> {
  options.signal?.throwIfAborted()
  const directory = await createRunDirectory(options.bootstrap, options.admin ?? "unix", options.folder)
  const started = performance.now()
  const env = options.env === undefined ? {} : { env: options.env }
  const child = await spawnSupervised(options.path, commandLine(directory, options), {
    ...env,
    removeDirectory: directory.path,
  }).catch(async (error: unknown) => {
    await directory.remove()
    throw error
  })
  const complaints = readOutput(child, options)
  const abort = () => void child.kill("SIGKILL")
  options.signal?.addEventListener("abort", abort, { once: true })
  const exit = child.exit.then(async (end) => {
    options.signal?.removeEventListener("abort", abort)
    await directory.remove()
    return end
  })
  const start: Start = { child, exit, complaints, path: options.path, directory }
  try {
    const deadline = started + (options.startTimeoutMs ?? 30_000)
    const admin = createAdminClient(await waitForAdmin(start, deadline))
    if (options.until !== "admin") await waitForLive(start, admin, deadline)
    return runningEnvoy(start, admin, performance.now() - started)
  } catch (error) {
    child.kill("SIGKILL")
    await exit
    options.signal?.throwIfAborted()
    throw error
  }
}

interface Start {
  readonly child: SupervisedProcess
  readonly exit: Promise<ProcessExit>
  /** The latest errors of the log, for the reason of an early end. */
  readonly complaints: readonly EnvoyLogLine[]
  readonly path: string
  readonly directory: RunDirectory
}

function runningEnvoy(start: Start, admin: AdminClient, startMs: number): RunningEnvoy {
  const { child, exit } = start
  let stopping: Promise<ProcessExit> | undefined
  const stop = (options: StopOptions = {}) => {
    stopping ??= stopEnvoy({ admin, exit, kill: child.kill }, options)
    return stopping
  }
  void exit.then(() => admin.close())
  return {
    pid: child.pid,
    directory: start.directory.path,
    adminAddress: admin.address,
    admin,
    startMs,
    exit,
    live: (timeoutMs = 30_000) => waitForLive(start, admin, performance.now() + timeoutMs),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop({ drainMs: 0 })),
  }
}

function commandLine(directory: RunDirectory, options: RunOptions): readonly string[] {
  const levels = Object.entries(options.componentLogLevels ?? {}).map(([logger, level]) => `${logger}:${level}`)
  return [
    ...["--config-path", directory.bootstrapPath, "--admin-address-path", directory.addressPath],
    ...["--disable-hot-restart", "--drain-strategy", "immediate", "--drain-time-s", String(options.drainTimeS ?? 60)],
    ...["--log-level", options.logLevel ?? "info", "--log-format", logFormat],
    ...(levels.length === 0 ? [] : ["--component-log-level", levels.join(",")]),
    ...(options.concurrency === undefined ? [] : ["--concurrency", String(options.concurrency)]),
    ...(options.args ?? []),
  ]
}

function readOutput(child: SupervisedProcess, options: RunOptions): readonly EnvoyLogLine[] {
  const complaints: EnvoyLogLine[] = []
  const log = createLineReader((text) => {
    const line = parseLogLine(text)
    if (line.level === "error" || line.level === "critical" || line.level === "raw") complaints.push(line)
    if (complaints.length > 20) complaints.shift()
    options.onLog?.(line)
  })
  const output = createLineReader((line) => options.onOutput?.(line))
  child.stderr.on("data", log.push).on("end", log.end)
  child.stdout.on("data", output.push).on("end", output.end)
  return complaints
}

async function waitForAdmin(start: Start, deadline: number): Promise<AdminAddress> {
  const { directory } = start
  if (directory.adminAddress !== undefined) {
    const client = createAdminClient(directory.adminAddress)
    await poll(start, deadline, "its admin interface did not answer", async () => (await client.ready()) !== "")
    client.close()
    return directory.adminAddress
  }
  let address: AdminAddress | undefined
  await poll(start, deadline, "its admin interface did not come up", async () => {
    address = await readAdminAddress(directory.addressPath)
    return address !== undefined
  })
  if (address === undefined) throw new Error("polling ended without an address")
  return address
}

function waitForLive(start: Start, admin: AdminClient, deadline: number): Promise<void> {
  let state = "unknown"
  return poll(
    start,
    deadline,
    () => `its state is ${state}`,
    async () => {
      state = await admin.ready()
      return state === "LIVE"
    },
  )
}

/** Asks every 3 ms until true; an unreachable admin interface counts as not yet. */
async function poll(
  start: Start,
  deadline: number,
  what: string | (() => string),
  isDone: () => Promise<boolean>,
): Promise<void> {
  const ended = start.exit.then((end) => ({ end }))
  for (;;) {
    const outcome = await Promise.race([ended, isDone().catch(() => false)])
    if (typeof outcome === "object") throw exitFailure(start, outcome.end)
    if (outcome) return
    if (performance.now() > deadline) {
      const why = typeof what === "string" ? what : what()
      throw failure("ATT_ENVOY_NOT_LIVE", `Envoy did not become live in time: ${why}${lastComplaint(start)}`, {
        facts: { pid: start.child.pid },
      })
    }
    await pause(3)
  }
}

function exitFailure(start: Start, { code, signal }: ProcessExit): AttacheError {
  const facts = {
    path: start.path,
    ...(code === undefined ? {} : { exit: code }),
    ...(signal === undefined ? {} : { signal }),
  }
  const reason = lastComplaint(start)
  // The shell's own codes for a file that is no program or does not exist.
  if (code === 126 || code === 127)
    return failure("ATT_ENVOY_START_FAILED", `cannot start ${start.path}${reason}`, { facts })
  return failure("ATT_ENVOY_EXITED", `Envoy ended with ${code ?? signal ?? "no code"} while it started${reason}`, {
    facts,
  })
}

function lastComplaint({ complaints, directory }: Start): string {
  const reason = reasonOf(complaints, directory.bootstrapPath)
  return reason === "" ? "" : `: ${reason}`
}
