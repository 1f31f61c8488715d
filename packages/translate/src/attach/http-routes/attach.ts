// Attaches one HTTPRoute or GRPCRoute: what it adds to which listener, and its status.
import type { GRPCRoute, HTTPRoute } from "@attache/kube-api"
import type { PlanRoute } from "../../plan/index.ts"
import type { TlsPolicyAncestor } from "../backend-tls-status.ts"
import type { BackendReads } from "../backends/backend-setting.ts"
import type { BackendOptions, GatewayView } from "../gateway-view.ts"
import { otherHostnames, routeHosts } from "../hostnames.ts"
import type { ListenerL4Route } from "../l4-routes/attach.ts"
import { type Condition, joinErrors, setCondition } from "../route-error.ts"
import { type GatewayReads, type ParentReference, type ResolvedParent, resolveParent } from "./parents.ts"
import { placeRoutes } from "./route-draft.ts"
import type { RuleContext } from "./rule-context.ts"
import { type AnyHttpRoute, type RulesResult, readRules } from "./rules.ts"

/** What attaching a route reads. */
export interface RouteReads extends GatewayReads, BackendReads {}

/** Status and place of a route under one of its parents. */
export interface ParentAttachment {
  readonly parentRef: ParentReference
  /** Without observed generation; to be compared as a set. */
  readonly conditions: readonly Condition[]
  readonly gateway: { readonly namespace: string; readonly name: string }
  /** irNames of the listeners that it selects and that take it, whether or not they have a host name in common. */
  readonly selected: readonly string[]
  /** Those of them that it is attached to, ready or not. */
  readonly listeners: readonly string[]
}

/** Routes of one object on one listener, hosts outside, rules inside. */
export interface ListenerRoutes {
  /** `namespace/name`. */
  readonly gateway: string
  /** irName. */
  readonly listener: string
  readonly routes: readonly PlanRoute[]
}

/** All that one route amounts to. */
export interface RouteAttachment {
  /** One for each parentRef that is ours, in spec order. */
  readonly parents: readonly ParentAttachment[]
  /** Of ready listeners; one listener stands twice when two parentRefs select it. */
  readonly routes: readonly ListenerRoutes[]
  /** The same of TLS, TCP and UDP routes; absent for HTTP and gRPC. */
  readonly l4?: readonly ListenerL4Route[]
  /** irNames of listeners that count the route, once for each parentRef; also such as are not ready. */
  readonly attachedListeners: readonly string[]
  /** For the status of BackendTLSPolicies. */
  readonly tlsUses: readonly TlsPolicyAncestor<ParentReference>[]
}

/** Attaches an HTTPRoute. */
export function attachHttpRoute(reads: RouteReads, route: HTTPRoute): RouteAttachment {
  return attach(reads, route, "HTTPRoute")
}

/** Attaches a GRPCRoute. One whose rules are all refused is not attached at all, unlike an HTTPRoute. */
export function attachGrpcRoute(reads: RouteReads, route: GRPCRoute): RouteAttachment {
  return attach(reads, route, "GRPCRoute")
}

function attach(reads: RouteReads, route: AnyHttpRoute, kind: RuleContext["kind"]): RouteAttachment {
  const namespace = route.metadata.namespace ?? ""
  const parents: ParentAttachment[] = []
  const routes: ListenerRoutes[] = []
  const tlsUses: TlsPolicyAncestor<ParentReference>[] = []
  const results = new Map<BackendOptions | GatewayView, RulesResult>()
  for (const ref of route.spec.parentRefs ?? []) {
    const parent = resolveParent(reads, kind, namespace, ref)
    if (parent === undefined) continue
    const rules = rulesFor(reads, route, kind, parent, results)
    for (const use of rules.uses) tlsUses.push({ ancestor: ref, use })
    const attached = attachParent(route, kind, parent, rules)
    parents.push(attached.parent)
    routes.push(...attached.routes)
  }
  return { parents, routes, attachedListeners: parents.flatMap((parent) => parent.listeners), tlsUses }
}

/** Rules are the same for all parents of one Gateway, so they are read once. */
function rulesFor(
  reads: RouteReads,
  route: AnyHttpRoute,
  kind: RuleContext["kind"],
  { gateway, listeners }: ResolvedParent,
  known: Map<BackendOptions | GatewayView, RulesResult>,
): RulesResult {
  const key = listeners.length > 0 ? gateway.backends : gateway
  const before = known.get(key)
  if (before !== undefined) return before
  const context: RuleContext = {
    reads,
    kind,
    namespace: route.metadata.namespace ?? "",
    name: route.metadata.name,
    isOnHost: gateway.backends.isOnHost,
    ...(listeners.length > 0 ? { options: gateway.backends } : {}),
  }
  const rules = readRules(context, route)
  known.set(key, rules)
  return rules
}

interface AttachedParent {
  readonly parent: ParentAttachment
  readonly routes: readonly ListenerRoutes[]
}

function attachParent(
  route: AnyHttpRoute,
  kind: RuleContext["kind"],
  parent: ResolvedParent,
  rules: RulesResult,
): AttachedParent {
  const { ref, gateway, listeners } = parent
  const place = { namespace: gateway.namespace, name: gateway.name }
  const selected = listeners.map(({ irName }) => irName)
  const conditions = ruleConditions(parent.accepted, rules, (route.spec.rules ?? []).length)
  const isRefused = conditions.some((c) => c.type === "Accepted" && c.status === "False")
  if (kind === "GRPCRoute" && isRefused) {
    return { parent: { parentRef: ref, conditions, gateway: place, selected, listeners: [] }, routes: [] }
  }
  const hosted = listeners.flatMap((listener) => {
    const hosts = routeHosts(route.spec.hostnames ?? [], listener.hostname, otherHostnames(gateway, listener))
    return hosts.length === 0 ? [] : [{ listener, hosts }]
  })
  const routes = hosted.flatMap(({ listener, hosts }) =>
    listener.isReady
      ? [
          {
            gateway: `${gateway.namespace}/${gateway.name}`,
            listener: listener.irName,
            routes: placeRoutes(rules.drafts, hosts, listener.port),
          },
        ]
      : [],
  )
  const isHostless = listeners.length > 0 && hosted.length === 0
  return {
    parent: {
      parentRef: ref,
      conditions: isHostless ? setCondition(conditions, noHostname(kind)) : conditions,
      gateway: place,
      selected,
      listeners: hosted.map(({ listener }) => listener.irName),
    },
    routes,
  }
}

function noHostname(kind: string): Condition {
  const message = `There were no hostname intersections between the ${kind} and this parent ref's Listener(s).`
  return { type: "Accepted", status: "False", reason: "NoMatchingListenerHostname", message }
}

/** Conditions from attachment and rules. Some rules refused: the route is accepted and partially invalid; all: it is refused. */
function ruleConditions(accepted: Condition, rules: RulesResult, count: number): readonly Condition[] {
  let conditions: readonly Condition[] = [accepted]
  for (const { type, reason, message } of joinErrors(rules.errors)) {
    const isPartial = type === "Accepted" && rules.rejected.length < count
    const condition: Condition = isPartial
      ? {
          type: "PartiallyInvalid",
          status: "True",
          reason,
          message: `Dropped Rule(s) [${rules.rejected.join(" ")}]: ${message}`,
        }
      : { type, status: "False", reason, message }
    conditions = setCondition(conditions, condition)
  }
  if (conditions.some((c) => c.type === "ResolvedRefs")) return conditions
  const message = "Resolved all the Object references for the Route"
  return [...conditions, { type: "ResolvedRefs", status: "True", reason: "ResolvedRefs", message }]
}
