// Modules as cells of the graph: loaded when first asked for, tried again after failures that may pass, and never taken
// from an entry before there is something to put in its place.
import { type Clock, createCells, type Graph, isAttacheError, messageOf, systemClock } from "@attache/base"
import type { Wasm } from "@attache/kube-api"
import type {
  LastGoodModule,
  WasmModuleState,
  WasmModules,
  WasmRequest,
} from "./attach/policies/envoy-extension-policy/wasm.ts"
import type { WasmCode } from "./plan/index.ts"

/** What cells of modules are made with. */
export interface WasmModuleOptions {
  /** Gives a module; a rejection with an `AttacheError` whose `retry` is not `never` is tried again. */
  readonly load: (request: WasmRequest, signal: AbortSignal, interim: ModuleInterim) => Promise<WasmCode>
  /** Called after a load, or what it says meanwhile, changed what {@link WasmModuleCells.read} gives. */
  readonly onChange?: () => void
  /** Default: the machine's. */
  readonly clock?: Clock
  /** From 0 to below 1, for the spread of pauses. Default `Math.random`. */
  readonly random?: () => number
}

/** What a load may say and ask beside its result. */
export interface ModuleInterim {
  /**
   * Names a module that may be used as long as the load has not succeeded, in place of what its entries had before, or
   * undefined: nothing may be, not even that. Saying nothing leaves entries what they had.
   */
  readonly meanwhile: (code: WasmCode | undefined) => void
  /** Aborted when no entry wants the request any more, also long after the load. */
  readonly released: AbortSignal
  /** Starts the load again, if none runs: what it would give has changed. Entries keep what they have until it ends. */
  readonly reload: () => void
}

/** Modules of a translator. */
export interface WasmModuleCells {
  /** For queries: the module of an entry. */
  readonly read: WasmModules
  /** Loads that run now; a pause before a retry is none. */
  pending(): number
  /** Resolves when no load runs. */
  settled(): Promise<void>
  /** Starts the load of every module that is not there again, at once. */
  retry(): void
  /** Forgets all other modules and entries, aborts their loads and stops trying. */
  retain(wanted: Iterable<WantedModule>): void
}

/** An entry of a policy and the module it asks for. */
export interface WantedModule {
  readonly attachment: string
  readonly request: WasmRequest
}

/** Result of a load; failures are values, so that the graph knows which of them will be tried again. */
type Outcome =
  | { readonly type: "loaded"; readonly code: WasmCode }
  | { readonly type: "failed"; readonly error: string; readonly isFinal: boolean }

/** Pause before the first retry, in milliseconds. */
const firstPauseMs = 1_000

/** Longest pause between retries, in milliseconds. */
const longestPauseMs = 60_000

/**
 * Pause before a retry, in milliseconds: doubled for each failure up to a minute, of which the upper half is by chance.
 *
 * @param failures failures so far, from 1
 * @param random from 0 to below 1
 */
export function retryPauseMs(failures: number, random: number): number {
  const full = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))
  return full / 2 + (full / 2) * random
}

/** Cells over a loader; nothing is loaded before it is read. */
export function createWasmModules(graph: Graph, options: WasmModuleOptions): WasmModuleCells {
  const retries = createRetries(options, (key) => cells.reload(key))
  const cells = createCells<Outcome>(graph, "wasm-module", (key, signal) => outcomeOf(key, signal), options.onChange)
  const interims = createInterims(graph, (key) => cells.reload(key), options.onChange)
  const outcomeOf = async (key: string, signal: AbortSignal): Promise<Outcome> => {
    try {
      const code = await options.load(JSON.parse(key) as WasmRequest, signal, interims.of(key, signal))
      retries.forget(key)
      return { type: "loaded", code }
    } catch (error) {
      const isFinal = !isAttacheError(error) || error.retry === "never"
      if (isFinal) retries.forget(key)
      else if (!signal.aborted) retries.plan(key)
      return { type: "failed", error: messageOf(error), isFinal }
    }
  }
  // Not an input of the graph: it changes only together with a cell that its reader has read.
  const lastGood = new Map<string, { readonly key: string; readonly code: WasmCode; readonly entry: Wasm }>()
  const keptBy = (attachment: string, key: string): LastGoodModule | undefined => {
    const kept = lastGood.get(attachment)
    if (kept === undefined) return undefined
    return kept.key === key ? { code: kept.code } : { code: kept.code, entry: kept.entry }
  }
  return {
    read: (request, attachment, entry) => {
      const key = keyOf(request)
      const cell = cells.get(key)
      const interim = interims.read(key)
      const outcome = cell.state === "ready" ? cell.value : undefined
      if (outcome?.type === "loaded") lastGood.set(attachment, { key, code: outcome.code, entry })
      else if (interim === "nothing" || outcome?.isFinal === true) lastGood.delete(attachment)
      if (interim === "nothing") return stateOf(outcome, undefined)
      return stateOf(outcome, interim === undefined ? keptBy(attachment, key) : { code: interim })
    },
    pending: cells.pending,
    settled: cells.settled,
    retry: () => retries.startAll(),
    retain: (wanted) => {
      const keys = new Set<string>()
      const attachments = new Set<string>()
      for (const { attachment, request } of wanted) {
        keys.add(keyOf(request))
        attachments.add(attachment)
      }
      cells.retain(keys)
      retries.retain(keys)
      interims.retain(keys)
      for (const attachment of lastGood.keys()) if (!attachments.has(attachment)) lastGood.delete(attachment)
    },
  }
}

function stateOf(outcome: Outcome | undefined, lastGood: LastGoodModule | undefined): WasmModuleState {
  if (outcome?.type === "loaded") return { state: "ready", value: outcome.code }
  const kept = lastGood === undefined ? {} : { lastGood }
  return outcome === undefined ? { state: "pending", ...kept } : { state: "failed", error: outcome.error, ...kept }
}

function keyOf(request: WasmRequest): string {
  return JSON.stringify(request, Object.keys(request).sort())
}

interface Interims {
  of(key: string, signal: AbortSignal): ModuleInterim
  read(key: string): WasmCode | "nothing" | undefined
  retain(keys: ReadonlySet<string>): void
}

function createInterims(graph: Graph, start: (key: string) => void, onChange: () => void = () => {}): Interims {
  const said = graph.input<WasmCode | "nothing">("wasm-module-meanwhile")
  const wanted = new Map<string, AbortController>()
  return {
    read: (key) => said.get(key),
    of: (key, signal) => {
      const controller = wanted.get(key) ?? new AbortController()
      wanted.set(key, controller)
      const meanwhile = (code: WasmCode | undefined): void => {
        if (signal.aborted || wanted.get(key) !== controller) return
        if (said.set(key, code ?? "nothing")) onChange()
      }
      const reload = (): void => {
        if (!controller.signal.aborted) start(key)
      }
      return { meanwhile, released: controller.signal, reload }
    },
    retain: (keys) => {
      for (const [key, controller] of wanted) {
        if (keys.has(key)) continue
        wanted.delete(key)
        controller.abort()
        said.delete(key)
      }
    },
  }
}

interface Retries {
  plan(key: string): void
  forget(key: string): void
  retain(keys: ReadonlySet<string>): void
  startAll(): void
}

function createRetries(
  { clock = systemClock, random = Math.random }: WasmModuleOptions,
  start: (key: string) => void,
): Retries {
  const planned = new Map<string, { failures: number; cancel: () => void }>()
  const forget = (key: string): void => {
    planned.get(key)?.cancel()
    planned.delete(key)
  }
  return {
    forget,
    plan: (key) => {
      const failures = (planned.get(key)?.failures ?? 0) + 1
      planned.get(key)?.cancel()
      planned.set(key, { failures, cancel: clock.after(retryPauseMs(failures, random()), () => start(key)) })
    },
    retain: (keys) => {
      for (const key of planned.keys()) if (!keys.has(key)) forget(key)
    },
    startAll: () => {
      for (const [key, retry] of planned) {
        retry.cancel()
        start(key)
      }
    },
  }
}
