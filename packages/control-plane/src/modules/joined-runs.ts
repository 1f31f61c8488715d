/** Work that several may ask for at once and that is done once. */
export interface JoinedRuns<T> {
  /**
   * The result of the run under a key, started by whoever asks first.
   *
   * Who aborts leaves with the signal's reason; the run itself is aborted when all have left, and one that is asked for
   * after that is a new one.
   */
  join(key: string, signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T>
}

interface Run<T> {
  readonly result: Promise<T>
  readonly controller: AbortController
  waiting: number
}

/** No runs yet. */
export function createJoinedRuns<T>(): JoinedRuns<T> {
  const runs = new Map<string, Run<T>>()
  const start = (key: string, run: (signal: AbortSignal) => Promise<T>): Run<T> => {
    const controller = new AbortController()
    const ended = (): void => {
      if (runs.get(key) === started) runs.delete(key)
    }
    const started: Run<T> = { result: run(controller.signal), controller, waiting: 0 }
    started.result.then(ended, ended)
    runs.set(key, started)
    return started
  }
  return {
    join: (key, signal, run) => {
      if (signal.aborted) return Promise.reject(signal.reason)
      const joined = runs.get(key) ?? start(key, run)
      joined.waiting++
      return new Promise<T>((resolve, reject) => {
        const leave = (): void => {
          joined.waiting--
          reject(signal.reason)
          if (joined.waiting > 0) return
          if (runs.get(key) === joined) runs.delete(key)
          joined.controller.abort(signal.reason)
        }
        signal.addEventListener("abort", leave, { once: true })
        const settled = (): void => signal.removeEventListener("abort", leave)
        joined.result.then(resolve, reject).finally(settled)
      })
    },
  }
}
