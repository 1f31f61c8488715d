// The policy engine as queries, and what it does to a route.
import type { Graph } from "@attache/base"
import type { EnvoyExtensionPolicy } from "@attache/kube-api"
import type { PlanRoute } from "../../plan/index.ts"
import { type ObjectKey, objectKey } from "../../world/world.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import type { GatewayView, ListenerView } from "../gateway-view.ts"
import type { RouteAttachment } from "../http-routes/attach.ts"
import type { PolicyAncestor } from "./ancestors.ts"
import type { ExtensionResult } from "./envoy-extension-policy/result.ts"
import { type ExtensionReads, translateMerged, translatePolicy } from "./envoy-extension-policy/translate.ts"
import { outcomeOf } from "./outcome.ts"
import { type EdgeReads, edgesOf, type ScopeEdge } from "./overrides.ts"
import { type PolicyKind, policyKinds } from "./policy-kind.ts"
import { parentPoliciesFor, policiesFor, type RoutePlace, type ScopedPolicy } from "./scopes.ts"
import { type Outcome, type PolicyStatusReads, policyAncestors, type RouteParentView } from "./status.ts"
import {
  type Attachment,
  hasSection,
  type PolicyObject,
  policiesOn,
  type Target,
  targetsOf,
  winnerOf,
} from "./targets.ts"

/** What the engine reads of the rest of attachment. */
export interface PolicyReads extends ExtensionReads {
  gateway(namespace: string, name: string): GatewayView | undefined
  attachment(route: ObjectKey): RouteAttachment | undefined
}

/** What comes of a policy on a Gateway that is gone or not ours. */
const nothing: ExtensionResult = {
  extensions: { lua: [], extProc: [], wasm: [], dynamicModules: [] },
  errors: [],
  isRefused: false,
  isPending: false,
  tlsUses: [],
}

/** The engine's answers. */
export interface PolicyQueries {
  /** Policies that speak for a route, most specific first. */
  policiesFor(place: RoutePlace): readonly ScopedPolicy[]
  /** A policy translated for a place; merged with its parent where it asks for that. */
  result(policy: ScopedPolicy, place: RoutePlace): ExtensionResult
  /** Status of a policy. */
  ancestors(policy: ObjectKey): readonly PolicyAncestor[]
  /** BackendTLSPolicies that were looked at for the backends of a policy. */
  tlsUses(policy: ObjectKey): readonly TlsPolicyUse[]
  gateway(namespace: string, name: string): GatewayView | undefined
}

/** Sets up the engine for extension policies. */
export function createPolicyQueries(graph: Graph, reads: PolicyReads): PolicyQueries {
  const kind: PolicyKind = policyKinds.EnvoyExtensionPolicy
  const lookup = (key: ObjectKey): EnvoyExtensionPolicy | undefined =>
    reads.lookup(key) as EnvoyExtensionPolicy | undefined
  const targets = graph.query<readonly Target[]>("policy-targets", (key) => {
    const policy = reads.lookup(key)
    return policy === undefined ? [] : targetsOf(reads, kind, policy as PolicyObject)
  })
  const onTarget = graph.query<readonly Attachment[]>("policies-on", (key) => {
    const [targetKind = "", namespace = "", name = ""] = key.split("/")
    return policiesOn({ ...reads, targets: (_, policy) => targets.get(policy) }, kind, {
      kind: targetKind,
      namespace,
      name,
    })
  })
  const attachments = (_: PolicyKind, t: Target): readonly Attachment[] =>
    onTarget.get(objectKey(t.kind, t.namespace, t.name))
  const mergeTypeOf = (policy: EnvoyExtensionPolicy | undefined): "StrategicMerge" | "JSONMerge" | undefined => {
    const type = policy?.spec.mergeType
    return type === "StrategicMerge" || type === "JSONMerge" ? type : undefined
  }

  // Key: policy, parent to merge with or nothing, Gateway, kind of target. One translation serves all routes that share these.
  const results = graph.query<ExtensionResult>("extension-policy", (key) => {
    const [policyKey = "", parentKey = "", gatewayKey = "", target] = key.split(" ")
    const policy = lookup(policyKey)
    const [namespace = "", name = ""] = gatewayKey.split("/")
    const gateway = reads.gateway(namespace, name)
    if (policy === undefined || gateway === undefined) return nothing
    const parent = parentKey === "" ? undefined : lookup(parentKey)
    const mergeType = mergeTypeOf(policy)
    if (parent !== undefined && mergeType !== undefined)
      return translateMerged(reads, policy, parent, mergeType, gateway)
    return translatePolicy(reads, policy, gateway, target === "route" ? "route" : "gateway")
  })
  const resultFor = (scoped: ScopedPolicy, place: RoutePlace): ExtensionResult => {
    const isRoute = scoped.scope === "rule" || scoped.scope === "route"
    const isMerging = isRoute && mergeTypeOf(lookup(scoped.policy)) !== undefined
    const parent = isMerging ? (parentPoliciesFor({ attachments }, kind, place)[0]?.policy ?? "") : ""
    return results.get(
      `${scoped.policy} ${parent} ${place.gateway.namespace}/${place.gateway.name} ${isRoute ? "route" : "gateway"}`,
    )
  }

  const routeParents = (route: ObjectKey): readonly RouteParentView[] | undefined => {
    const attachment = reads.attachment(route)
    return attachment?.parents.map((parent) => parentView(reads, parent, route))
  }
  const isMerging = (policy: ObjectKey): boolean => mergeTypeOf(lookup(policy)) !== undefined
  const outcomeReads = { ...reads, attachments, routeParents, results: (key: string) => results.get(key), isMerging }
  const outcomes = (policyKey: ObjectKey, target: Target, className?: string): Outcome =>
    outcomeOf(outcomeReads, kind, policyKey, target, className)
  const edgeReads: EdgeReads = { ...reads, targets: (_, policy) => targets.get(policy), routeParents }
  const edges = graph.query<readonly ScopeEdge[]>("policy-scopes", (key) => edgesOf(edgeReads, kind, key))
  const holds = (key: ObjectKey, target: Target): boolean =>
    (target.section === undefined || hasSection(reads, target, target.section)) &&
    winnerOf(attachments(kind, target), target.section) === key
  const mergedEdges = graph.query<readonly ScopeEdge[]>("policy-merges", (key) =>
    !isMerging(key)
      ? []
      : targets.get(key).flatMap((target) => {
          const all = holds(key, target) ? (outcomes(key, target).listeners ?? []) : []
          return all.flatMap(({ parent, error, isPending }) =>
            parent === undefined || error !== undefined || isPending === true
              ? []
              : [
                  {
                    parent: parent.scope,
                    gateway: parent.gateway,
                    child: { kind: target.kind, namespace: target.namespace, name: target.name },
                  },
                ],
          )
        }),
  )
  const statusReads: PolicyStatusReads = {
    ...reads,
    attachments,
    targets: (_, policy) => targets.get(policy),
    routeParents,
    edges: (_, policy) => edges.get(policy),
    mergedEdges: (_, policy) => mergedEdges.get(policy),
    outcome: (_, policy, target, className) => outcomes(policy, target, className),
  }
  const ancestors = graph.query<readonly PolicyAncestor[]>("policy-status", (key) => {
    const policy = reads.lookup(key)
    return policy === undefined ? [] : policyAncestors(statusReads, kind, policy as PolicyObject)
  })
  const tlsUses = graph.query<readonly TlsPolicyUse[]>("extension-policy-tls-uses", (key) =>
    targets.get(key).flatMap((target) => {
      const isWinner = winnerOf(attachments(kind, target), target.section) === key
      return isWinner ? (outcomes(key, target).tlsUses ?? []) : []
    }),
  )
  return {
    tlsUses: (policy) => tlsUses.get(policy),
    policiesFor: (place) => policiesFor({ attachments }, kind, place),
    result: resultFor,
    ancestors: (policy) => ancestors.get(policy),
    gateway: reads.gateway,
  }
}

function parentView(reads: PolicyReads, parent: RouteAttachment["parents"][number], route: ObjectKey): RouteParentView {
  const view = reads.gateway(parent.gateway.namespace, parent.gateway.name)
  const listeners = parent.selected.flatMap((irName) => {
    const listener: ListenerView | undefined = view?.listeners.find((l) => l.irName === irName)
    return listener === undefined
      ? []
      : [{ name: listener.name, irName, ...(listener.set === undefined ? {} : { set: listener.set }) }]
  })
  const { kind = "Gateway", namespace, name, sectionName } = parent.parentRef
  return {
    kind: kind === "ListenerSet" ? "ListenerSet" : "Gateway",
    namespace: namespace ?? route.split("/")[1] ?? "",
    name,
    ...(sectionName === undefined ? {} : { sectionName }),
    gateway: parent.gateway,
    listeners,
  }
}

/**
 * A route with the extensions its policies give it.
 *
 * A policy that fails closed makes the route answer 500 and lets a less specific policy speak; the first that works ends the search. Source: Envoy Gateway 1.9.
 */
export function applyPolicies(
  policies: PolicyQueries,
  route: PlanRoute,
  object: ObjectKey,
  gateway: { readonly namespace: string; readonly name: string },
  listenerIrName: string,
): PlanRoute {
  const listener = policies.gateway(gateway.namespace, gateway.name)?.listeners.find((l) => l.irName === listenerIrName)
  if (listener === undefined) return route
  const [kind = "", namespace = "", name = ""] = object.split("/")
  const rule = route.metadata?.sectionName
  const place: RoutePlace = {
    kind,
    namespace,
    name,
    ...(rule === undefined ? {} : { rule }),
    gateway,
    listener: listener.name,
    listenerIrName,
    ...(listener.set === undefined ? {} : { set: listener.set }),
  }
  let refused = route
  for (const scoped of policies.policiesFor(place)) {
    const result = policies.result(scoped, place)
    if (!result.isRefused) return { ...refused, extensions: result.extensions }
    refused = {
      ...route,
      action: { type: "respond", response: { status: 500 } },
      ...(route.action.type === "forward" ? { shelved: route.action.forward } : {}),
    }
  }
  return refused
}
