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
  readonly compute: (key: string) => unknown
  readonly equals: (a: unknown, b: unknown) => boolean
  readonly fallback: ((key: string, error: unknown) => unknown) | undefined
}

/**
 * One input cell or one memoised result.
 *
 * `sources` and `observers` mirror each other at all times. A node that is not clean has no clean observer,
 * so marking stops at the first node that is marked already.
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
  readonly observers: Set<Node>
  pins: number
  /** Absent for inputs. */
  readonly rule: Rule | undefined
  /** The family's nodes by key, this one among them until it is dropped. */
  readonly home: Map<string, Node>
}

/** A node that nobody has read yet. */
export function createNode(family: string, key: string, rule: Rule | undefined, home: Map<string, Node>): Node {
  const state = rule === undefined ? clean : dirty
  const observers = new Set<Node>()
  return { family, key, state, value: unset, error: undefined, sources: [], observers, pins: 0, rule, home }
}
