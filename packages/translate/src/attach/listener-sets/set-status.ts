import type { Condition, ListenerSet } from "@attache/kube-api"
import type { GatewayState } from "../gateways/gateway-group.ts"
import type { ListenerDraft } from "../gateways/listener-draft.ts"
import type { AttachedSet } from "./attach-sets.ts"

/** Listeners of a Gateway that a set declares. */
export function listenersOfSet(state: GatewayState, { metadata }: ListenerSet): readonly ListenerDraft[] {
  return state.listeners.filter(
    ({ owner }) =>
      owner.kind === "ListenerSet" && owner.namespace === metadata.namespace && owner.name === metadata.name,
  )
}

/** Conditions of a ListenerSet, without observed generation. Source: Envoy Gateway 1.9. */
export function setConditions(state: GatewayState, { set, isAllowed }: AttachedSet): readonly Condition[] {
  const { namespace, name } = state.gateway.metadata
  if (!state.isAccepted) {
    return [
      refused("Accepted", "ParentNotAccepted", `Parent Gateway ${namespace}/${name} not accepted`),
      refused("Programmed", "Programmed", "Not Programmed"),
    ]
  }
  if (!isAllowed) {
    const from = `ListenerSet attachment from namespace ${set.metadata.namespace}`
    return [
      refused("Accepted", "NotAllowed", `${from} not allowed by Gateway ${namespace}/${name}`),
      refused("Programmed", "NotAllowed", "Not Programmed"),
    ]
  }
  const listeners = listenersOfSet(state, set)
  return [
    acceptance(countOf(listeners, "Accepted"), listeners.length),
    programming(countOf(listeners, "Programmed"), listeners.length),
  ]
}

/** How many ListenerSets have listeners on a Gateway. */
export function attachedSets(state: GatewayState): number {
  return state.sets.filter((attached) =>
    setConditions(state, attached).some((c) => c.type === "Accepted" && c.status === "True"),
  ).length
}

function countOf(listeners: readonly ListenerDraft[], type: string): number {
  return listeners.filter(({ conditions }) => conditions.some((c) => c.type === type && c.status === "True")).length
}

function acceptance(count: number, all: number): Condition {
  const type = "Accepted"
  if (count === all) return { type, status: "True", reason: "Accepted", message: "All listeners are accepted" }
  if (count > 0) return { type, status: "True", reason: "ListenersNotValid", message: "Some listeners are invalid" }
  return refused(type, "ListenersNotValid", "No listeners are accepted")
}

function programming(count: number, all: number): Condition {
  const type = "Programmed"
  if (count === 0 && all > 0) return refused(type, "ListenersNotValid", "No listeners are programmed")
  const message = count === all ? "All listeners are programmed" : "Some listeners are not programmed"
  return { type, status: "True", reason: "Programmed", message }
}

function refused(type: string, reason: string, message: string): Condition {
  return { type, status: "False", reason, message }
}
