import type { GRPCRoute, HTTPRoute } from "@attache/kube-api"
import type { ResourceMetadata } from "../../plan/index.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import { ownAnnotations } from "../own-annotations.ts"
import type { RouteError } from "../route-error.ts"
import type { FilterDraft } from "./filter-draft.ts"
import { planForward, statName, weightOf } from "./forward.ts"
import { planGrpcMatches } from "./grpc-matches.ts"
import { type IndexedMatch, planMatches, preflightMatch } from "./matches.ts"
import { type ActionDraft, filterParts, type RouteDraft, type RuleTraits } from "./route-draft.ts"
import { type RuleBackends, readRuleBackends } from "./rule-backends.ts"
import { destinationName, type RuleContext } from "./rule-context.ts"
import { readFilters } from "./rule-filters.ts"
import { planSession, readSession, type SessionDraft } from "./session.ts"
import { planRetry, planTimeouts } from "./timeouts.ts"

type HttpRule = NonNullable<HTTPRoute["spec"]["rules"]>[number]
type GrpcRule = NonNullable<GRPCRoute["spec"]["rules"]>[number]

/** A route whose rules are read. */
export type AnyHttpRoute = HTTPRoute | GRPCRoute

/** All rules of a route as one Gateway makes them. */
export interface RulesResult {
  readonly drafts: readonly RouteDraft[]
  readonly errors: readonly RouteError[]
  /** Indexes of rules that are not accepted. */
  readonly rejected: readonly number[]
  readonly uses: readonly TlsPolicyUse[]
}

/** Reads the rules of a route. A rule whose matches cannot be had gives no routes, one with a bad filter answers 500. */
export function readRules(context: RuleContext, route: AnyHttpRoute): RulesResult {
  const drafts: RouteDraft[] = []
  const errors: RouteError[] = []
  const rejected: number[] = []
  const uses: TlsPolicyUse[] = []
  for (const [index, rule] of (route.spec.rules ?? []).entries()) {
    const result = readRule(context, route, rule, index)
    for (const draft of result.drafts) drafts.push(draft)
    errors.push(...result.errors)
    uses.push(...result.uses)
    if (result.errors.some((error) => error.type === "Accepted")) rejected.push(index)
  }
  return { drafts, errors, rejected, uses }
}

type RuleResult = Omit<RulesResult, "rejected">

function readRule(context: RuleContext, route: AnyHttpRoute, rule: HttpRule | GrpcRule, index: number): RuleResult {
  const filters = readFilters(context, index, rule.filters ?? [])
  const destination = destinationName(context, index)
  const session: SessionDraft = context.kind === "HTTPRoute" ? readSession(rule as HttpRule, destination) : {}
  const matches = "error" in session ? session : matchesOf(context, rule, filters)
  if ("error" in matches) {
    const message = `failed to process route rule ${index}: ${matches.error}`
    return {
      drafts: [],
      errors: [...filters.errors, { type: "Accepted", reason: "UnsupportedValue", message }],
      uses: filters.uses,
    }
  }
  const backends = readRuleBackends(context, index, destination, rule.backendRefs ?? [])
  const metadata = ruleMetadata(route, rule.name)
  const outcome = decide(context, index, filters, backends)
  const hasSessionPersistence = "session" in session && session.session !== undefined
  const action = outcome.action ?? forwardAction(context, index, rule.name, metadata, backends, hasSessionPersistence)
  const traits: RuleTraits = {
    kind: context.kind === "HTTPRoute" ? "httproute" : "grpcroute",
    metadata,
    origin: { object: `${context.kind}/${context.namespace}/${context.name}`, field: `spec.rules[${index}]` },
    filters,
    extensionRefs: [...filters.extensionRefs, ...backends.extensionRefs],
  }
  return {
    drafts: matches.flatMap((match) => draftRoutes(destination, match, rule, traits, action, session)),
    errors: [...filters.errors, ...backends.errors, ...outcome.errors],
    uses: [...filters.uses, ...backends.uses],
  }
}

function matchesOf(
  context: RuleContext,
  rule: HttpRule | GrpcRule,
  filters: FilterDraft,
): readonly IndexedMatch[] | { readonly error: string } {
  return context.kind === "HTTPRoute"
    ? planMatches((rule as HttpRule).matches ?? [], filters.cookies)
    : planGrpcMatches((rule as GrpcRule).matches ?? [], filters.cookies)
}

function ruleMetadata(route: AnyHttpRoute, sectionName: string | undefined): ResourceMetadata {
  const { kind, metadata } = route
  return {
    kind,
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    ...(sectionName === undefined ? {} : { sectionName }),
    ...ownAnnotations(route),
  }
}

interface Outcome {
  /** Absent: requests are forwarded. */
  readonly action?: ActionDraft
  readonly errors: readonly RouteError[]
}

/** What the rule does when it does not forward. The first that holds wins, as in Envoy Gateway 1.9. */
function decide(context: RuleContext, index: number, filters: FilterDraft, backends: RuleBackends): Outcome {
  const { response, redirect, contentType } = filters
  const own: ActionDraft | undefined =
    response !== undefined
      ? { type: "respond", response }
      : redirect === undefined
        ? undefined
        : { type: "redirect", redirect }
  const header = contentType === undefined ? {} : { contentType }
  const error = (status: number): ActionDraft => ({ type: "respond", response: { status, ...header } })
  const answer = (status: number): ActionDraft => own ?? error(status)
  if (filters.errors.some((error) => error.type !== "BackendsAvailable")) {
    const is500 = context.kind === "HTTPRoute" || own === undefined
    return { action: is500 ? error(500) : own, errors: [] }
  }
  if (weightOf(backends, "valid") === 0) {
    const isBroken = backends.errors.some((error) => error.type === "ResolvedRefs")
    const isEmpty = backends.errors.some((error) => error.type === "BackendsAvailable")
    return { action: answer(!isBroken && isEmpty ? 503 : 500), errors: [] }
  }
  const fault = resolverFault(context, filters, backends)
  if (fault !== undefined) {
    const message = `failed to process route rule ${index}: ${fault.message}`
    return { action: answer(500), errors: [{ type: "ResolvedRefs", reason: fault.reason, message }] }
  }
  return own === undefined ? { errors: [] } : { action: own, errors: [] }
}

function resolverFault(
  context: RuleContext,
  filters: FilterDraft,
  backends: RuleBackends,
): { readonly reason: string; readonly message: string } | undefined {
  if (!backends.settings.some(({ setting }) => setting.addressType === "dynamic-resolver")) return undefined
  if (filters.host?.type === "path-regex") {
    const message = "host rewrite from path (PathRegex) is not supported with a dynamic resolver backend"
    return { reason: "UnsupportedValue", message }
  }
  if (context.kind !== "HTTPRoute" || backends.names.length < 2) return undefined
  return { reason: "InvalidBackendRef", message: "dynamic resolver is not supported for multiple backendRefs" }
}

function forwardAction(
  context: RuleContext,
  index: number,
  ruleName: string | undefined,
  metadata: ResourceMetadata,
  backends: RuleBackends,
  hasSessionPersistence: boolean,
): ActionDraft {
  const pattern = context.options?.clusterStatName
  const named = pattern === undefined ? {} : { statName: statName(context, pattern, index, ruleName, backends.names) }
  const traits = { hasSessionPersistence, ...named }
  return { type: "forward", forward: planForward(context, destinationName(context, index), metadata, backends, traits) }
}

function draftRoutes(
  destination: string,
  { index, match, method }: IndexedMatch,
  rule: HttpRule | GrpcRule,
  traits: RuleTraits,
  action: ActionDraft,
  session: SessionDraft,
): RouteDraft[] {
  const name = `${destination}/match/${index}`
  const { kind, metadata } = traits
  const origin = index < 0 ? traits.origin : { ...traits.origin, field: `${traits.origin.field}.matches[${index}]` }
  const shared = { kind, metadata, origin }
  const main: RouteDraft = {
    name,
    action,
    rest: { ...shared, match, ...filterParts(traits, match.path), ...traffic(rule, traits, match, index, session) },
  }
  const { cors } = traits.filters
  if (cors === undefined || method === undefined || method === "OPTIONS" || match.cookies.length > 0) return [main]
  return [
    main,
    {
      name: `${name}/cors-preflight`,
      action: preflightAction(action),
      rest: { ...shared, match: preflightMatch(match), mirrors: [], cors },
    },
  ]
}

/** A preflight is forwarded, or answered when the rule's backends fail; it is never redirected. */
function preflightAction(action: ActionDraft): ActionDraft {
  return action.type === "redirect" ? { type: "respond", response: { status: 500 } } : action
}

function traffic(
  rule: HttpRule | GrpcRule,
  traits: RuleTraits,
  match: IndexedMatch["match"],
  index: number,
  session: SessionDraft,
) {
  if (traits.kind === "grpcroute") return {}
  const timeouts = planTimeouts(rule as HttpRule)
  const retry = planRetry(rule as HttpRule)
  // Without matches, sessions have never been applied.
  const kept = index < 0 || "error" in session ? undefined : session.session
  return {
    ...(timeouts === undefined ? {} : { timeouts }),
    ...(retry === undefined ? {} : { retry }),
    ...(kept === undefined ? {} : { sessionPersistence: planSession(kept, match.path) }),
  }
}
