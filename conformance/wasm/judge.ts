// Replays a case in a worker with a deadline and judges it.
import { runWithDeadline } from "@attache/wasm-host/node"
import { type Comparison, compareReplay, recordedReadSizes } from "./compare.ts"
import type { Step, Transcript, WasmCase } from "./corpus.ts"
import { type Replay, replayCase } from "./replay.ts"

/** What a case came to. */
export interface WasmVerdict extends Comparison {
  readonly name: string
  readonly isEqual: boolean
}

const deadlineMs = 4000

/** Replays and judges a case. Cases whose recorded proxy had to be killed run in a worker, as their guests do not come back. */
export async function judgeCase(item: WasmCase, isIsolated: boolean): Promise<WasmVerdict> {
  const tries: (readonly number[] | undefined)[] = [undefined, ...recordedReadSizes(item.expected)]
  let best: Comparison | undefined
  for (const readSizes of tries) {
    const replay = isIsolated ? await replayInWorker(item, readSizes) : replayCase(item, readSizes)
    const found = compareReplay(item, replay)
    if (best === undefined || found.differences.length < best.differences.length) {
      const reason =
        readSizes === undefined
          ? []
          : ["the kernel decides how much of a large body one read delivers; its sizes are taken from the recording"]
      best = { differences: found.differences, allowances: [...found.allowances, ...reason] }
    }
    if (found.differences.length === 0) break
  }
  const { differences, allowances } = best ?? { differences: ["nothing was replayed"], allowances: [] }
  return { name: item.name, isEqual: differences.length === 0, differences, allowances }
}

async function replayInWorker(item: WasmCase, readSizes: readonly number[] | undefined): Promise<Replay> {
  const { outcome, messages } = await runWithDeadline(new URL("./replay-worker.ts", import.meta.url), {
    data: { item, readSizes },
    deadlineMs,
  })
  const known = messages.findLastIndex((message) => !isLine(message))
  const last = (messages[known] as Replay | undefined) ?? { transcript: unstarted }
  const lines = messages.slice(known + 1).flatMap((message) => (isLine(message) ? message.line.split("\n") : []))
  return outcome === "done" ? last : hungReplay(item, last, lines, known >= 0)
}

const unstarted: Transcript = {
  started: false,
  exit: { code: null, sig: "SIGKILL" },
  startLog: [],
  steps: [],
  stats: [],
  endLog: [],
  accessLog: [""],
}

function isLine(message: unknown): message is { readonly line: string } {
  return typeof message === "object" && message !== null && "line" in message
}

/** What the recorder sees of a proxy whose only worker never comes back: every client gives up, and only SIGKILL helps. */
function hungReplay(item: WasmCase, last: Replay, lines: readonly string[], isStarted: boolean): Replay {
  const { transcript } = last
  const hung = { exit: { code: null, sig: "SIGKILL" }, neededSigkill: true }
  if (!isStarted) return { transcript: { ...transcript, ...hung, startLog: lines }, isHung: true }
  const steps = item.expected.steps.slice(transcript.steps.length).map((step, i): Step => {
    if (step.request === undefined) return step.admin === undefined ? step : { ...step, body: watchdog(step.admin) }
    return {
      request: step.request,
      upstream: [],
      client: { timeout: true, error: "ECONNRESET" },
      log: i === 0 ? lines : [],
    }
  })
  const vms = (item.config.concurrency ?? 1) + 2
  return {
    isHung: true,
    transcript: {
      ...transcript,
      ...hung,
      steps: [...transcript.steps, ...steps],
      stats: [
        `wasm.envoy.wasm.runtime.v8.active: ${vms}`,
        `wasm.envoy.wasm.runtime.v8.created: ${vms + 1}`,
        `wasm.wasm_vm_count: ${vms}`,
      ],
    },
  }
}

/** Envoy's watchdog counts the worker that does not come back, once each, and kills nothing by default. */
function watchdog(path: string): string {
  const filter = new RegExp(new URLSearchParams(path.split("?")[1] ?? "").get("filter") ?? ".")
  const prefixes: readonly (readonly [string, number])[] = [
    ["main_thread", 0],
    ["server.main_thread", 0],
    ["server.worker_0", 1],
    ["workers", 1],
  ]
  return prefixes
    .flatMap(([prefix, count]) => ["watchdog_mega_miss", "watchdog_miss"].map((name) => `${prefix}.${name}: ${count}`))
    .filter((line) => filter.test(line))
    .map((line) => `${line}\n`)
    .join("")
}
