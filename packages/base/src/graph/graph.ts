// Memoised pure functions over immutable inputs: a change marks what may depend on it (push), a read recomputes only
// what did (pull), and a recomputation that gives an equal value stops the wave.
import { structuralEqual } from "./equal.ts"
import { createEvaluation, type Evaluation } from "./evaluation.ts"
import { createNode, deleteObserver, dirty, isObserved, type Node, type Rule, unset } from "./node.ts"

/** A family of cells set from outside, one for each key. An unset cell reads as `undefined`. */
export interface Input<T> {
  readonly name: string
  /** The value; inside a query the read is recorded, also of an unset cell. */
  get(key: string): T | undefined
  /** Gives the cell a value that nobody changes afterwards. Returns whether it differs from the one before. */
  set(key: string, value: T): boolean
  /** Unsets the cell. Returns whether it was set. */
  delete(key: string): boolean
  /** Keys that are set, in order of setting; not recorded, so not for use inside a query. */
  keys(): readonly string[]
}

/** A family of memoised functions of one key. */
export interface Query<T> {
  readonly name: string
  /** The value, computed if needed; inside a query the read is recorded. Throws what the function threw when there is no fallback. */
  get(key: string): T
}

/** How a query compares and what it gives when its function throws. */
export interface QueryOptions<T> {
  /** Equal results stop the wave. Default {@link structuralEqual}. */
  readonly equals?: (a: T, b: T) => boolean
  /** Value in place of a throw; readers do not notice. Default: the throw goes on to the readers. */
  readonly fallback?: (key: string, error: unknown) => T
  /**
   * Whether marks stop here: after a change the query runs before anything else is read from outside, and only a result
   * that differs marks what stands on it. Default false.
   *
   * For queries that many stand on and whose results seldom change. They run also when nobody will ask again, so they
   * must have a value for keys of what is gone. One that stands on another is to be made after it: the other way round
   * it may run twice.
   */
  readonly isBarrier?: boolean
  /**
   * Whether a reader may notice the difference between two results; default: every reader may. It is named by its query
   * and key, and must have read nothing of the result but what this looks at.
   */
  readonly reaches?: (before: T, after: T, query: string, key: string) => boolean
}

/** What a graph did so far, for tests and metrics. */
export interface GraphStats {
  /** Runs of query functions since the last {@link Graph.resetStats}, by query name. */
  readonly runs: ReadonlyMap<string, number>
  /** Living query nodes. */
  readonly nodes: number
}

/** What a graph reports. */
export interface GraphOptions {
  /** A query threw, or its `equals` did; once for each run that threw, so also for readers that pass a throw on. Must not throw. */
  readonly onFailure?: (query: string, key: string, error: unknown) => void
}

/**
 * Inputs, queries over them, and the pins that keep results alive.
 *
 * Single threaded. Queries must not set inputs or collect. A cycle of queries is a mistake of the program: it throws an
 * error that names the cycle through every query on the way, past fallbacks, and no result is kept.
 * Queries may stand on each other to any depth; where the stack would end, a pull starts again from the inside.
 */
export interface Graph {
  /** A new family of inputs. @param equals default {@link structuralEqual}; equal values are not a change */
  input<T>(name: string, equals?: (a: T, b: T) => boolean): Input<T>
  /**
   * A new family of queries. The function must depend only on its key and on what it reads from this graph.
   *
   * It also gets its last result, if there is one, for where that is cheaper to change than to make anew. The outcome
   * must not depend on it.
   */
  query<T>(name: string, compute: (key: string, before: T | undefined) => T, options?: QueryOptions<T>): Query<T>
  /**
   * Keeps a result and all it stands on alive until the returned function is called.
   *
   * @param onStale called when something the result stands on has changed, once until it is read again; must not read.
   * A result has one such function: the last.
   */
  pin<T>(query: Query<T>, key: string, onStale?: () => void): () => void
  /** Works out which results the changes so far really reach, see `isBarrier`; every read from outside does so first. */
  settle(): void
  /**
   * Does work outside of queries in steps: yields when some query was run and `isDue` is true before the next one.
   *
   * After that the work begins anew and finds all that was finished before, so it must do nothing but read until it ends.
   * Inputs may change between the steps.
   */
  inSteps<T>(work: () => T, isDue: () => boolean): Generator<void, T>
  /** Drops every result that no pin stands on, and the memory of unset cells that nobody reads. Returns how many results. */
  collect(): number
  /** Grows by one with each change of an input. */
  revision(): number
  /** Figures since the last {@link Graph.resetStats}. */
  stats(): GraphStats
  /** Sets the counts of runs to zero. */
  resetStats(): void
}

/** An empty graph. */
export function createGraph(options: GraphOptions = {}): Graph {
  let revision = 0
  let barriers = 0
  const idle = new Set<Node>()
  const homes: ReadonlyMap<string, Node>[] = []
  const families = new WeakMap<object, (key: string) => Node>()
  const evaluation = createEvaluation({
    onFailure: (query, key, error) => options.onFailure?.(query, key, error),
    onUnobserved: (node) => void idle.add(node),
  })

  return {
    input: (name, equals = structuralEqual) =>
      createInput(name, equals, idle, evaluation, () => {
        revision++
      }),

    query: <T>(
      name: string,
      compute: (key: string, before: T | undefined) => T,
      queryOptions: QueryOptions<T> = {},
    ): Query<T> => {
      const home = new Map<string, Node>()
      const { equals = structuralEqual, fallback, reaches } = queryOptions as QueryOptions<unknown>
      const barrier = queryOptions.isBarrier === true ? barriers++ : undefined
      const rule: Rule = { compute: compute as Rule["compute"], equals, fallback, reaches, barrier }
      homes.push(home)
      const nodeOf = (key: string): Node => home.get(key) ?? added(createNode(name, key, rule, home), idle)
      const query: Query<T> = { name, get: (key) => readQuery(nodeOf(key), evaluation) as T }
      families.set(query, nodeOf)
      return query
    },

    pin: (query, key, onStale) => {
      const node = families.get(query)?.(key)
      if (node === undefined) throw new Error(`query ${query.name} belongs to another graph`)
      node.pins++
      if (onStale !== undefined) node.onStale = onStale
      let held = true
      return () => {
        if (!held) return
        held = false
        node.pins--
        if (node.onStale === onStale) node.onStale = undefined
        if (node.pins === 0) idle.add(node)
      }
    },
    settle: evaluation.settle,
    inSteps: (work, isDue) => inSteps(evaluation, work, isDue),

    collect: () => {
      refuseInside(evaluation, "collect was called")
      return dropUnused(idle)
    },

    revision: () => revision,
    stats: () => ({ runs: evaluation.runs(), nodes: homes.reduce((sum, home) => sum + home.size, 0) }),
    resetStats: evaluation.resetRuns,
  }
}

function createInput<T>(
  name: string,
  equals: (a: T, b: T) => boolean,
  idle: Set<Node>,
  evaluation: Evaluation,
  onChange: () => void,
): Input<T> {
  const home = new Map<string, Node>()
  const change = (node: Node, value: unknown): true => {
    node.value = value
    onChange()
    evaluation.mark(node)
    return true
  }
  return {
    name,
    get: (key) => {
      let node = home.get(key)
      if (node === undefined) {
        if (evaluation.current() === undefined) return undefined
        node = added(createNode(name, key, undefined, home), idle)
      }
      evaluation.track(node)
      return node.value === unset ? undefined : (node.value as T)
    },
    set: (key, value) => {
      refuseInside(evaluation, `input ${name}(${key}) was set`)
      const node = home.get(key) ?? createNode(name, key, undefined, home)
      if (node.value !== unset && equals(node.value as T, value)) return false
      // A cell that was read before it was set moves to the end: keys come in the order of setting.
      if (node.value === unset) home.delete(key)
      home.set(key, node)
      return change(node, value)
    },
    delete: (key) => {
      refuseInside(evaluation, `input ${name}(${key}) was deleted`)
      const node = home.get(key)
      if (node === undefined || node.value === unset) return false
      if (!isObserved(node)) home.delete(key)
      return change(node, unset)
    },
    keys: () => [...home.values()].filter((node) => node.value !== unset).map((node) => node.key),
  }
}

function* inSteps<T>(evaluation: Evaluation, work: () => T, isDue: () => boolean): Generator<void, T> {
  let result: { readonly value: T } | undefined
  const step = (): void => {
    result = { value: work() }
  }
  while (!evaluation.until(isDue, step)) yield
  if (result === undefined) throw new Error("work ended without a result")
  return result.value
}

function added(node: Node, idle: Set<Node>): Node {
  node.home.set(node.key, node)
  idle.add(node)
  return node
}

function readQuery(node: Node, evaluation: Evaluation): unknown {
  evaluation.pull(node)
  evaluation.track(node)
  if (node.error !== undefined) throw node.error.thrown
  return node.value
}

function refuseInside(evaluation: Evaluation, what: string): void {
  const node = evaluation.current()
  if (node !== undefined) throw new Error(`${what} inside query ${node.family}(${node.key})`)
}

/** Empties `idle`; what a dropped node stood on joins it and is looked at in the same walk. */
function dropUnused(idle: Set<Node>): number {
  let dropped = 0
  for (const node of idle) {
    idle.delete(node)
    const isUsed = isObserved(node) || node.pins > 0
    if (isUsed || (node.rule === undefined && node.value !== unset)) continue
    // Another node may have the key by now: an input that was deleted and set again.
    if (node.home.get(node.key) === node) node.home.delete(node.key)
    if (node.rule === undefined) continue
    dropped++
    for (const source of node.sources) if (deleteObserver(source, node)) idle.add(source)
    node.sources = []
    node.state = dirty
  }
  return dropped
}
