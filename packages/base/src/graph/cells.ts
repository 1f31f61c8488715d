import type { Graph } from "./graph.ts"

/** Something that comes from outside and takes its time. */
export type Cell<T> =
  | { readonly state: "pending" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly error: string }

/** Cells that load themselves when a query first reads them. */
export interface Cells<T> {
  /** The cell; a first read inside a query starts its load after the query ends. */
  get(key: string): Cell<T>
  /** Puts a result in place, as a load would; also for retries and injected results. */
  set(key: string, cell: Cell<T>): void
  /** Starts the load again, keeping the present state until it ends. Nothing happens while one runs. */
  reload(key: string): void
  /** Loads that run now. */
  pending(): number
  /** Resolves when no load runs, loads started meanwhile included. */
  settled(): Promise<void>
  /** Aborts the loads of all keys that are not in `wanted` and forgets those cells. */
  retain(wanted: ReadonlySet<string>): void
}

/**
 * Cells over a loader.
 *
 * @param load gives the value for a key; a rejection becomes `failed` with the error's message
 * @param onChange called after a load changed its cell, so that the owner reads the graph again
 */
export function createCells<T>(
  graph: Graph,
  name: string,
  load: (key: string, signal: AbortSignal) => Promise<T>,
  onChange: () => void = () => {},
): Cells<T> {
  const input = graph.input<Cell<T>>(name)
  const loads = new Map<string, AbortController>()
  const queued = new Set<string>()
  let waiting: (() => void)[] = []

  const finish = (key: string, controller: AbortController, cell: Cell<T>): void => {
    if (loads.get(key) !== controller) return
    loads.delete(key)
    if (input.set(key, cell)) onChange()
    wake()
  }
  const wake = (): void => {
    if (loads.size > 0 || queued.size > 0) return
    const resolve = waiting
    waiting = []
    for (const call of resolve) call()
  }
  const start = (key: string): void => {
    if (loads.has(key)) return
    const controller = new AbortController()
    loads.set(key, controller)
    load(key, controller.signal).then(
      (value) => finish(key, controller, { state: "ready", value }),
      (error: unknown) =>
        finish(key, controller, { state: "failed", error: error instanceof Error ? error.message : String(error) }),
    )
  }

  return {
    get: (key) => {
      const cell = input.get(key)
      if (cell !== undefined) return cell
      if (!loads.has(key) && !queued.has(key)) {
        queued.add(key)
        // A query may not change inputs, so the load begins once the pull is over.
        queueMicrotask(() => {
          if (queued.delete(key)) start(key)
          wake()
        })
      }
      return { state: "pending" }
    },
    set: (key, cell) => {
      queued.delete(key)
      loads.get(key)?.abort()
      loads.delete(key)
      input.set(key, cell)
      wake()
    },
    reload: start,
    pending: () => loads.size + queued.size,
    settled: () =>
      loads.size + queued.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    retain: (wanted) => {
      for (const [key, controller] of loads) {
        if (wanted.has(key)) continue
        controller.abort()
        loads.delete(key)
      }
      for (const key of input.keys()) if (!wanted.has(key)) input.delete(key)
      wake()
    },
  }
}
