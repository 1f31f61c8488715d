// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** TCPRoute of gateway.networking.k8s.io, in the shape of v1. */
export interface TCPRoute extends KubeResource {
  readonly kind: "TCPRoute"
  readonly spec: TCPRouteSpec
  readonly status?: TCPRouteStatus
}

export interface TCPRouteParentRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface TCPRouteRuleBackendRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly weight?: number
}

export interface TCPRouteRule {
  readonly backendRefs: ReadonlyArray<TCPRouteRuleBackendRef>
  readonly name?: string
}

export interface TCPRouteSpec {
  readonly parentRefs?: ReadonlyArray<TCPRouteParentRef>
  readonly rules: ReadonlyArray<TCPRouteRule>
  readonly useDefaultGateways?: "All" | "None"
}

export interface TCPRouteStatusParentCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface TCPRouteStatusParent {
  readonly conditions: ReadonlyArray<TCPRouteStatusParentCondition>
  readonly controllerName: string
  readonly parentRef: TCPRouteParentRef
}

export interface TCPRouteStatus {
  readonly parents: ReadonlyArray<TCPRouteStatusParent>
}
