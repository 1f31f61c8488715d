// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** Service of the core group, in the shape of v1. */
export interface Service extends KubeResource {
  readonly kind: "Service"
  readonly spec: ServiceSpec
  readonly status?: { readonly [key: string]: JsonValue }
}

export interface ServicePort {
  readonly name?: string
  readonly protocol?: "SCTP" | "TCP" | "UDP"
  readonly appProtocol?: string
  readonly port: number
  readonly targetPort?: number | string
  readonly nodePort?: number
}

export interface ServiceSpec {
  readonly type?: "ClusterIP" | "ExternalName" | "LoadBalancer" | "NodePort"
  readonly clusterIP?: string
  readonly clusterIPs?: ReadonlyArray<string>
  readonly externalIPs?: ReadonlyArray<string>
  readonly externalName?: string
  readonly externalTrafficPolicy?: "Cluster" | "Local"
  readonly internalTrafficPolicy?: "Cluster" | "Local"
  readonly trafficDistribution?: string
  readonly allocateLoadBalancerNodePorts?: boolean
  readonly healthCheckNodePort?: number
  readonly ipFamilies?: ReadonlyArray<"IPv4" | "IPv6">
  readonly ipFamilyPolicy?: "SingleStack" | "PreferDualStack" | "RequireDualStack"
  readonly loadBalancerClass?: string
  readonly loadBalancerIP?: string
  readonly loadBalancerSourceRanges?: ReadonlyArray<string>
  readonly publishNotReadyAddresses?: boolean
  readonly sessionAffinity?: "ClientIP" | "None"
  readonly sessionAffinityConfig?: { readonly [key: string]: JsonValue }
  readonly selector?: { readonly [key: string]: string }
  readonly ports?: ReadonlyArray<ServicePort>
}
