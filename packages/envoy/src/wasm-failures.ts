// Wasm plugins that Envoy cannot load or that broke off, read from its log: no statistic and no part of its admin interface tells.
import type { EnvoyLogLine } from "./log-lines.ts"

/** A plugin failed, as Envoy's log says it. */
export interface WasmFailure {
  /** `load`: the code could not be had, started or configured. `trap`: it broke off while it ran, and its VM with it. */
  readonly type: "load" | "trap"
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  /** After `load`: name of the plugin. A trap names nobody. */
  readonly plugin?: string
  /** After `trap`: who spoke last on the same thread, as {@link LogSubject.prefix} has it: guests say why they give up. */
  readonly prefix?: string
  /** Envoy's words, and those of the guest where it had some. */
  readonly reason: string
}

/** Finds failures among lines of a log. */
export interface WasmFailureReader {
  /** Takes the next line; gives the failure that it completes. */
  read(line: EnvoyLogLine): WasmFailure | undefined
}

/** Longest time from a guest's last words to its end, in milliseconds. */
const lastWordsMs = 20

/** Most threads remembered. */
const maxThreads = 256

interface ThreadMemory {
  /** What Envoy said about the VM that is being made. */
  readonly reasons: readonly string[]
  /** What a guest said in the line before. */
  readonly said?: { readonly prefix?: string; readonly text: string; readonly timeMs: number }
}

/** A reader that has read nothing. Source: Envoy 1.40, loggers `wasm`; lines in another format have no time and are left out. */
export function createWasmFailureReader(): WasmFailureReader {
  const threads = new Map<number, ThreadMemory>()
  const remember = (thread: number, memory: ThreadMemory | undefined): void => {
    threads.delete(thread)
    if (memory !== undefined) threads.set(thread, memory)
    const [oldest] = threads.keys()
    if (threads.size > maxThreads && oldest !== undefined) threads.delete(oldest)
  }
  return {
    read: ({ logger, level, message, subject, thread, timeMs }) => {
      if (thread === undefined || timeMs === undefined) return undefined
      const before = threads.get(thread)
      if (logger !== "wasm") {
        if (before !== undefined) remember(thread, undefined)
        return undefined
      }
      if (message.startsWith("wasm log")) {
        const isLoud = level === "error" || level === "critical"
        const said = { ...(subject?.prefix === undefined ? {} : { prefix: subject.prefix }), timeMs }
        remember(thread, isLoud ? { reasons: [], said: { ...said, text: subject?.text ?? "" } } : undefined)
        return undefined
      }
      const why = /^Wasm VM failed (.*)$/s.exec(message)?.[1]
      if (why !== undefined) {
        remember(thread, { ...before, reasons: [...(before?.reasons ?? []), why] })
        return undefined
      }
      remember(thread, undefined)
      const trapped = /^Function: (.*)$/s.exec(message)?.[1]
      if (trapped !== undefined) return trapOf(trapped, timeMs, before)
      const plugin = loadFailure.exec(message)?.[1]
      if (plugin === undefined || plugin === closedPlugin) return undefined
      const reason = (before?.reasons ?? []).join("; ")
      return { type: "load", timeMs, plugin, reason: reason === "" ? "Envoy could not load it" : reason }
    },
  }
}

const loadFailure = /^Plugin (.*) failed to load$/s
/** Envoy says so of every worker's instance, without a name. */
const closedPlugin = "configured to fail closed"

function trapOf(text: string, timeMs: number, before: ThreadMemory | undefined): WasmFailure {
  const [what = ""] = text.split("\n")
  const said = before?.said
  if (said === undefined || timeMs - said.timeMs > lastWordsMs) return { type: "trap", timeMs, reason: what }
  const { prefix } = said
  return { type: "trap", timeMs, ...(prefix === undefined ? {} : { prefix }), reason: `${what}; it said: ${said.text}` }
}
