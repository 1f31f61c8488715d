// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** XBackend of gateway.networking.x-k8s.io, in the shape of v1alpha1. */
export interface XBackend extends KubeResource {
  readonly kind: "XBackend"
  readonly spec: XBackendSpec
  readonly status?: XBackendStatus
}

export interface XBackendExternalHostname {
  readonly hostname: string
}

export interface XBackendPort {
  readonly name?: string
  readonly port: number
}

export interface XBackendTlsClientCertificateRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

export interface XBackendTlsValidationCaCertificateRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface XBackendTlsValidationSubjectAltName {
  readonly hostname?: string
  readonly type: "Hostname" | "URI"
  readonly uri?: string
}

export interface XBackendTlsValidation {
  readonly caCertificateRefs?: ReadonlyArray<XBackendTlsValidationCaCertificateRef>
  readonly hostname: string
  readonly subjectAltNames?: ReadonlyArray<XBackendTlsValidationSubjectAltName>
  readonly wellKnownCACertificates?: string
}

export interface XBackendTls {
  readonly clientCertificateRef?: XBackendTlsClientCertificateRef
  readonly mode: "None" | "ServerOnly" | "ClientAndServer"
  readonly validation?: XBackendTlsValidation
}

export interface XBackendSpec {
  readonly externalHostname?: XBackendExternalHostname
  readonly port: XBackendPort
  readonly protocol?: "TCP" | "HTTP" | "HTTP2" | "HTTP11" | "H2C" | "MCP"
  readonly tls?: XBackendTls
  readonly type: "ExternalHostname"
}

export interface XBackendStatusParentCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface XBackendStatusParentParentRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface XBackendStatusParent {
  readonly conditions?: ReadonlyArray<XBackendStatusParentCondition>
  readonly controllerName: string
  readonly parentRef: XBackendStatusParentParentRef
}

export interface XBackendStatus {
  readonly parents?: ReadonlyArray<XBackendStatusParent>
}
