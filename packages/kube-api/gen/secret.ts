// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** Secret of the core group, in the shape of v1. */
export interface Secret extends KubeResource {
  readonly kind: "Secret"
  readonly immutable?: boolean
  readonly type?: string
  readonly data?: { readonly [key: string]: string }
  readonly stringData?: { readonly [key: string]: string }
}
