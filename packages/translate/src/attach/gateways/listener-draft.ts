import type { Condition, Gateway, Listener } from "@attache/kube-api"
import type { ListenerTls } from "../../plan/index.ts"

/** A listener on its way through validation: facts of the spec, and the conditions found so far. */
export interface ListenerDraft {
  readonly gateway: Gateway
  /** Where the listener is declared; the Gateway itself, or a ListenerSet. */
  readonly owner: { readonly kind: "Gateway" | "ListenerSet"; readonly namespace: string; readonly name: string }
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

/** A draft of a listener without findings. */
export function draftListener(gateway: Gateway, owner: ListenerDraft["owner"], spec: Listener, index: number): ListenerDraft {
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
