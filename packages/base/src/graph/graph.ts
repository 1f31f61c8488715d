// Memoised pure functions over immutable inputs: a change marks what may depend on it (push), a read recomputes only
// what did (pull), and a recomputation that gives an equal value stops the wave.
import { structuralEqual } from "./equal.ts"

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
}

/** What a graph did so far, for tests and metrics. */
export interface GraphStats {
  /** Runs of query functions since the last {@link Graph.resetStats}, by query name. */
  readonly runs: ReadonlyMap<string, number>
  /** Living query nodes. */
  readonly nodes: number
}

/** Reports a query that threw; called once for each run that threw. */
export interface GraphOptions {
  readonly onFailure?: (query: string, key: string, error: unknown) => void
}

/** Inputs, queries over them, and the pins that keep results alive. Single threaded; queries must not set inputs. */
export interface Graph {
  /** A new family of inputs. @param equals default {@link structuralEqual}; equal values are not a change */
  input<T>(name: string, equals?: (a: T, b: T) => boolean): Input<T>
  /** A new family of queries. The function must depend only on its key and on what it reads from this graph. */
  query<T>(name: string, compute: (key: string) => T, options?: QueryOptions<T>): Query<T>
  /** Keeps a result and all it stands on alive until the returned function is called. */
  pin<T>(query: Query<T>, key: string): () => void
  /** Drops every result that no pin stands on. Returns how many. */
  collect(): number
  /** Grows by one with each change of an input. */
  revision(): number
  stats(): GraphStats
  resetStats(): void
}

const clean = 0
const check = 1
const dirty = 2
const running = 3

interface Node {
  readonly family: string
  readonly key: string
  state: number
  value: unknown
  error: { readonly thrown: unknown } | undefined
  sources: Node[]
  readonly observers: Set<Node>
  pins: number
  /** Absent for inputs. */
  readonly rule: Rule | undefined
  readonly home: Map<string, Node>
}

interface Rule {
  readonly compute: (key: string) => unknown
  readonly equals: (a: unknown, b: unknown) => boolean
  readonly fallback: ((key: string, error: unknown) => unknown) | undefined
}

/** An empty graph. */
export function createGraph(options: GraphOptions = {}): Graph {
  let revision = 0
  let nodes = 0
  let runs = new Map<string, number>()
  let frame: { readonly node: Node; readonly read: Set<Node> } | undefined
  const idle = new Set<Node>()

  const track = (node: Node): void => {
    frame?.read.add(node)
  }

  const mark = (origin: Node): void => {
    const stack: Node[] = []
    for (const observer of origin.observers) {
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

  const release = (source: Node, observer: Node): void => {
    source.observers.delete(observer)
    if (source.observers.size === 0 && source.pins === 0 && source.rule !== undefined) idle.add(source)
  }

  const run = (node: Node, rule: Rule): void => {
    runs.set(node.family, (runs.get(node.family) ?? 0) + 1)
    const outer = frame
    const read = new Set<Node>()
    frame = { node, read }
    node.state = running
    let value: unknown
    let error: Node["error"]
    try {
      value = rule.compute(node.key)
    } catch (thrown) {
      if (thrown instanceof CycleError) {
        node.state = dirty
        throw thrown
      }
      options.onFailure?.(node.family, node.key, thrown)
      if (rule.fallback === undefined) error = { thrown }
      else value = rule.fallback(node.key, thrown)
    } finally {
      frame = outer
      for (const source of node.sources) if (!read.has(source)) release(source, node)
      for (const source of read) source.observers.add(node)
      node.sources = [...read]
    }
    node.state = clean
    const same =
      error === undefined && node.error === undefined && node.value !== unset && rule.equals(node.value, value)
    if (same) return
    node.value = value
    node.error = error
    // Observers run later in this same pull; those already running have read this node just now.
    for (const observer of node.observers)
      if (observer.state === check || observer.state === clean) observer.state = dirty
  }

  const refresh = (node: Node): void => {
    if (node.rule === undefined || node.state === clean) return
    if (node.state === running) throw new CycleError(`query cycle through ${node.family}(${node.key})`)
    if (node.state === check) {
      for (const source of node.sources) {
        refresh(source)
        if ((node.state as number) === dirty) break
      }
    }
    if (node.state === dirty) run(node, node.rule)
    else node.state = clean
  }

  const nodeOf = (home: Map<string, Node>, family: string, key: string, rule: Rule | undefined): Node => {
    let node = home.get(key)
    if (node === undefined) {
      const state = rule === undefined ? clean : dirty
      node = {
        family,
        key,
        state,
        value: unset,
        error: undefined,
        sources: [],
        observers: new Set(),
        pins: 0,
        rule,
        home,
      }
      home.set(key, node)
      if (rule !== undefined) {
        nodes++
        idle.add(node)
      }
    }
    return node
  }

  const families = new WeakMap<object, (key: string) => Node>()

  return {
    input: <T>(name: string, equals: (a: T, b: T) => boolean = structuralEqual): Input<T> => {
      const home = new Map<string, Node>()
      const change = (node: Node, value: unknown): true => {
        if (frame !== undefined)
          throw new Error(`input ${name}(${node.key}) was set inside query ${frame.node.family}(${frame.node.key})`)
        node.value = value
        revision++
        mark(node)
        return true
      }
      return {
        name,
        get: (key) => {
          if (frame === undefined && !home.has(key)) return undefined
          const node = nodeOf(home, name, key, undefined)
          track(node)
          return node.value === unset ? undefined : (node.value as T)
        },
        set: (key, value) => {
          const node = nodeOf(home, name, key, undefined)
          if (node.value !== unset && equals(node.value as T, value)) return false
          return change(node, value)
        },
        delete: (key) => {
          const node = home.get(key)
          if (node === undefined || node.value === unset) return false
          change(node, unset)
          if (node.observers.size === 0) home.delete(key)
          return true
        },
        keys: () => [...home.values()].filter((node) => node.value !== unset).map((node) => node.key),
      }
    },

    query: <T>(name: string, compute: (key: string) => T, queryOptions: QueryOptions<T> = {}): Query<T> => {
      const home = new Map<string, Node>()
      const rule: Rule = {
        compute,
        equals: (queryOptions.equals ?? structuralEqual) as Rule["equals"],
        fallback: queryOptions.fallback,
      }
      const query: Query<T> = {
        name,
        get: (key) => {
          const node = nodeOf(home, name, key, rule)
          refresh(node)
          track(node)
          if (node.error !== undefined) throw node.error.thrown
          return node.value as T
        },
      }
      families.set(query, (key) => nodeOf(home, name, key, rule))
      return query
    },

    pin: (query, key) => {
      const node = families.get(query)?.(key)
      if (node === undefined) throw new Error(`query ${query.name} belongs to another graph`)
      node.pins++
      let held = true
      return () => {
        if (!held) return
        held = false
        node.pins--
        if (node.pins === 0 && node.observers.size === 0) idle.add(node)
      }
    },

    collect: () => {
      let dropped = 0
      for (const node of idle) {
        idle.delete(node)
        if (node.observers.size > 0 || node.pins > 0) continue
        node.home.delete(node.key)
        nodes--
        dropped++
        for (const source of node.sources) {
          release(source, node)
          if (source.rule === undefined && source.value === unset && source.observers.size === 0)
            source.home.delete(source.key)
        }
        node.sources = []
        node.state = dirty
      }
      return dropped
    },

    revision: () => revision,
    stats: () => ({ runs: new Map(runs), nodes }),
    resetStats: () => {
      runs = new Map()
    },
  }
}

const unset = Symbol("unset")

class CycleError extends Error {}
