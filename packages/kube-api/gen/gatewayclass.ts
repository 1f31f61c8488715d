// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** GatewayClass of gateway.networking.k8s.io, in the shape of v1. */
export interface GatewayClass extends KubeResource {
  readonly kind: "GatewayClass"
  readonly spec: GatewayClassSpec
  readonly status?: GatewayClassStatus
}

export interface GatewayClassParametersRef {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface GatewayClassSpec {
  readonly controllerName: string
  readonly description?: string
  readonly parametersRef?: GatewayClassParametersRef
}

export interface GatewayClassStatusCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface GatewayClassStatusSupportedFeature {
  readonly name: string
}

export interface GatewayClassStatus {
  readonly conditions?: ReadonlyArray<GatewayClassStatusCondition>
  readonly supportedFeatures?: ReadonlyArray<GatewayClassStatusSupportedFeature>
}
