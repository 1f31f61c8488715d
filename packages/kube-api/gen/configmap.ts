// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** ConfigMap of the core group, in the shape of v1. */
export interface ConfigMap extends KubeResource {
  readonly kind: "ConfigMap"
  readonly immutable?: boolean
  readonly data?: { readonly [key: string]: string }
  readonly binaryData?: { readonly [key: string]: string }
}
