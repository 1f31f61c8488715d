import { type Clock, createManualClock } from "@attache/base"

/** A clock that never lets anybody wait, and notes the pauses that were asked for. */
export interface EagerClock extends Clock {
  readonly pauses: readonly number[]
  advance(ms: number): void
}

/** For retries; not for time limits, which would all be over at once. */
export function createEagerClock(start = 0): EagerClock {
  const clock = createManualClock(start)
  const pauses: number[] = []
  return {
    now: clock.now,
    advance: clock.advance,
    pauses,
    after: (ms, call) => {
      pauses.push(ms)
      const cancel = clock.after(ms, call)
      setImmediate(() => clock.advance(ms))
      return cancel
    },
  }
}
