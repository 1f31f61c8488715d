// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** ClusterTrustBundle of certificates.k8s.io, in the shape of v1beta1. */
export interface ClusterTrustBundle extends KubeResource {
  readonly kind: "ClusterTrustBundle"
  readonly spec: ClusterTrustBundleSpec
}

export interface ClusterTrustBundleSpec {
  readonly signerName?: string
  readonly trustBundle: string
}
