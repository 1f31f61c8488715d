import { AttacheError, type Clock } from "@attache/base"

/** A limit of time, and who else may end the work. */
export interface TimeLimit {
  readonly signal: AbortSignal
  readonly clock: Clock
  /** In milliseconds. Default 5 min. */
  readonly timeoutMs?: number
}

/**
 * Does something that ends when the time is over, with ATT_MODULE_UNREACHABLE.
 *
 * @param what the work, at the beginning of the error's text
 */
export async function withinTime<T>(
  { signal, clock, timeoutMs = 300_000 }: TimeLimit,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timer = new AbortController()
  const text = `${what} took longer than ${timeoutMs / 1000} s`
  const cancel = clock.after(timeoutMs, () => {
    timer.abort(new AttacheError("ATT_MODULE_UNREACHABLE", text, { retry: "later", facts: { timeoutMs } }))
  })
  try {
    return await work(AbortSignal.any([signal, timer.signal]))
  } catch (error) {
    throw timer.signal.aborted && !signal.aborted ? timer.signal.reason : error
  } finally {
    cancel()
  }
}
