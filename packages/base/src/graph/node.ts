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
  /** Most nodes have one observer or a few, which need no set. */
  observers: Node | Node[] | Set<Node> | undefined
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

/** More observers than this are kept as a set. */
const few = 8

/** Adds an observer, once. */
export function addObserver(node: Node, observer: Node): void {
  const known = node.observers
  if (known === undefined) node.observers = observer
  else if (known instanceof Set) known.add(observer)
  else if (!Array.isArray(known)) {
    if (known !== observer) node.observers = [known, observer]
  } else if (!known.includes(observer)) {
    if (known.length < few) known.push(observer)
    else node.observers = new Set([...known, observer])
  }
}

/** Removes an observer; true when nobody is left. */
export function deleteObserver(node: Node, observer: Node): boolean {
  const known = node.observers
  if (known === observer) node.observers = undefined
  else if (known instanceof Set) known.delete(observer)
  else if (Array.isArray(known)) {
    const at = known.indexOf(observer)
    if (at >= 0) known.splice(at, 1)
  }
  return !isObserved(node)
}

/** Whether anybody stands on a node. */
export function isObserved({ observers }: Node): boolean {
  if (observers instanceof Set) return observers.size > 0
  return Array.isArray(observers) ? observers.length > 0 : observers !== undefined
}

/** Those who stand on a node, for a walk that changes nobody's observers. */
export function observersOf({ observers }: Node): Iterable<Node> {
  if (observers === undefined) return none
  return observers instanceof Set || Array.isArray(observers) ? observers : [observers]
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
    observers: undefined,
    readIn: 0,
    pins: 0,
    onStale: undefined,
    rule,
    home,
  }
}
