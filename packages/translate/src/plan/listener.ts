import type { TlsCertificate, TlsParameters, UpstreamCa } from "./destination.ts"
import type { Origin, ResourceMetadata } from "./origin.ts"

/** An HTTP or HTTPS listener that carries traffic. */
export interface HttpListener {
  /** `{gateway namespace}/{gateway name}/{listener name}`. */
  readonly name: string
  readonly gateway: { readonly namespace: string; readonly name: string; readonly listener: string }
  /** Bind address, `0.0.0.0`, `::` or `127.0.0.1`. */
  readonly address: string
  /** Only for `::` that also takes IPv4. */
  readonly isIpv4Compatible?: boolean
  /** Port written in the Gateway. */
  readonly externalPort: number
  /** Port that is bound. */
  readonly port: number
  /** Hostname of the listener, `*` when it has none. */
  readonly hostname: string
  /** Absent: plain HTTP. */
  readonly tls?: ListenerTls
  /** True: another listener's certificate covers the same names, so ALPN falls back to HTTP/1.1. */
  readonly isTlsOverlapping?: boolean
  readonly isRouteOrderPreserved?: boolean
  readonly origin: Origin
  /** Of its virtual hosts. */
  readonly metadata: ResourceMetadata
}

/** TLS termination of a listener. */
export interface ListenerTls {
  readonly certificates: readonly TlsCertificate[]
  readonly parameters?: TlsParameters
  readonly alpnProtocols?: readonly string[]
  readonly clientValidation?: ClientValidation
}

/** Validation of client certificates (Gateway `spec.tls.frontend`). */
export interface ClientValidation {
  readonly ca?: UpstreamCa
  readonly isOptional: boolean
}

/** A listener of TLS, TCP or UDP routes. Routes of it are in the plan of the proxy. */
export interface L4Listener {
  readonly name: string
  readonly protocol: "TLS" | "TCP" | "UDP"
  readonly address: string
  readonly isIpv4Compatible?: boolean
  readonly externalPort: number
  readonly port: number
  readonly hostname: string
  /** Absent: passthrough or plain. */
  readonly tls?: ListenerTls
  readonly origin: Origin
}
