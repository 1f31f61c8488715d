// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** ReferenceGrant of gateway.networking.k8s.io, in the shape of v1beta1. */
export interface ReferenceGrant extends KubeResource {
  readonly kind: "ReferenceGrant"
  readonly spec: ReferenceGrantSpec
}

export interface ReferenceGrantFromItem {
  readonly group: string
  readonly kind: string
  readonly namespace: string
}

export interface ReferenceGrantToItem {
  readonly group: string
  readonly kind: string
  readonly name?: string
}

export interface ReferenceGrantSpec {
  readonly from: ReadonlyArray<ReferenceGrantFromItem>
  readonly to: ReadonlyArray<ReferenceGrantToItem>
}
