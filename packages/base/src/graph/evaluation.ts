// The moving part of the graph: marking after a change, and the pull that verifies before it recomputes.
import { createBarriers } from "./barriers.ts"
import {
  addObserver,
  check,
  clean,
  deleteObserver,
  dirty,
  isObserved,
  type Node,
  observersOf,
  type Rule,
  running,
  unset,
} from "./node.ts"

/** Marks, reads and recomputes nodes; knows nothing of families, pins or collection. */
export interface Evaluation {
  /** The query that runs now. */
  current(): Node | undefined
  /** Records a read by the query that runs now, if one does. */
  track(node: Node): void
  /** Tells all that may depend on an input that it changed. */
  mark(input: Node): void
  /** Makes a node clean. Throws only for a cycle, and to pause. */
  pull(node: Node): void
  /** Works out the barriers that changes have reached; nothing inside a query. Throws as `pull` does. */
  settle(): void
  /**
   * Does work outside of queries until some query was run and `isDue` is true before the next one.
   *
   * Then the work, and every query on the way, is given up: what was finished stays, and work that is begun again finds
   * it. True: the work came to its end.
   */
  until(isDue: () => boolean, work: () => void): boolean
  /** Complete runs since the last call of `resetRuns`, by query name. */
  runs(): ReadonlyMap<string, number>
  resetRuns(): void
}

/** What the evaluation tells its owner. */
export interface EvaluationHooks {
  readonly onFailure: (query: string, key: string, error: unknown) => void
  /** A node lost its last observer. */
  readonly onUnobserved: (node: Node) => void
}

/**
 * Queries inside queries before the pull starts again from the inside, with an empty stack.
 *
 * Each level may take ten frames of its function, and a thousand kilobytes hold about ten thousand frames.
 */
const depthLimit = 100

interface Frame {
  readonly node: Node
  /** In the order of reading; a node may stand in it several times. */
  readonly read: Node[]
  readonly outer: Frame | undefined
  readonly depth: number
}

type Outcome = { readonly value: unknown; readonly error: Node["error"] }

/** Unwinds every running query, also through functions that catch; none of them counts as having run. */
type Interruption =
  | { readonly kind: "cycle"; readonly error: Error }
  | { readonly kind: "deep"; readonly node: Node }
  | typeof pause

const pause = { kind: "pause" } as const

/** An evaluation with nothing running. */
export function createEvaluation(hooks: EvaluationHooks): Evaluation {
  let frame: Frame | undefined
  let interruption: Interruption | undefined
  let isPauseDue: (() => boolean) | undefined
  let lastRun = 0
  let hasRun = false
  let isPaused = false
  const barriers = createBarriers()
  const runs = new Map<string, number>()

  const interrupt = (reason: Interruption): never => {
    interruption = reason
    throw reason
  }

  const run = (node: Node, rule: Rule): void => {
    const depth = (frame?.depth ?? 0) + 1
    if (depth > depthLimit) interrupt({ kind: "deep", node })
    if (hasRun && isPauseDue?.() === true) {
      isPaused = true
      interrupt(pause)
    }
    const inner: Frame = { node, read: [], outer: frame, depth }
    frame = inner
    node.state = running
    const outcome = attempt(node, rule, hooks.onFailure, () => interruption !== undefined)
    frame = inner.outer
    if (interruption !== undefined) {
      node.state = dirty
      throw interruption
    }
    relink(node, inner.read, ++lastRun, hooks.onUnobserved)
    runs.set(node.family, (runs.get(node.family) ?? 0) + 1)
    hasRun = true
    node.state = clean
    if (isSame(node, rule, outcome, hooks.onFailure)) return
    const before = node.value
    const isComparable = before !== unset && node.error === undefined && outcome.error === undefined
    node.value = outcome.value
    node.error = outcome.error
    const { reaches } = rule
    if (reaches === undefined || !isComparable) mark(node)
    else mark(node, (observer) => reaches(before, node.value, observer.family, observer.key))
  }

  const mark = (changed: Node, isReached?: (observer: Node) => boolean): void => {
    const stack: Node[] = [changed]
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      const isFirst = node === changed
      const state = isFirst ? dirty : check
      for (const observer of observersOf(node)) {
        if (isFirst && isReached?.(observer) === false) continue
        markOne(observer, state, stack)
      }
    }
  }

  const markOne = (node: Node, state: number, stack: Node[]): void => {
    // Those that run now have read the new value or will not keep it as a source.
    if (node.state === running || node.state === dirty) return
    const wasClean = node.state === clean
    node.state = state
    if (!wasClean) return
    node.onStale?.()
    if (node.rule?.barrier === undefined) stack.push(node)
    else barriers.add(node)
  }

  const refresh = (root: Node): void => {
    const path: Node[] = [root]
    const asked: number[] = [0]
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      if (node.state === running) interrupt({ kind: "cycle", error: cycleError(node, frame) })
      const top = path.length - 1
      const source = node.state === check ? node.sources[asked[top] as number] : undefined
      if (source !== undefined && source.state !== clean) {
        path.push(source)
        asked.push(0)
      } else if (source !== undefined) {
        asked[top] = nextStale(node.sources, asked[top] as number)
      } else {
        if (node.state === dirty && node.rule !== undefined) run(node, node.rule)
        node.state = clean
        path.pop()
        asked.pop()
      }
    }
  }

  const pullFromOutside = (root: Node): void => {
    const waiting: Node[] = [root]
    for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
      try {
        refresh(node)
        waiting.pop()
      } catch (thrown) {
        const reason = interruption
        interruption = undefined
        if (reason === undefined || reason.kind === "pause") throw thrown
        if (reason.kind === "cycle") throw reason.error
        if (waiting.includes(reason.node)) throw cycleError(reason.node, undefined)
        waiting.push(reason.node)
      }
    }
  }

  const settle = (): void => {
    for (let node = barriers.first(); node !== undefined; node = barriers.first()) {
      // What nobody stands on stays marked until somebody asks.
      if (isObserved(node) || node.pins > 0) settleOne(node)
      barriers.delete(node)
    }
  }

  const settleOne = (node: Node): void => {
    try {
      pullFromOutside(node)
    } catch (thrown) {
      if (thrown === pause) throw thrown
      // A cycle is for those who stand on it, not for everybody.
      mark(node)
    }
  }

  return {
    current: () => frame?.node,
    track: (node) => void frame?.read.push(node),
    mark: (input) => mark(input),
    pull: (node) => {
      if (interruption !== undefined) throw interruption
      if (frame === undefined) settle()
      if (node.state === clean) return
      if (frame === undefined) pullFromOutside(node)
      else refresh(node)
    },
    settle: () => {
      if (frame === undefined) settle()
    },
    until: (isDue, work) => {
      if (frame !== undefined) throw new Error(`work was begun inside query ${frame.node.family}(${frame.node.key})`)
      isPauseDue = isDue
      hasRun = false
      isPaused = false
      try {
        work()
        // Work that catches what is thrown has not come to its end either.
        return !isPaused
      } catch (thrown) {
        if (isPaused) return false
        throw thrown
      } finally {
        isPauseDue = undefined
      }
    },
    runs: () => new Map(runs),
    resetRuns: () => runs.clear(),
  }
}

function attempt(
  node: Node,
  rule: Rule,
  onFailure: EvaluationHooks["onFailure"],
  isInterrupted: () => boolean,
): Outcome {
  try {
    return { value: rule.compute(node.key, node.value === unset ? undefined : node.value), error: undefined }
  } catch (thrown) {
    if (isInterrupted()) return { value: undefined, error: { thrown } }
    try {
      onFailure(node.family, node.key, thrown)
      if (rule.fallback === undefined) return { value: undefined, error: { thrown } }
      return { value: rule.fallback(node.key, thrown), error: undefined }
    } catch (again) {
      return { value: undefined, error: { thrown: again } }
    }
  }
}

function relink(node: Node, read: Node[], run: number, onUnobserved: EvaluationHooks["onUnobserved"]): void {
  let count = 0
  for (const source of read) {
    if (source.readIn === run) continue
    source.readIn = run
    read[count++] = source
    addObserver(source, node)
  }
  // A list that grew has room that it will never need.
  const sources = read.slice(0, count)
  for (const source of node.sources) {
    if (source.readIn !== run && deleteObserver(source, node)) onUnobserved(source)
  }
  node.sources = sources
}

function isSame(node: Node, rule: Rule, outcome: Outcome, onFailure: EvaluationHooks["onFailure"]): boolean {
  if (outcome.error !== undefined || node.error !== undefined || node.value === unset) return false
  try {
    return rule.equals(node.value, outcome.value)
  } catch (thrown) {
    onFailure(node.family, node.key, thrown)
    return false
  }
}

/** The next source after `at` that is not clean, or the length. */
function nextStale(sources: readonly Node[], at: number): number {
  let next = at + 1
  while (next < sources.length && (sources[next] as Node).state === clean) next++
  return next
}

function cycleError(node: Node, frame: Frame | undefined): Error {
  const path = [node]
  for (let at = frame; at !== undefined && at.node !== node; at = at.outer) path.push(at.node)
  path.push(node)
  return new Error(
    `query cycle: ${path
      .reverse()
      .map(({ family, key }) => `${family}(${key})`)
      .join(" -> ")}`,
  )
}
