// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** ServiceImport of multicluster.x-k8s.io, in the shape of v1alpha1. */
export interface ServiceImport extends KubeResource {
  readonly kind: "ServiceImport"
  readonly spec?: ServiceImportSpec
  readonly status?: { readonly [key: string]: JsonValue }
}

export interface ServiceImportPort {
  readonly name?: string
  readonly protocol?: string
  readonly appProtocol?: string
  readonly port: number
}

export interface ServiceImportSpec {
  readonly type: "ClusterSetIP" | "Headless"
  readonly ips?: ReadonlyArray<string>
  readonly ipFamilies?: ReadonlyArray<string>
  readonly sessionAffinity?: string
  readonly sessionAffinityConfig?: { readonly [key: string]: JsonValue }
  readonly internalTrafficPolicy?: string
  readonly trafficDistribution?: string
  readonly ports: ReadonlyArray<ServiceImportPort>
}
