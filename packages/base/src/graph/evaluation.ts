// The moving part of the graph: marking after a change, and the pull that verifies before it recomputes.
import { check, clean, dirty, type Node, type Rule, running, unset } from "./node.ts"

/** Marks, reads and recomputes nodes; knows nothing of families, pins or collection. */
export interface Evaluation {
  /** The query that runs now. */
  current(): Node | undefined
  /** Records a read by the query that runs now, if one does. */
  track(node: Node): void
  /** Tells all that may depend on an input that it changed. */
  mark(input: Node): void
  /** Makes a node clean. Throws only for a cycle. */
  pull(node: Node): void
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
  readonly read: Set<Node>
  readonly outer: Frame | undefined
  readonly depth: number
}

type Outcome = { readonly value: unknown; readonly error: Node["error"] }

/** Unwinds every running query, also through functions that catch; none of them counts as having run. */
type Interruption = { readonly kind: "cycle"; readonly error: Error } | { readonly kind: "deep"; readonly node: Node }

/** An evaluation with nothing running. */
export function createEvaluation(hooks: EvaluationHooks): Evaluation {
  let frame: Frame | undefined
  let interruption: Interruption | undefined
  const runs = new Map<string, number>()

  const interrupt = (reason: Interruption): never => {
    interruption = reason
    throw reason
  }

  const run = (node: Node, rule: Rule): void => {
    const depth = (frame?.depth ?? 0) + 1
    if (depth > depthLimit) interrupt({ kind: "deep", node })
    const inner: Frame = { node, read: new Set(), outer: frame, depth }
    frame = inner
    node.state = running
    const outcome = attempt(node, rule, hooks.onFailure, () => interruption !== undefined)
    frame = inner.outer
    if (interruption !== undefined) {
      node.state = dirty
      throw interruption
    }
    relink(node, inner.read, hooks.onUnobserved)
    runs.set(node.family, (runs.get(node.family) ?? 0) + 1)
    node.state = clean
    if (isSame(node, rule, outcome, hooks.onFailure)) return
    node.value = outcome.value
    node.error = outcome.error
    // Those that run now have read the new value or will not keep it as a source.
    for (const observer of node.observers) if (observer.state !== running) observer.state = dirty
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
        if (reason === undefined) throw thrown
        if (reason.kind === "cycle") throw reason.error
        if (waiting.includes(reason.node)) throw cycleError(reason.node, undefined)
        waiting.push(reason.node)
      }
    }
  }

  return {
    current: () => frame?.node,
    track: (node) => void frame?.read.add(node),
    mark,
    pull: (node) => {
      if (interruption !== undefined) throw interruption
      if (node.state === clean) return
      if (frame === undefined) pullFromOutside(node)
      else refresh(node)
    },
    runs: () => new Map(runs),
    resetRuns: () => runs.clear(),
  }
}

function mark(input: Node): void {
  const stack: Node[] = []
  for (const observer of input.observers) {
    if (observer.state === clean) stack.push(observer)
    observer.state = dirty
  }
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const observer of node.observers) {
      if (observer.state !== clean) continue
      observer.state = check
      stack.push(observer)
    }
  }
}

function attempt(
  node: Node,
  rule: Rule,
  onFailure: EvaluationHooks["onFailure"],
  isInterrupted: () => boolean,
): Outcome {
  try {
    return { value: rule.compute(node.key), error: undefined }
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

function relink(node: Node, read: ReadonlySet<Node>, onUnobserved: EvaluationHooks["onUnobserved"]): void {
  for (const source of node.sources) {
    if (read.has(source)) continue
    source.observers.delete(node)
    if (source.observers.size === 0) onUnobserved(source)
  }
  for (const source of read) source.observers.add(node)
  node.sources = [...read]
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
