// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** Backend of gateway.envoyproxy.io, in the shape of v1alpha1. */
export interface Backend extends KubeResource {
  readonly kind: "Backend"
  readonly spec: BackendSpec
  readonly status?: BackendStatus
}

export interface BackendEndpointFqdn {
  readonly hostname: string
  readonly port: number
}

export interface BackendEndpointIp {
  readonly address: string
  readonly port: number
}

export interface BackendEndpointUnix {
  readonly path: string
}

export interface BackendEndpoint {
  readonly fqdn?: BackendEndpointFqdn
  readonly hostname?: string
  readonly ip?: BackendEndpointIp
  readonly unix?: BackendEndpointUnix
  readonly zone?: string
}

export interface BackendTlsCaCertificateRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface BackendTlsClientCertificateRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

export interface BackendTls {
  readonly alpnProtocols?: ReadonlyArray<string>
  readonly autoSNIFromEndpointHostname?: boolean
  readonly caCertificateRefs?: ReadonlyArray<BackendTlsCaCertificateRef>
  readonly ciphers?: ReadonlyArray<string>
  readonly clientCertificateRef?: BackendTlsClientCertificateRef
  readonly ecdhCurves?: ReadonlyArray<string>
  readonly fingerprints?: ReadonlyArray<"JA3" | "JA4">
  readonly insecureSkipVerify?: boolean
  readonly maxVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3"
  readonly minVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3"
  readonly signatureAlgorithms?: ReadonlyArray<string>
  readonly sni?: string
  readonly wellKnownCACertificates?: string
}

export interface BackendSpec {
  readonly appProtocols?: ReadonlyArray<"gateway.envoyproxy.io/h2c" | "gateway.envoyproxy.io/ws" | "gateway.envoyproxy.io/wss">
  readonly endpoints?: ReadonlyArray<BackendEndpoint>
  readonly fallback?: boolean
  readonly tls?: BackendTls
  readonly type?: "Endpoints" | "DynamicResolver"
}

export interface BackendStatusCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface BackendStatus {
  readonly conditions?: ReadonlyArray<BackendStatusCondition>
}
