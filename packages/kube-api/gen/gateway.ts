// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** Gateway of gateway.networking.k8s.io, in the shape of v1. */
export interface Gateway extends KubeResource {
  readonly kind: "Gateway"
  readonly spec: GatewaySpec
  readonly status?: GatewayStatus
}

export interface GatewayAddress {
  readonly type?: string
  readonly value?: string
}

export interface GatewayAllowedListenersNamespacesSelectorMatchExpression {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

export interface GatewayAllowedListenersNamespacesSelector {
  readonly matchExpressions?: ReadonlyArray<GatewayAllowedListenersNamespacesSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
}

export interface GatewayAllowedListenersNamespaces {
  readonly from?: "All" | "Selector" | "Same" | "None"
  readonly selector?: GatewayAllowedListenersNamespacesSelector
}

export interface GatewayAllowedListeners {
  readonly namespaces?: GatewayAllowedListenersNamespaces
}

export interface GatewayInfrastructureParametersRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface GatewayInfrastructure {
  readonly annotations?: { readonly [key: string]: string }
  readonly labels?: { readonly [key: string]: string }
  readonly parametersRef?: GatewayInfrastructureParametersRef
}

export interface GatewayListenerAllowedRoutesKind {
  readonly group?: string
  readonly kind: string
}

export interface GatewayListenerAllowedRoutesNamespaces {
  readonly from?: "All" | "Selector" | "Same"
  readonly selector?: GatewayAllowedListenersNamespacesSelector
}

export interface GatewayListenerAllowedRoutes {
  readonly kinds?: ReadonlyArray<GatewayListenerAllowedRoutesKind>
  readonly namespaces?: GatewayListenerAllowedRoutesNamespaces
}

export interface GatewayListenerTlsCertificateRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

export interface GatewayListenerTls {
  readonly certificateRefs?: ReadonlyArray<GatewayListenerTlsCertificateRef>
  readonly mode?: "Terminate" | "Passthrough"
  readonly options?: { readonly [key: string]: string }
}

export interface GatewayListener {
  readonly allowedRoutes?: GatewayListenerAllowedRoutes
  readonly hostname?: string
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly tls?: GatewayListenerTls
}

export interface GatewayTlsBackend {
  readonly clientCertificateRef?: GatewayListenerTlsCertificateRef
}

export interface GatewayTlsFrontendDefaultValidationCaCertificateRef {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface GatewayTlsFrontendDefaultValidation {
  readonly caCertificateRefs: ReadonlyArray<GatewayTlsFrontendDefaultValidationCaCertificateRef>
  readonly mode?: "AllowValidOnly" | "AllowInsecureFallback"
}

export interface GatewayTlsFrontendDefault {
  readonly validation?: GatewayTlsFrontendDefaultValidation
}

export interface GatewayTlsFrontendPerPortItem {
  readonly port: number
  readonly tls: GatewayTlsFrontendDefault
}

export interface GatewayTlsFrontend {
  readonly default: GatewayTlsFrontendDefault
  readonly perPort?: ReadonlyArray<GatewayTlsFrontendPerPortItem>
}

export interface GatewayTls {
  readonly backend?: GatewayTlsBackend
  readonly frontend?: GatewayTlsFrontend
}

export interface GatewaySpec {
  readonly addresses?: ReadonlyArray<GatewayAddress>
  readonly allowedListeners?: GatewayAllowedListeners
  readonly defaultScope?: "All" | "None"
  readonly gatewayClassName: string
  readonly infrastructure?: GatewayInfrastructure
  readonly listeners: ReadonlyArray<GatewayListener>
  readonly tls?: GatewayTls
}

export interface GatewayStatusAddress {
  readonly type?: string
  readonly value: string
}

export interface GatewayStatusCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface GatewayStatusListener {
  readonly attachedRoutes: number
  readonly conditions: ReadonlyArray<GatewayStatusCondition>
  readonly name: string
  readonly supportedKinds?: ReadonlyArray<GatewayListenerAllowedRoutesKind>
}

export interface GatewayStatus {
  readonly addresses?: ReadonlyArray<GatewayStatusAddress>
  readonly attachedListenerSets?: number
  readonly conditions?: ReadonlyArray<GatewayStatusCondition>
  readonly listeners?: ReadonlyArray<GatewayStatusListener>
}
