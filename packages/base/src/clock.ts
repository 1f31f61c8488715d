/** Time as a dependency, so that tests never sleep. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls once after `ms`; the returned function cancels and may be called twice. */
  after(ms: number, call: () => void): () => void
}

/** Node fires a longer timer at once. */
const longestTimerMs = 2 ** 31 - 1

/** The machine's clock. Timers do not keep the process alive; waits of any length work. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    let timer: NodeJS.Timeout
    const wait = (left: number): void => {
      const part = Math.min(left, longestTimerMs)
      timer = setTimeout(() => (left > part ? wait(left - part) : call()), part)
      timer.unref()
    }
    wait(ms)
    return () => clearTimeout(timer)
  },
}

/** A clock that stands still until told otherwise; due timers fire in order of time, then of creation. */
export interface ManualClock extends Clock {
  /** Moves the time and fires what is due on the way, also timers that fired ones start. */
  advance(ms: number): void
}

/** A clock that stands at `start`. @param start milliseconds since the epoch, default 0 */
export function createManualClock(start = 0): ManualClock {
  let time = start
  let serial = 0
  const timers = new Map<number, { at: number; call: () => void }>()
  return {
    now: () => time,
    after: (ms, call) => {
      const id = serial++
      timers.set(id, { at: time + ms, call })
      return () => void timers.delete(id)
    },
    advance: (ms) => {
      const end = time + ms
      for (;;) {
        const due = [...timers].filter(([, t]) => t.at <= end).sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0]
        if (due === undefined) break
        timers.delete(due[0])
        time = Math.max(time, due[1].at)
        due[1].call()
      }
      time = end
    },
  }
}
