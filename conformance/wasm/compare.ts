// Compares a replay with the recorded transcript; what may differ is listed here with its reason.
import type { Step, Transcript, WasmCase } from "./corpus.ts"
import type { Replay } from "./replay.ts"

/** The outcome of a comparison. */
export interface Comparison {
  /** First lines that differ. */
  readonly differences: readonly string[]
  /** Why something that differs is no difference. */
  readonly allowances: readonly string[]
}

const reasons = {
  crash: "Envoy's process died here; the host names the plugin's mistake instead",
  hang: "the guest never comes back: Envoy hangs, the host ends it at a deadline; what clients and the watchdog see after that is a model of the runner",
  clock: "how often a guest looks at the clock while it waits depends on the machine",
  threads: "the order of lines of different threads is free",
  engine: "the engine names an anonymous module by a hash of its own",
  connections: "requests over different connections reach their servers in any order",
  reads: "the kernel decides how much of a large body one read delivers, and so how often the body callback runs",
} as const

/** Bodies from this size on arrive in as many reads as the kernel likes. */
const largeBody = 100_000

/** Compares everything recorded: start, exit, steps, statistics, end, access log. @param isReal the replay ran on a real Envoy, whose kernel cuts large bodies anew */
export function compareReplay({ expected }: WasmCase, replay: Replay, isReal = false): Comparison {
  const allowances = new Set<string>()
  const differences: string[] = []
  const isCrash = expected.exit.sig === "SIGSEGV" || expected.exit.sig === "SIGABRT"
  if (isCrash && replay.crash !== undefined) allowances.add(`${reasons.crash} (${replay.crash})`)
  if (replay.isHung === true) allowances.add(reasons.hang)
  const logs: CompareLogs = (what, want, got, kind) => {
    const [left, right] = isCrash ? [beforeCrash(want), beforeCrash(got)] : [want, got]
    // On its way down Envoy may still say something.
    const found = compareLogs(isCrash && isPrefix(right, left) ? right : left, right, kind)
    for (const reason of found.allowances) allowances.add(reason)
    if (found.difference !== undefined) differences.push(`${what}: ${found.difference}`)
  }
  const same = (what: string, want: unknown, got: unknown): void => {
    // What clients and servers see of a proxy that is dying depends on what had left it.
    if (isCrash && replay.crash !== undefined && / (?:client|upstream)$|^accessLog$/.test(what)) return
    if (canonical(want) !== canonical(got)) differences.push(`${what}: want ${short(want)} got ${short(got)}`)
  }
  const upstream = (what: string, want: Step["upstream"], got: Step["upstream"]): void => {
    if (canonical(want) === canonical(got)) return
    if (canonical(sorted(want)) !== canonical(sorted(got))) same(what, want, got)
    else allowances.add(reasons.connections)
  }
  const { transcript } = replay
  same("started", expected.started, transcript.started)
  same("exit", expected.exit, transcript.exit)
  same("neededSigkill", expected.neededSigkill, transcript.neededSigkill)
  logs("startLog", expected.startLog, transcript.startLog, "threads")
  expected.steps.forEach((step, i) => {
    const kind = isReal && (step.request?.bodySize ?? 0) >= largeBody ? "reads" : "plain"
    compareStep(
      `step ${i}`,
      step,
      transcript.steps[i],
      same,
      (what, want, got) => logs(what, want, got, kind),
      upstream,
    )
  })
  same("steps", expected.steps.length, transcript.steps.length)
  same("stats", expected.stats, transcript.stats)
  logs("endLog", expected.endLog, transcript.endLog, "threads")
  same("accessLog", expected.accessLog, transcript.accessLog)
  return { differences, allowances: [...allowances] }
}

/** What may be free about lines: the order of threads, or the reads of a large body. */
type LinesKind = "plain" | "threads" | "reads"

type CompareLogs = (what: string, want: readonly string[], got: readonly string[], kind: LinesKind) => void

function compareStep(
  what: string,
  want: Step,
  got: Step | undefined,
  same: (what: string, want: unknown, got: unknown) => void,
  logs: (what: string, want: readonly string[], got: readonly string[]) => void,
  upstream: (what: string, want: Step["upstream"], got: Step["upstream"]) => void,
): void {
  const { log: wantLog, upstream: wantUpstream, ...wantRest } = want
  const { log: gotLog, upstream: gotUpstream, ...gotRest } = got ?? {}
  upstream(`${what} upstream`, wantUpstream, gotUpstream)
  for (const key of new Set([...Object.keys(wantRest), ...Object.keys(gotRest)])) {
    same(`${what} ${key}`, wantRest[key as keyof typeof wantRest], gotRest[key as keyof typeof gotRest])
  }
  logs(`${what} log`, wantLog ?? [], gotLog ?? [])
}

/** What the servers saw, whatever the order. */
function sorted(upstream: Step["upstream"]): readonly string[] | undefined {
  return upstream?.map(canonical).toSorted()
}

function isPrefix(start: readonly string[], lines: readonly string[]): boolean {
  return start.every((line, i) => line === lines[i])
}

function beforeCrash(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => /^critical\|(?:backtrace|assert)\|/.test(line))
  return at < 0 ? lines : lines.slice(0, at)
}

function compareLogs(
  want: readonly string[],
  got: readonly string[],
  kind: LinesKind,
): { readonly difference?: string; readonly allowances: readonly string[] } {
  let left = want
  let right = got
  const allowances: string[] = []
  const isEqual = (): boolean => firstDifference(left, right) === undefined
  const attempt = (reason: string, change: (lines: readonly string[]) => readonly string[]): void => {
    if (isEqual()) return
    const [l, r] = [change(left), change(right)]
    if (l.join("\n") === left.join("\n") && r.join("\n") === right.join("\n")) return
    left = l
    right = r
    allowances.push(reason)
  }
  attempt(reasons.engine, (lines) => lines.map((line) => line.replace(/^wasm:\/\/wasm\/[^:]+:/, "wasm://wasm/<hash>:")))
  attempt(reasons.clock, withoutClock)
  if (kind === "reads") attempt(reasons.reads, withoutBodyCallbacks)
  const difference = firstDifference(left, right)
  if (difference === undefined) return { allowances }
  if (kind === "threads" && [...left].sort().join("\n") === [...right].sort().join("\n"))
    return { allowances: [...allowances, reasons.threads] }
  return { difference, allowances }
}

/** Drops successful looks at the clock and polls that return at once. */
function withoutClock(lines: readonly string[]): readonly string[] {
  return lines.filter((line, i) => {
    const call = /\[vm->host\] \S+\.(clock_time_get|poll_oneoff)\(/.exec(line)
    if (call !== null) return !(lines[i + 1]?.endsWith(`${call[1]} return: 0`) ?? false)
    return !/\[vm<-host\] \S+\.(clock_time_get|poll_oneoff) return: 0$/.test(line)
  })
}

/** Drops whole runs of body callbacks. */
function withoutBodyCallbacks(lines: readonly string[]): readonly string[] {
  let isInside = false
  return lines.filter((line) => {
    const found = /\[host(->|<-)vm\] proxy_on_(?:request|response)_body\b/.exec(line)
    if (found === null) return !isInside
    isInside = found[1] === "->"
    return false
  })
}

function firstDifference(want: readonly string[], got: readonly string[]): string | undefined {
  const length = Math.max(want.length, got.length)
  for (let i = 0; i < length; i++) {
    if (want[i] !== got[i])
      return `line ${i} of ${want.length}/${got.length}: want ${short(want[i])} got ${short(got[i])}`
  }
  return undefined
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function short(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : (canonical(value) ?? "nothing")
  return text.length > 300 ? `${text.slice(0, 300)}...` : text
}

/** How the kernel cut a large request body, read from the sizes the recorded callbacks saw. */
export function recordedReadSizes(expected: Transcript): readonly (readonly number[])[] {
  const lines = expected.steps.filter(({ request }) => request?.bodySize !== undefined).flatMap(({ log }) => log ?? [])
  const sizes = lines.flatMap((line) => /proxy_on_request_body\(\d+, (\d+), 0\)/.exec(line)?.[1] ?? []).map(Number)
  if (sizes.length === 0) return []
  const growing = sizes.map((size, i) => size - (sizes[i - 1] ?? 0)).filter((size) => size > 0)
  return [[Math.max(...sizes)], growing, sizes]
}
