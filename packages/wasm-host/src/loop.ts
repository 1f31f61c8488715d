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
  /** Lets `ms` pass and runs what is due. @param isOver nothing more is run once it holds */
  advance(ms: number, isOver?: () => boolean): void
}

/** Bounds of a loop: tasks that wait, and tasks that run without time passing. More means that a plugin keeps itself busy for good. */
export const loopLimits = { waiting: 32_768, atOnce: 100_000 } as const

interface Task {
  readonly at: number
  readonly id: number
  run: (() => void) | undefined
}

/** A loop that stands at 0. @param overflow called when a bound of {@link loopLimits} is passed; it throws */
export function createLoop(overflow: () => never): Loop {
  const heap: Task[] = []
  let time = 0
  let serial = 0
  let waiting = 0
  const isBefore = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.id < b.id)
  const run = (done: () => boolean, end: number): boolean => {
    let atOnce = 0
    while (!done()) {
      const due = heap[0]
      if (due === undefined || due.at > end) return false
      takeFirst(heap, isBefore)
      const task = due.run
      if (task === undefined) continue
      due.run = undefined
      waiting--
      atOnce = due.at > time ? 0 : atOnce + 1
      if (atOnce > loopLimits.atOnce) overflow()
      time = Math.max(time, due.at)
      task()
    }
    return true
  }
  return {
    now: () => time,
    spend: (ms) => {
      time += ms
    },
    after: (ms, task) => {
      if (++waiting > loopLimits.waiting) overflow()
      const own: Task = { at: time + Math.max(0, ms), id: serial++, run: task }
      insert(heap, own, isBefore)
      return () => {
        if (own.run === undefined) return
        own.run = undefined
        waiting--
      }
    },
    runUntil: (done, ms) => run(done, time + ms),
    advance: (ms, isOver = () => false) => {
      const end = time + ms
      run(isOver, end)
      time = Math.max(time, end)
    },
  }
}

function insert<T>(heap: T[], item: T, isBefore: (a: T, b: T) => boolean): void {
  let at = heap.push(item) - 1
  while (at > 0) {
    const up = (at - 1) >> 1
    const parent = heap[up]
    if (parent === undefined || !isBefore(item, parent)) break
    heap[at] = parent
    at = up
  }
  heap[at] = item
}

function takeFirst<T>(heap: T[], isBefore: (a: T, b: T) => boolean): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    let down = 2 * at + 1
    const right = heap[down + 1]
    let child = heap[down]
    if (child === undefined) break
    if (right !== undefined && isBefore(right, child)) {
      down++
      child = right
    }
    if (!isBefore(child, last)) break
    heap[at] = child
    at = down
  }
  heap[at] = last
}
