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
import { mergedIntoMessage } from "./overrides.ts"
import { type PolicyKind, policyKinds } from "./policy-kind.ts"
import { parentPoliciesFor, policiesFor, type RoutePlace, type ScopedPolicy } from "./scopes.ts"
import { type Outcome, type PolicyStatusReads, policyAncestors, type RouteParentView } from "./status.ts"
import { type Attachment, type PolicyObject, policiesOn, type Target, targetsOf, winnerOf } from "./targets.ts"

/** What the engine reads of the rest of attachment. */
export interface PolicyReads extends ExtensionReads {
  gateway(namespace: string, name: string): GatewayView | undefined
  attachment(route: ObjectKey): RouteAttachment | undefined
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
    if (policy === undefined || gateway === undefined)
      throw new Error(`policy ${policyKey} or Gateway ${gatewayKey} is gone`)
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
    return attachment?.parents.map((parent) => parentView(reads, parent))
  }
  const outcomes = (policyKey: ObjectKey, target: Target): Outcome =>
    outcomeOf(
      reads,
      kind,
      { attachments, routeParents, results: (k) => results.get(k), mergeTypeOf, lookup },
      policyKey,
      target,
    )
  const statusReads: PolicyStatusReads = {
    ...reads,
    attachments,
    targets: (_, policy) => targets.get(policy),
    routeParents,
    isMerging: (policy) => mergeTypeOf(lookup(policy)) !== undefined,
    outcome: (_, policy, target) => outcomes(policy, target),
    mergedInto: (_, _policy, target) => mergedIntoMessage(statusReads, kind, target),
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

interface OutcomeReads {
  attachments(kind: PolicyKind, target: Target): readonly Attachment[]
  routeParents(route: ObjectKey): readonly RouteParentView[] | undefined
  results(key: string): ExtensionResult
  mergeTypeOf(policy: EnvoyExtensionPolicy | undefined): "StrategicMerge" | "JSONMerge" | undefined
  lookup(key: ObjectKey): EnvoyExtensionPolicy | undefined
}

function outcomeOf(
  reads: PolicyReads,
  kind: PolicyKind,
  own: OutcomeReads,
  policyKey: ObjectKey,
  target: Target,
): Outcome {
  if (target.kind === "Gateway" || target.kind === "ListenerSet") {
    const gateway = gatewayOf(reads, target)
    if (gateway === undefined) return {}
    return plainOutcome([own.results(`${policyKey}  ${gateway} gateway`)])
  }
  const route = objectKey(target.kind, target.namespace, target.name)
  const parents = own.routeParents(route) ?? []
  if (own.mergeTypeOf(own.lookup(policyKey)) === undefined) {
    const gateways = new Set(parents.map((p) => `${p.gateway.namespace}/${p.gateway.name}`))
    return plainOutcome([...gateways].map((gateway) => own.results(`${policyKey}  ${gateway} route`)))
  }
  const merged: NonNullable<Outcome["merged"]>[number][] = []
  const plain: ExtensionResult[] = []
  const tlsUses: TlsPolicyUse[] = []
  for (const parent of parents) {
    for (const listener of parent.listeners) {
      const place = {
        kind: target.kind,
        namespace: target.namespace,
        name: target.name,
        gateway: parent.gateway,
        listener: listener.name,
        listenerIrName: listener.irName,
        ...(listener.set === undefined ? {} : { set: listener.set }),
      }
      const scoped = parentPoliciesFor(own, kind, place)[0]
      const result = own.results(
        `${policyKey} ${scoped?.policy ?? ""} ${parent.gateway.namespace}/${parent.gateway.name} route`,
      )
      tlsUses.push(...result.tlsUses)
      if (scoped === undefined) {
        plain.push(result)
        continue
      }
      const ancestor = { kind: parent.kind, namespace: parent.namespace, name: parent.name, sectionName: listener.name }
      merged.push(result.error === undefined ? { ancestor, parent: scoped.policy } : { ancestor, error: result.error })
    }
  }
  return { ...plainOutcome(plain), merged, tlsUses }
}

function plainOutcome(results: readonly ExtensionResult[]): Outcome {
  const errors = [...new Set(results.flatMap(({ error }) => (error === undefined ? [] : [error])))]
  return {
    ...(errors.length === 0 ? {} : { error: errors.join("\n") }),
    ...(results.some((result) => result.isPending) ? { isPending: true } : {}),
    tlsUses: results.flatMap(({ tlsUses }) => tlsUses),
  }
}

function gatewayOf(reads: PolicyReads, target: Target): string | undefined {
  if (target.kind === "Gateway") return `${target.namespace}/${target.name}`
  const parent = reads.get("ListenerSet", target.namespace, target.name)?.spec.parentRef
  return parent === undefined ? undefined : `${parent.namespace ?? target.namespace}/${parent.name}`
}

function parentView(reads: PolicyReads, parent: RouteAttachment["parents"][number]): RouteParentView {
  const view = reads.gateway(parent.gateway.namespace, parent.gateway.name)
  const listeners = parent.listeners.flatMap((irName) => {
    const listener: ListenerView | undefined = view?.listeners.find((l) => l.irName === irName)
    return listener === undefined
      ? []
      : [{ name: listener.name, irName, ...(listener.set === undefined ? {} : { set: listener.set }) }]
  })
  const { kind = "Gateway", namespace, name, sectionName } = parent.parentRef
  return {
    kind: kind === "ListenerSet" ? "ListenerSet" : "Gateway",
    namespace: namespace ?? parent.gateway.namespace,
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
