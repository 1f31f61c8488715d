// Where the values are that a JSONPath selects.
import { type Condition, holds } from "./json-path-filter.ts"
import type { JsonPath, PathStep } from "./json-path-syntax.ts"
import { isJsonObject, type Json, memberOf } from "./json-value.ts"

/** Members and positions from the top down to a value. */
export type Location = readonly (string | number)[]

/** Most values that one evaluation may look at: a path of several `..` looks at some of them often. */
const maxVisits = 1_000_000

/**
 * Locations of the values that a path selects, in the order of ohler55/ojg 1.28; undefined when it takes more than a million steps.
 *
 * Positions ascend, those of filters descend, so that removing what a filter selects removes what it selected. Members
 * come in the order of the document (there: at random). A location may come several times.
 */
export function locate(document: Json, path: JsonPath): readonly Location[] | undefined {
  const found: Location[] = []
  const state: State = { visits: 0, found }
  const [first, ...rest] = path
  if (first === undefined) return []
  const isComplete = walk(state, document, first.type === "root" ? rest : path, 0, [])
  return isComplete ? found : undefined
}

interface State {
  visits: number
  readonly found: Location[]
}

/** False: too many steps. */
function walk(state: State, value: Json, path: JsonPath, depth: number, at: Location): boolean {
  if (++state.visits > maxVisits) return false
  const step = path[depth]
  if (step === undefined) {
    state.found.push(at)
    return true
  }
  if (step.type === "descent") return walkDown(state, value, path, depth, at)
  for (const key of selected(state, value, step)) {
    const next =
      typeof key === "number" ? (value as readonly Json[])[key] : memberOf(value as { [key: string]: Json }, key)
    if (next === undefined || !walk(state, next, path, depth + 1, [...at, key])) return false
  }
  return state.visits <= maxVisits
}

function walkDown(state: State, value: Json, path: JsonPath, depth: number, at: Location): boolean {
  if (++state.visits > maxVisits || !walk(state, value, path, depth + 1, at)) return false
  return keysOf(value).every((key) =>
    walkDown(state, (value as { [key: string | number]: Json })[key] as Json, path, depth, [...at, key]),
  )
}

/** Members or positions that a step selects in a value. */
function selected(state: State, value: Json, step: Exclude<PathStep, { type: "descent" }>): Iterable<string | number> {
  switch (step.type) {
    case "child":
      return isJsonObject(value) && Object.hasOwn(value, step.name) ? [step.name] : []
    case "index":
      return positions(value, [step.index])
    case "wildcard":
      return keysOf(value)
    case "slice":
      return Array.isArray(value) ? slicePositions(value.length, step) : []
    case "union":
      return step.members.flatMap((member): readonly (string | number)[] =>
        typeof member === "number"
          ? positions(value, [member])
          : isJsonObject(value) && Object.hasOwn(value, member)
            ? [member]
            : [],
      )
    case "filter": {
      const condition: Condition = { expression: step.condition, values: (item, path) => valuesAt(state, item, path) }
      const keys = keysOf(value)
      const matching = keys.filter((key) => holds(condition, (value as { [key: string | number]: Json })[key] as Json))
      return Array.isArray(value) ? matching.reverse() : matching
    }
    // Markers of the top, which stand only in front.
    case "root":
    case "current":
      return []
  }
}

/** Values that a path in a filter selects, seen from an item; `$` sees nothing there. */
function valuesAt(state: State, item: Json, path: JsonPath): readonly Json[] {
  if (path[0]?.type !== "current") return []
  const inner: State = { visits: state.visits, found: [] }
  walk(inner, item, path.slice(1), 0, [])
  state.visits = inner.visits
  return inner.found.map((at) =>
    at.reduce<Json>((value, key) => (value as { [key: string | number]: Json })[key] as Json, item),
  )
}

function keysOf(value: Json): readonly (string | number)[] {
  if (Array.isArray(value)) return [...value.keys()]
  return isJsonObject(value) ? Object.keys(value) : []
}

function positions(value: Json, wanted: readonly number[]): readonly number[] {
  if (!Array.isArray(value)) return []
  return wanted
    .map((index) => (index < 0 ? index + value.length : index))
    .filter((index) => index >= 0 && index < value.length)
}

/** Source: RFC 9535, section 2.3.4. */
function slicePositions(
  length: number,
  { start, end, step }: { start?: number; end?: number; step: number },
): number[] {
  const normal = (index: number): number => (index < 0 ? index + length : index)
  const clamp = (index: number, low: number, high: number): number => Math.min(Math.max(index, low), high)
  const found: number[] = []
  if (step > 0) {
    const upper = clamp(normal(end ?? length), 0, length)
    for (let i = clamp(normal(start ?? 0), 0, length); i < upper; i += step) found.push(i)
  } else if (step < 0) {
    const lower = end === undefined ? -1 : clamp(normal(end), -1, length - 1)
    for (let i = clamp(normal(start ?? length - 1), -1, length - 1); i > lower; i += step) found.push(i)
  }
  return found
}
