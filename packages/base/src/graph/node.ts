/** Nothing it read has changed. */
export const clean = 0
/** Something further down changed; its own sources have to be asked first. */
export const check = 1
/** A source changed, or it never ran. */
export const dirty = 2
/** On the stack now. */
export const running = 3

/** The value of an input cell that is not set and of a query that never gave one. */
export const unset: unique symbol = Symbol("unset")

/** How a query computes, compares and survives. */
export interface Rule {
  readonly compute: (key: string, before: unknown) => unknown
  readonly equals: (a: unknown, b: unknown) => boolean
  readonly fallback: ((key: string, error: unknown) => unknown) | undefined
  readonly reaches: ((before: unknown, after: unknown, query: string, key: string) => boolean) | undefined
  /** Present for barriers: those with a lower rank are settled first. */
  readonly barrier: number | undefined
}

/**
 * One input cell or one memoised result.
 *
 * `sources` and `observers` mirror each other at all times. A node that is not clean has no clean observer, so marking
 * stops at the first node that is marked already; only a barrier that waits to be settled has clean ones.
 */
export interface Node {
  readonly family: string
  readonly key: string
  state: number
  value: unknown
  /** Present while the last run threw and no fallback stood in. */
  error: { readonly thrown: unknown } | undefined
  /** What the last complete run read, in the order of reading: a later read may hang on an earlier one. */
  sources: readonly Node[]
  /** Most nodes have one observer, which needs no set. */
  observer: Node | undefined
  observers: Set<Node> | undefined
  /** Number of the run that has last read it, for telling sources apart. */
  readIn: number
  pins: number
  /** Called when the node ceases to be clean. */
  onStale: (() => void) | undefined
  /** Absent for inputs. */
  readonly rule: Rule | undefined
  /** The family's nodes by key, this one among them until it is dropped. */
  readonly home: Map<string, Node>
}

const none: readonly Node[] = []

/** Adds an observer, once. */
export function addObserver(node: Node, observer: Node): void {
  if (node.observers !== undefined) node.observers.add(observer)
  else if (node.observer === undefined) node.observer = observer
  else if (node.observer !== observer) {
    node.observers = new Set([node.observer, observer])
    node.observer = undefined
  }
}

/** Removes an observer; true when it was the last. */
export function deleteObserver(node: Node, observer: Node): boolean {
  if (node.observers !== undefined) {
    node.observers.delete(observer)
    return node.observers.size === 0
  }
  if (node.observer === observer) node.observer = undefined
  return node.observer === undefined
}

/** Whether anybody stands on a node. */
export function isObserved(node: Node): boolean {
  return node.observer !== undefined || (node.observers?.size ?? 0) > 0
}

/** A node that nobody has read yet. */
export function createNode(family: string, key: string, rule: Rule | undefined, home: Map<string, Node>): Node {
  const state = rule === undefined ? clean : dirty
  return {
    family,
    key,
    state,
    value: unset,
    error: undefined,
    sources: none,
    observer: undefined,
    observers: undefined,
    readIn: 0,
    pins: 0,
    onStale: undefined,
    rule,
    home,
  }
}
