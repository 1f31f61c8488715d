// ListenerSets of a Gateway: which may add their listeners to it.
import type { Gateway, ListenerSet } from "@attache/kube-api"
import { byAge } from "../../world/order.ts"
import type { World } from "../../world/world.ts"
import { draftListener, type ListenerDraft, ownerOf } from "../gateways/listener-draft.ts"
import { matchesLabels } from "../label-selector.ts"
import { namespaceOf } from "../namespace-of.ts"

/** A ListenerSet that names a Gateway, and whether the Gateway lets it. */
export interface AttachedSet {
  readonly set: ListenerSet
  /** False: it adds no listeners. */
  readonly isAllowed: boolean
}

/** ListenerSets that name a Gateway, oldest first. */
export function setsOf(world: World, gateway: Gateway): readonly AttachedSet[] {
  const { namespace, name } = gateway.metadata
  return world
    .members("listener-sets", `${namespace}/${name}`)
    .flatMap((key) => {
      const set = world.lookup(key)
      return set?.kind === "ListenerSet" ? [set as ListenerSet] : []
    })
    .sort(byAge)
    .map((set) => ({ set, isAllowed: isAllowed(world, gateway, set) }))
}

/** Drafts of a set's listeners. */
export function draftSet(gateway: Gateway, set: ListenerSet): readonly ListenerDraft[] {
  return (set.spec.listeners ?? []).map((spec, index) => draftListener(gateway, ownerOf(set), spec, index))
}

/** A Gateway that does not say whom it lets in lets in nobody. */
function isAllowed(world: World, gateway: Gateway, set: ListenerSet): boolean {
  const { from, selector } = gateway.spec.allowedListeners?.namespaces ?? {}
  const { namespace } = set.metadata
  switch (from) {
    case "All":
      return true
    case "Same":
      return namespace === gateway.metadata.namespace
    case "Selector": {
      const home = namespaceOf(world, namespace)
      return selector !== undefined && home !== undefined && matchesLabels(selector, home.metadata.labels ?? {})
    }
    default:
      return false
  }
}
