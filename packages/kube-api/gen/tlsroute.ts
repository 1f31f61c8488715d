// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** TLSRoute of gateway.networking.k8s.io, in the shape of v1. */
export interface TLSRoute extends KubeResource {
  readonly kind: "TLSRoute"
  readonly spec: TLSRouteSpec
  readonly status?: TLSRouteStatus
}

export interface TLSRouteParentRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface TLSRouteRuleBackendRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly weight?: number
}

export interface TLSRouteRule {
  readonly backendRefs: ReadonlyArray<TLSRouteRuleBackendRef>
  readonly name?: string
}

export interface TLSRouteSpec {
  readonly hostnames: ReadonlyArray<string>
  readonly parentRefs?: ReadonlyArray<TLSRouteParentRef>
  readonly rules: ReadonlyArray<TLSRouteRule>
  readonly useDefaultGateways?: "All" | "None"
}

export interface TLSRouteStatusParentCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface TLSRouteStatusParent {
  readonly conditions: ReadonlyArray<TLSRouteStatusParentCondition>
  readonly controllerName: string
  readonly parentRef: TLSRouteParentRef
}

export interface TLSRouteStatus {
  readonly parents: ReadonlyArray<TLSRouteStatusParent>
}
