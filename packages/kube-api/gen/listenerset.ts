// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** ListenerSet of gateway.networking.k8s.io, in the shape of v1. */
export interface ListenerSet extends KubeResource {
  readonly kind: "ListenerSet"
  readonly spec: ListenerSetSpec
  readonly status?: ListenerSetStatus
}

export interface ListenerSetListenerAllowedRoutesKind {
  readonly group?: string
  readonly kind: string
}

export interface ListenerSetListenerAllowedRoutesNamespacesSelectorMatchExpression {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

export interface ListenerSetListenerAllowedRoutesNamespacesSelector {
  readonly matchExpressions?: ReadonlyArray<ListenerSetListenerAllowedRoutesNamespacesSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
}

export interface ListenerSetListenerAllowedRoutesNamespaces {
  readonly from?: "All" | "Selector" | "Same"
  readonly selector?: ListenerSetListenerAllowedRoutesNamespacesSelector
}

export interface ListenerSetListenerAllowedRoutes {
  readonly kinds?: ReadonlyArray<ListenerSetListenerAllowedRoutesKind>
  readonly namespaces?: ListenerSetListenerAllowedRoutesNamespaces
}

export interface ListenerSetListenerTlsCertificateRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

export interface ListenerSetListenerTls {
  readonly certificateRefs?: ReadonlyArray<ListenerSetListenerTlsCertificateRef>
  readonly mode?: "Terminate" | "Passthrough"
  readonly options?: { readonly [key: string]: string }
}

export interface ListenerSetListener {
  readonly allowedRoutes?: ListenerSetListenerAllowedRoutes
  readonly hostname?: string
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly tls?: ListenerSetListenerTls
}

export interface ListenerSetSpec {
  readonly listeners: ReadonlyArray<ListenerSetListener>
  readonly parentRef: ListenerSetListenerTlsCertificateRef
}

export interface ListenerSetStatusCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface ListenerSetStatusListener {
  readonly attachedRoutes: number
  readonly conditions: ReadonlyArray<ListenerSetStatusCondition>
  readonly name: string
  readonly supportedKinds?: ReadonlyArray<ListenerSetListenerAllowedRoutesKind>
}

export interface ListenerSetStatus {
  readonly conditions?: ReadonlyArray<ListenerSetStatusCondition>
  readonly listeners?: ReadonlyArray<ListenerSetStatusListener>
}
