// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** UDPRoute of gateway.networking.k8s.io, in the shape of v1. */
export interface UDPRoute extends KubeResource {
  readonly kind: "UDPRoute"
  readonly spec: UDPRouteSpec
  readonly status?: UDPRouteStatus
}

export interface UDPRouteParentRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface UDPRouteRuleBackendRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly weight?: number
}

export interface UDPRouteRule {
  readonly backendRefs: ReadonlyArray<UDPRouteRuleBackendRef>
  readonly name?: string
}

export interface UDPRouteSpec {
  readonly parentRefs?: ReadonlyArray<UDPRouteParentRef>
  readonly rules: ReadonlyArray<UDPRouteRule>
  readonly useDefaultGateways?: "All" | "None"
}

export interface UDPRouteStatusParentCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface UDPRouteStatusParent {
  readonly conditions: ReadonlyArray<UDPRouteStatusParentCondition>
  readonly controllerName: string
  readonly parentRef: UDPRouteParentRef
}

export interface UDPRouteStatus {
  readonly parents: ReadonlyArray<UDPRouteStatusParent>
}
