// When the bench fails: never by the machine's speed, only far off, and by ratios within one run.
import type { TranslationFigures } from "./figures.ts"

/** A promise as it came out. */
export interface Verdict {
  readonly promise: string
  readonly is: string
  readonly isKept: boolean
  /** So far off that the run fails. */
  readonly isFailed: boolean
}

/** Edits that concern a handful of routes and must cost as many queries at any size. */
const constant = [
  "weight in a route",
  "path of a route",
  "hostname of a route",
  "endpoints of a service",
  "Lua of a route",
  "patch of a listener",
]
/** Chance neighbours in groups make a few queries more or less. */
const nearlyConstant = [
  "route comes and goes",
  "external processor of a route",
  "protocol of a service",
  "TLS to a service",
]

/** Judges a run of several sizes; sizes in ascending order. */
export function verdictsOf(sizes: readonly TranslationFigures[]): readonly Verdict[] {
  const small = sizes[0]
  const large = sizes.at(-1)
  if (small === undefined || large === undefined || small === large) return []
  const cost = (at: TranslationFigures, edit: string) => {
    const found = at.edits.find((each) => each.edit === edit)
    if (found === undefined) throw new Error(`no edit ${edit}`)
    return found
  }
  const between = `${small.routes} and ${large.routes} routes`
  const counted = [...constant, ...nearlyConstant].map((edit): Verdict => {
    const [a, b] = [cost(small, edit), cost(large, edit)]
    const slack = nearlyConstant.includes(edit) ? 48 : 2
    const isKept = Math.abs(a.queries - b.queries) <= slack && a.resources === b.resources
    return {
      promise: `${edit}: as many queries and resources at ${between}`,
      is: `${a.queries} and ${b.queries} queries, ${a.resources} and ${b.resources} resources`,
      isKept,
      isFailed: !isKept,
    }
  })
  const ratio = (promise: string, value: number, most: number, farOff: number): Verdict => ({
    promise,
    is: value.toFixed(value < 1 ? 4 : 1),
    isKept: value <= most,
    isFailed: value > farOff,
  })
  const endpoints = cost(large, "endpoints of a service").cpuMs / cost(small, "endpoints of a service").cpuMs
  const routes = ["weight in a route", "path of a route", "hostname of a route", "route comes and goes"]
  const slowest = Math.max(...routes.map((edit) => cost(large, edit).cpuMs))
  return [
    ...counted,
    ratio(`endpoints: CPU at ${large.routes} routes over that at ${small.routes}`, endpoints, 2, 6),
    ratio(
      `slowest edit of a route over a cold build, CPU at ${large.routes} routes`,
      slowest / large.cold.cpuMs,
      0.01,
      0.05,
    ),
  ]
}
