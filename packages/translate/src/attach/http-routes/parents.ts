import type { HTTPRoute, Namespace } from "@attache/kube-api"
import type { World } from "../../world/world.ts"
import type { GatewayView, ListenerView } from "../gateway-view.ts"
import { type LabelSelector, matchesLabels } from "../label-selector.ts"
import { namespaceOf } from "../namespace-of.ts"
import type { Condition } from "../route-error.ts"

/** A parentRef of a route, as written. */
export type ParentReference = NonNullable<HTTPRoute["spec"]["parentRefs"]>[number]

/** Where routes find Gateways. */
export interface GatewayReads extends World {
  /** View of a Gateway of ours; undefined when there is none or it is not ours. */
  gateway(namespace: string, name: string): GatewayView | undefined
}

/** A parent that is ours: the Gateway, and the listeners that take the route, if any. */
export interface ResolvedParent {
  readonly ref: ParentReference
  readonly gateway: GatewayView
  readonly listeners: readonly ListenerView[]
  /** Accepted, so far. */
  readonly accepted: Condition
}

const gatewayGroup = "gateway.networking.k8s.io"

/**
 * Finds out which Gateway a parentRef means and which of its listeners take the route; undefined when it is not one of ours, which gives no status.
 *
 * A reference to a Gateway never means listeners of ListenerSets, nor the other way round. Source: Envoy Gateway 1.9.
 */
export function resolveParent(
  reads: GatewayReads,
  kind: string,
  namespace: string,
  ref: ParentReference,
): ResolvedParent | undefined {
  const parent = findParent(reads, namespace, ref)
  if (parent === undefined) return undefined
  const { gateway, candidates } = parent
  const selected = candidates.filter(
    (listener) =>
      (ref.sectionName === undefined || ref.sectionName === listener.name) &&
      (ref.port === undefined || ref.port === listener.port),
  )
  if (selected.length === 0) {
    return { ref, gateway, listeners: [], accepted: refused("NoMatchingParent", "No listeners match this parent ref") }
  }
  const home = namespaceOf(reads, namespace)
  const listeners = selected.filter(
    (listener) => listener.kinds.includes(kind) && allowsNamespace(gateway, listener, home),
  )
  if (listeners.length === 0) {
    const message = "No listeners included by this parent ref allowed this attachment."
    return { ref, gateway, listeners, accepted: refused("NotAllowedByListeners", message) }
  }
  const accepted: Condition = { type: "Accepted", status: "True", reason: "Accepted", message: "Route is accepted" }
  return { ref, gateway, listeners, accepted }
}

function refused(reason: string, message: string): Condition {
  return { type: "Accepted", status: "False", reason, message }
}

interface Parent {
  readonly gateway: GatewayView
  readonly candidates: readonly ListenerView[]
}

function findParent(reads: GatewayReads, namespace: string, ref: ParentReference): Parent | undefined {
  const { group = gatewayGroup, kind = "Gateway", name } = ref
  const parentNamespace = ref.namespace ?? namespace
  if (group !== gatewayGroup) return undefined
  if (kind === "Gateway") {
    const gateway = reads.gateway(parentNamespace, name)
    if (gateway?.isAccepted !== true) return undefined
    return { gateway, candidates: gateway.listeners.filter((listener) => listener.set === undefined) }
  }
  if (kind !== "ListenerSet" || ref.group === undefined) return undefined
  const parentRef = reads.get("ListenerSet", parentNamespace, name)?.spec.parentRef
  if (parentRef === undefined) return undefined
  const gateway = reads.gateway(parentRef.namespace ?? parentNamespace, parentRef.name)
  if (gateway?.isAccepted !== true) return undefined
  const candidates = gateway.listeners.filter(({ set }) => set?.namespace === parentNamespace && set.name === name)
  return candidates.length === 0 ? undefined : { gateway, candidates }
}

/** Routes of a namespace that is not known are let in nowhere. */
function allowsNamespace(gateway: GatewayView, listener: ListenerView, home: Namespace | undefined): boolean {
  if (home === undefined) return false
  const { namespaces, set } = listener
  switch (namespaces.from) {
    case "All":
      return true
    case "None":
      return false
    case "Same":
      return home.metadata.name === (set?.namespace ?? gateway.namespace)
    case "Selector":
      return matchesLabels(namespaces.selector as LabelSelector, home.metadata.labels ?? {})
  }
}
