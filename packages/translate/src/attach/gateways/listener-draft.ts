import { type Condition, type Gateway, type Listener, type ListenerSet, setCondition } from "@attache/kube-api"
import type { ListenerTls } from "../../plan/index.ts"

/** The object a listener is declared in. */
export interface ListenerOwner {
  readonly kind: "Gateway" | "ListenerSet"
  readonly namespace: string
  readonly name: string
  readonly generation?: number
}

/** A listener on its way through validation: facts of the spec, and the conditions found so far. */
export interface ListenerDraft {
  readonly gateway: Gateway
  /** Where the listener is declared; the Gateway itself, or a ListenerSet. */
  readonly owner: ListenerOwner
  readonly spec: Listener
  /** Position in the owner's list. */
  readonly index: number
  readonly irName: string
  /** Route kinds of its `supportedKinds` status; empty when none can attach. */
  kinds: readonly RouteKind[]
  conditions: readonly Condition[]
  /** Set by certificate validation for TLS that ends here. */
  tls: ListenerTls | undefined
  /** DNS names of the usable certificates, for overlap detection. */
  sans: readonly string[]
  /** A certificate is delivered by another SDS server, so its names are unknown. */
  isSdsBacked: boolean
  isTlsOverlapping: boolean
  isReady: boolean
}

/** Route kinds of the Gateway API. */
export type RouteKind = "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute"

/** What a listener has to know of the object it is declared in. */
export function ownerOf({ kind, metadata }: Gateway | ListenerSet): ListenerOwner {
  const { namespace, name, generation } = metadata
  return { kind, namespace, name, ...(generation === undefined ? {} : { generation }) }
}

/** A draft of a listener without findings. */
export function draftListener(gateway: Gateway, owner: ListenerOwner, spec: Listener, index: number): ListenerDraft {
  const set = owner.kind === "ListenerSet" ? `${owner.namespace}/${owner.name}/` : ""
  return {
    gateway,
    owner,
    spec,
    index,
    irName: `${gateway.metadata.namespace}/${gateway.metadata.name}/${set}${spec.name}`,
    kinds: [],
    conditions: [],
    tls: undefined,
    sans: [],
    isSdsBacked: false,
    isTlsOverlapping: false,
    isReady: false,
  }
}

/** Adds or replaces a condition of a draft. */
export function note(
  draft: ListenerDraft,
  type: string,
  status: "True" | "False",
  reason: string,
  message: string,
): void {
  const { generation } = draft.owner
  const condition: Condition = {
    type,
    status,
    reason,
    message,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }
  draft.conditions = setCondition(draft.conditions, condition)
}
