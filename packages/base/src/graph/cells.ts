import { messageOf } from "../errors.ts"
import type { Graph, Input } from "./graph.ts"

/** Something that comes from outside and takes its time. */
export type Cell<T> =
  | { readonly state: "pending" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly error: string }

/** Cells that load themselves when a query first reads them. */
export interface Cells<T> {
  /** The cell; a first read starts its load, inside a query after the query ends. */
  get(key: string): Cell<T>
  /** Puts a result in place, as a load would, and aborts a running load; also for retries and injected results. Does not call `onChange`. */
  set(key: string, cell: Cell<T>): void
  /** Starts the load again, keeping the present state until it ends. Nothing happens while one runs. */
  reload(key: string): void
  /** Loads that run now or are about to. */
  pending(): number
  /** Resolves when no load runs, loads started meanwhile included. */
  settled(): Promise<void>
  /** Aborts the loads of all keys that are not in `wanted` and forgets those cells. */
  retain(wanted: ReadonlySet<string>): void
}

/** The runs of one loader: at most one for each key, each with its own abort. */
interface Loads {
  readonly running: Map<string, AbortController>
  /** Keys whose load begins with the next microtask. */
  readonly queued: Set<string>
  /** Calls of those who wait for the end of all loads. */
  waiting: (() => void)[]
}

/**
 * Cells over a loader.
 *
 * @param load gives the value for a key; a throw or rejection becomes `failed` with the error's message
 * @param onChange called after a load changed its cell, so that the owner reads the graph again
 */
export function createCells<T>(
  graph: Graph,
  name: string,
  load: (key: string, signal: AbortSignal) => Promise<T>,
  onChange: () => void = () => {},
): Cells<T> {
  const input = graph.input<Cell<T>>(name)
  const loads: Loads = { running: new Map(), queued: new Set(), waiting: [] }
  const start = (key: string): void => {
    loads.queued.delete(key)
    if (loads.running.has(key)) return
    const controller = new AbortController()
    loads.running.set(key, controller)
    void loaded(load, key, controller.signal).then((cell) => {
      if (loads.running.get(key) !== controller) return
      loads.running.delete(key)
      try {
        if (input.set(key, cell)) onChange()
      } finally {
        wake(loads)
      }
    })
  }

  return {
    get: (key) => {
      const cell = input.get(key)
      if (cell === undefined) enqueue(loads, key, start)
      return cell ?? { state: "pending" }
    },
    set: (key, cell) => {
      drop(loads, key)
      input.set(key, cell)
      wake(loads)
    },
    reload: start,
    pending: () => loads.running.size + loads.queued.size,
    settled: () => (isIdle(loads) ? Promise.resolve() : new Promise((resolve) => loads.waiting.push(resolve))),
    retain: (wanted) => retain(loads, input, wanted),
  }
}

async function loaded<T>(
  load: (key: string, signal: AbortSignal) => Promise<T>,
  key: string,
  signal: AbortSignal,
): Promise<Cell<T>> {
  try {
    return { state: "ready", value: await load(key, signal) }
  } catch (error) {
    return { state: "failed", error: messageOf(error) }
  }
}

/** A query may not change inputs, so the load begins once the pull is over. */
function enqueue(loads: Loads, key: string, start: (key: string) => void): void {
  if (loads.running.has(key) || loads.queued.has(key)) return
  loads.queued.add(key)
  queueMicrotask(() => {
    if (loads.queued.has(key)) start(key)
  })
}

function drop(loads: Loads, key: string): void {
  loads.queued.delete(key)
  loads.running.get(key)?.abort()
  loads.running.delete(key)
}

function retain<T>(loads: Loads, input: Input<Cell<T>>, wanted: ReadonlySet<string>): void {
  for (const key of [...loads.running.keys(), ...loads.queued]) if (!wanted.has(key)) drop(loads, key)
  for (const key of input.keys()) if (!wanted.has(key)) input.delete(key)
  wake(loads)
}

function isIdle(loads: Loads): boolean {
  return loads.running.size + loads.queued.size === 0
}

function wake(loads: Loads): void {
  if (!isIdle(loads)) return
  const calls = loads.waiting
  loads.waiting = []
  for (const call of calls) call()
}
