// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** XMesh of gateway.networking.x-k8s.io, in the shape of v1alpha1. */
export interface XMesh extends KubeResource {
  readonly kind: "XMesh"
  readonly spec: XMeshSpec
  readonly status?: XMeshStatus
}

export interface XMeshParametersRef {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface XMeshSpec {
  readonly controllerName: string
  readonly description?: string
  readonly parametersRef?: XMeshParametersRef
}

export interface XMeshStatusCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface XMeshStatusSupportedFeature {
  readonly name: string
}

export interface XMeshStatus {
  readonly conditions?: ReadonlyArray<XMeshStatusCondition>
  readonly supportedFeatures?: ReadonlyArray<XMeshStatusSupportedFeature>
}
