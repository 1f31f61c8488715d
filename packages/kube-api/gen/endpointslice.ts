// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** EndpointSlice of discovery.k8s.io, in the shape of v1. */
export interface EndpointSlice extends KubeResource {
  readonly kind: "EndpointSlice"
  readonly addressType: "FQDN" | "IPv4" | "IPv6"
  readonly ports?: ReadonlyArray<EndpointSlicePort>
  readonly endpoints?: ReadonlyArray<EndpointSliceEndpoint> | null
}

export interface EndpointSlicePort {
  readonly name?: string
  readonly protocol?: "SCTP" | "TCP" | "UDP"
  readonly port?: number
  readonly appProtocol?: string
}

export interface EndpointSliceEndpointConditions {
  readonly ready?: boolean | null
  readonly serving?: boolean | null
  readonly terminating?: boolean | null
}

export interface EndpointSliceEndpointHintsForZone {
  readonly name: string
}

export interface EndpointSliceEndpointHints {
  readonly forZones?: ReadonlyArray<EndpointSliceEndpointHintsForZone>
  readonly forNodes?: ReadonlyArray<EndpointSliceEndpointHintsForZone>
}

export interface EndpointSliceEndpoint {
  readonly addresses: ReadonlyArray<string>
  readonly conditions?: EndpointSliceEndpointConditions
  readonly hostname?: string
  readonly nodeName?: string
  readonly zone?: string
  readonly deprecatedTopology?: { readonly [key: string]: string }
  readonly targetRef?: { readonly [key: string]: JsonValue }
  readonly hints?: EndpointSliceEndpointHints
}
