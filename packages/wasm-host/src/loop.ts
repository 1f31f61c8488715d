/** Virtual time and the tasks that wait for it; everything the host does later happens here. */
export interface Loop {
  /** Milliseconds since the loop began, with fractions. */
  now(): number
  /** Lets time pass without running anything, as work does. */
  spend(ms: number): void
  /** Runs `task` after `ms`; tasks of the same moment run in order of creation. The returned function cancels, and may be called twice. */
  after(ms: number, task: () => void): () => void
  /** Runs tasks until the condition holds, no task is left or `ms` have passed. Returns whether the condition holds. */
  runUntil(done: () => boolean, ms: number): boolean
  /** Lets `ms` pass and runs what is due. */
  advance(ms: number): void
}

/** Tasks run in one `advance` at most; a plugin that ticks every 0 ms would never end. */
export const loopLimit = 1_000_000

/** A loop that stands at 0. */
export function createLoop(): Loop {
  let time = 0
  let serial = 0
  const tasks = new Map<number, { readonly at: number; readonly task: () => void }>()
  const next = (): [number, { readonly at: number; readonly task: () => void }] | undefined => {
    let best: [number, { readonly at: number; readonly task: () => void }] | undefined
    for (const entry of tasks) if (best === undefined || entry[1].at < best[1].at) best = entry
    return best
  }
  const run = (done: () => boolean, end: number): boolean => {
    for (let count = 0; count < loopLimit; count++) {
      if (done()) return true
      const due = next()
      if (due === undefined || due[1].at > end) return false
      tasks.delete(due[0])
      time = Math.max(time, due[1].at)
      due[1].task()
    }
    return done()
  }
  return {
    now: () => time,
    spend: (ms) => {
      time += ms
    },
    after: (ms, task) => {
      const id = serial++
      tasks.set(id, { at: time + Math.max(0, ms), task })
      return () => void tasks.delete(id)
    },
    runUntil: (done, ms) => run(done, time + ms),
    advance: (ms) => {
      const end = time + ms
      run(() => false, end)
      time = Math.max(time, end)
    },
  }
}
