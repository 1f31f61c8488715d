// The places a policy of one route can come from, most specific first.
import type { ObjectKey } from "../../world/world.ts"
import type { PolicyKind } from "./policy-kind.ts"
import { type Attachment, type Target, winnerOf } from "./targets.ts"

/** Where a route stands: its object and rule, and the listener and Gateway that carry it. */
export interface RoutePlace {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Name of the rule, when it has one. */
  readonly rule?: string
  readonly gateway: { readonly namespace: string; readonly name: string }
  /** Name of the listener in its Gateway or ListenerSet. */
  readonly listener: string
  /** IR name of the listener. */
  readonly listenerIrName: string
  /** ListenerSet that declares the listener. */
  readonly set?: { readonly namespace: string; readonly name: string }
}

/** Recorded reads of who is attached where. */
export interface ScopeReads {
  /** `policiesOn` of an object. */
  attachments(kind: PolicyKind, target: Target): readonly Attachment[]
}

/** A policy that may hold for a route, and the scope by which it came. */
export interface ScopedPolicy {
  readonly policy: ObjectKey
  readonly scope: "rule" | "route" | "set-listener" | "set" | "gateway-listener" | "gateway"
}

/**
 * Policies that speak for a route, most specific first, at most one for each scope.
 *
 * Source: Envoy Gateway 1.9: rule, route, ListenerSet listener, ListenerSet, Gateway listener (only listeners of the Gateway itself), Gateway.
 */
export function policiesFor(reads: ScopeReads, kind: PolicyKind, place: RoutePlace): readonly ScopedPolicy[] {
  const onRoute = reads.attachments(kind, { kind: place.kind, namespace: place.namespace, name: place.name })
  const found: ScopedPolicy[] = []
  const add = (scope: ScopedPolicy["scope"], policy: ObjectKey | undefined): void => {
    if (policy !== undefined) found.push({ policy, scope })
  }
  if (place.rule !== undefined) add("rule", winnerOf(onRoute, place.rule))
  add("route", winnerOf(onRoute, undefined))
  found.push(...parentPoliciesFor(reads, kind, place))
  return found
}

/** Like {@link policiesFor}, without the route's own: what a route policy with a merge type is merged with. */
export function parentPoliciesFor(reads: ScopeReads, kind: PolicyKind, place: RoutePlace): readonly ScopedPolicy[] {
  const found: ScopedPolicy[] = []
  const add = (scope: ScopedPolicy["scope"], policy: ObjectKey | undefined): void => {
    if (policy !== undefined) found.push({ policy, scope })
  }
  const onGateway = reads.attachments(kind, { kind: "Gateway", ...place.gateway })
  if (place.set !== undefined) {
    const onSet = reads.attachments(kind, { kind: "ListenerSet", ...place.set })
    add("set-listener", winnerOf(onSet, place.listener))
    add("set", winnerOf(onSet, undefined))
  } else {
    add("gateway-listener", winnerOf(onGateway, place.listener))
  }
  add("gateway", winnerOf(onGateway, undefined))
  return found
}
