import type { HTTPRoute } from "@attache/kube-api"
import type { Mirror } from "../../plan/index.ts"
import { findRouteBackend, routeSetting } from "./backend-ref.ts"
import { type FilterDraft, refuse } from "./filter-draft.ts"
import { destinationName, type RuleContext } from "./rule-context.ts"

type Rule = NonNullable<HTTPRoute["spec"]["rules"]>[number]
type MirrorFilter = NonNullable<NonNullable<Rule["filters"]>[number]["requestMirror"]>

/** Adds a mirror filter. A backend without endpoints drops the mirror, any other fault drops the rule. */
export function readMirror(
  draft: FilterDraft,
  context: RuleContext,
  rule: number,
  index: number,
  filter: MirrorFilter,
): void {
  const what = "failed to validate the RequestMirror filter: "
  const target = findRouteBackend(context, filter.backendRef)
  if ("message" in target) {
    refuse(draft, `${what}${target.message}`, "ResolvedRefs", target.reason)
    return
  }
  // Mirrors of gRPC routes have always been numbered as if of the first rule.
  const name = `${destinationName(context, context.kind === "GRPCRoute" ? 0 : rule)}-mirror-${index}`
  const { setting, error, use } = routeSetting(context, target, `${name}/backend/-1`)
  if (use !== undefined) draft.uses.push(use)
  if (error !== undefined) {
    const isEmpty = error.reason === "EndpointsNotFound"
    refuse(
      draft,
      isEmpty ? `${what}${error.message}` : error.message,
      isEmpty ? "BackendsAvailable" : "ResolvedRefs",
      error.reason,
    )
  }
  if (setting === undefined) return
  const stats = context.options?.clusterStats
  const destination = { name, settings: [setting], ...(stats === undefined ? {} : { stats }) }
  draft.mirrors.push({ destination, ...share(filter) })
}

/** Share of requests; computed with 32 bit floats, as the reference does, so that the last digit is the same. */
function share({ fraction, percent }: MirrorFilter): Omit<Mirror, "destination"> {
  const asked =
    fraction !== undefined
      ? Math.fround(Math.fround(100 * Math.fround(fraction.numerator)) / Math.fround(fraction.denominator ?? 100))
      : percent
  if (asked === undefined) return { numerator: 100, denominator: "HUNDRED" }
  const numerator = Math.trunc(Math.fround(asked * 10_000))
  return { numerator, denominator: "MILLION", ...(numerator === 0 ? { isUnused: true } : {}) }
}
