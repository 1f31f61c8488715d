// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** Namespace of the core group, in the shape of v1. */
export interface Namespace extends KubeResource {
  readonly kind: "Namespace"
  readonly spec?: NamespaceSpec
  readonly status?: { readonly [key: string]: JsonValue }
}

export interface NamespaceSpec {
  readonly finalizers?: ReadonlyArray<string>
}
