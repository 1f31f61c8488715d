// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** ClientTrafficPolicy of gateway.envoyproxy.io, in the shape of v1alpha1. */
export interface ClientTrafficPolicy extends KubeResource {
  readonly kind: "ClientTrafficPolicy"
  readonly spec: ClientTrafficPolicySpec
  readonly status?: ClientTrafficPolicyStatus
}

export interface ClientTrafficPolicyClientIPDetectionCustomHeader {
  readonly failClosed?: boolean
  readonly name: string
}

export interface ClientTrafficPolicyClientIPDetectionXForwardedFor {
  readonly disableXForwardedForAppend?: boolean
  readonly numTrustedHops?: number
  readonly trustedCIDRs?: ReadonlyArray<string>
}

export interface ClientTrafficPolicyClientIPDetection {
  readonly customHeader?: ClientTrafficPolicyClientIPDetectionCustomHeader
  readonly directSourceIP?: { readonly [key: string]: JsonValue }
  readonly xForwardedFor?: ClientTrafficPolicyClientIPDetectionXForwardedFor
}

export interface ClientTrafficPolicyConnectionConnectionLimit {
  readonly closeDelay?: string
  readonly maxConnectionDuration?: string
  readonly maxRequestsPerConnection?: number
  readonly maxStreamDuration?: string
  readonly value?: number
}

export interface ClientTrafficPolicyConnection {
  readonly bufferLimit?: number | string
  readonly connectionLimit?: ClientTrafficPolicyConnectionConnectionLimit
  readonly maxAcceptPerSocketEvent?: number
  readonly socketBufferLimit?: number | string
}

export interface ClientTrafficPolicyGrpc {
  readonly enableWeb?: boolean
}

export interface ClientTrafficPolicyHeadersEarlyRequestHeadersAddItem {
  readonly name: string
  readonly value: string
}

export interface ClientTrafficPolicyHeadersEarlyRequestHeadersRemoveOnMatchItem {
  readonly type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression"
  readonly value: string
}

export interface ClientTrafficPolicyHeadersEarlyRequestHeaders {
  readonly add?: ReadonlyArray<ClientTrafficPolicyHeadersEarlyRequestHeadersAddItem>
  readonly addIfAbsent?: ReadonlyArray<ClientTrafficPolicyHeadersEarlyRequestHeadersAddItem>
  readonly remove?: ReadonlyArray<string>
  readonly removeOnMatch?: ReadonlyArray<ClientTrafficPolicyHeadersEarlyRequestHeadersRemoveOnMatchItem>
  readonly set?: ReadonlyArray<ClientTrafficPolicyHeadersEarlyRequestHeadersAddItem>
}

export interface ClientTrafficPolicyHeadersHost {
  readonly stripTrailingHostDot?: boolean
}

export interface ClientTrafficPolicyHeadersXForwardedClientCert {
  readonly certDetailsToAdd?: ReadonlyArray<"Subject" | "Cert" | "Chain" | "DNS" | "URI">
  readonly mode?: "Sanitize" | "ForwardOnly" | "AppendForward" | "SanitizeSet" | "AlwaysForwardOnly"
}

export interface ClientTrafficPolicyHeaders {
  readonly disableRateLimitHeaders?: boolean
  readonly earlyRequestHeaders?: ClientTrafficPolicyHeadersEarlyRequestHeaders
  readonly enableEnvoyHeaders?: boolean
  readonly host?: ClientTrafficPolicyHeadersHost
  readonly lateResponseHeaders?: ClientTrafficPolicyHeadersEarlyRequestHeaders
  readonly maxRequestHeaderLimit?: number | string
  readonly preserveXRequestID?: boolean
  readonly requestID?: "PreserveOrGenerate" | "Preserve" | "Generate" | "Disable"
  readonly withUnderscoresAction?: "Allow" | "RejectRequest" | "DropHeader"
  readonly xForwardedClientCert?: ClientTrafficPolicyHeadersXForwardedClientCert
}

export interface ClientTrafficPolicyHealthCheck {
  readonly path: string
}

export interface ClientTrafficPolicyHttp1Http10 {
  readonly useDefaultHost?: boolean
}

export interface ClientTrafficPolicyHttp1 {
  readonly disableSafeMaxConnectionDuration?: boolean
  readonly enableTrailers?: boolean
  readonly http10?: ClientTrafficPolicyHttp1Http10
  readonly ignoredUpgradeTypes?: ReadonlyArray<ClientTrafficPolicyHeadersEarlyRequestHeadersRemoveOnMatchItem>
  readonly preserveHeaderCase?: boolean
}

export interface ClientTrafficPolicyHttp2ConnectionKeepalive {
  readonly idleInterval?: string
  readonly interval?: string
  readonly intervalJitter?: number
  readonly timeout?: string
}

export interface ClientTrafficPolicyHttp2 {
  readonly connectionKeepalive?: ClientTrafficPolicyHttp2ConnectionKeepalive
  readonly initialConnectionWindowSize?: number | string
  readonly initialStreamWindowSize?: number | string
  readonly maxConcurrentStreams?: number
  readonly onInvalidMessage?: string
}

export interface ClientTrafficPolicyPath {
  readonly disableMergeSlashes?: boolean
  readonly escapedSlashesAction?: "KeepUnchanged" | "RejectRequest" | "UnescapeAndForward" | "UnescapeAndRedirect"
}

export interface ClientTrafficPolicyProxyProtocol {
  readonly optional?: boolean
}

export interface ClientTrafficPolicyTargetRef {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly sectionName?: string
}

export interface ClientTrafficPolicyTargetSelectorMatchExpression {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

export interface ClientTrafficPolicyTargetSelectorNamespacesSelector {
  readonly matchExpressions?: ReadonlyArray<ClientTrafficPolicyTargetSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
}

export interface ClientTrafficPolicyTargetSelectorNamespaces {
  readonly from: "Same" | "All" | "Selector"
  readonly selector?: ClientTrafficPolicyTargetSelectorNamespacesSelector
}

export interface ClientTrafficPolicyTargetSelector {
  readonly group?: string
  readonly kind: string
  readonly matchExpressions?: ReadonlyArray<ClientTrafficPolicyTargetSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
  readonly namespaces?: ClientTrafficPolicyTargetSelectorNamespaces
}

export interface ClientTrafficPolicyTcpKeepalive {
  readonly idleTime?: string
  readonly interval?: string
  readonly probes?: number
}

export interface ClientTrafficPolicyTimeoutHttp {
  readonly idleTimeout?: string
  readonly requestHeadersReceivedTimeout?: string
  readonly requestReceivedTimeout?: string
  readonly streamIdleTimeout?: string
}

export interface ClientTrafficPolicyTimeoutTcp {
  readonly connectionInspectionTimeout?: string
  readonly idleTimeout?: string
  readonly tlsHandshakeTimeout?: string
}

export interface ClientTrafficPolicyTimeout {
  readonly http?: ClientTrafficPolicyTimeoutHttp
  readonly tcp?: ClientTrafficPolicyTimeoutTcp
}

export interface ClientTrafficPolicyTlsClientValidationCaCertificateRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

export interface ClientTrafficPolicyTlsClientValidationCrl {
  readonly onlyVerifyLeafCertificate?: boolean
  readonly refs: ReadonlyArray<ClientTrafficPolicyTlsClientValidationCaCertificateRef>
}

export interface ClientTrafficPolicyTlsClientValidationSubjectAltNamesOtherName {
  readonly oid: string
  readonly type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression"
  readonly value: string
}

export interface ClientTrafficPolicyTlsClientValidationSubjectAltNames {
  readonly dnsNames?: ReadonlyArray<ClientTrafficPolicyHeadersEarlyRequestHeadersRemoveOnMatchItem>
  readonly emailAddresses?: ReadonlyArray<ClientTrafficPolicyHeadersEarlyRequestHeadersRemoveOnMatchItem>
  readonly ipAddresses?: ReadonlyArray<ClientTrafficPolicyHeadersEarlyRequestHeadersRemoveOnMatchItem>
  readonly otherNames?: ReadonlyArray<ClientTrafficPolicyTlsClientValidationSubjectAltNamesOtherName>
  readonly uris?: ReadonlyArray<ClientTrafficPolicyHeadersEarlyRequestHeadersRemoveOnMatchItem>
}

export interface ClientTrafficPolicyTlsClientValidation {
  readonly allowExpiredCertificate?: boolean
  readonly caCertificateRefs?: ReadonlyArray<ClientTrafficPolicyTlsClientValidationCaCertificateRef>
  readonly certificateHashes?: ReadonlyArray<string>
  readonly crl?: ClientTrafficPolicyTlsClientValidationCrl
  readonly mode?: "Request" | "RequireAny" | "VerifyIfGiven" | "RequireAndVerify"
  readonly optional?: boolean
  readonly spkiHashes?: ReadonlyArray<string>
  readonly subjectAltNames?: ClientTrafficPolicyTlsClientValidationSubjectAltNames
}

export interface ClientTrafficPolicyTlsSessionResumption {
  readonly stateful?: { readonly [key: string]: JsonValue }
  readonly stateless?: { readonly [key: string]: JsonValue }
}

export interface ClientTrafficPolicyTlsSession {
  readonly resumption?: ClientTrafficPolicyTlsSessionResumption
}

export interface ClientTrafficPolicyTls {
  readonly alpnProtocols?: ReadonlyArray<string>
  readonly ciphers?: ReadonlyArray<string>
  readonly clientValidation?: ClientTrafficPolicyTlsClientValidation
  readonly ecdhCurves?: ReadonlyArray<string>
  readonly fingerprints?: ReadonlyArray<"JA3" | "JA4">
  readonly maxVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3"
  readonly minVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3"
  readonly session?: ClientTrafficPolicyTlsSession
  readonly signatureAlgorithms?: ReadonlyArray<string>
}

export interface ClientTrafficPolicySpec {
  readonly clientIPDetection?: ClientTrafficPolicyClientIPDetection
  readonly connection?: ClientTrafficPolicyConnection
  readonly enableProxyProtocol?: boolean
  readonly grpc?: ClientTrafficPolicyGrpc
  readonly headers?: ClientTrafficPolicyHeaders
  readonly healthCheck?: ClientTrafficPolicyHealthCheck
  readonly http1?: ClientTrafficPolicyHttp1
  readonly http2?: ClientTrafficPolicyHttp2
  readonly http3?: { readonly [key: string]: JsonValue }
  readonly path?: ClientTrafficPolicyPath
  readonly proxyProtocol?: ClientTrafficPolicyProxyProtocol
  readonly scheme?: "Preserve" | "MatchBackend"
  readonly targetRef?: ClientTrafficPolicyTargetRef
  readonly targetRefs?: ReadonlyArray<ClientTrafficPolicyTargetRef>
  readonly targetSelectors?: ReadonlyArray<ClientTrafficPolicyTargetSelector>
  readonly tcpKeepalive?: ClientTrafficPolicyTcpKeepalive
  readonly timeout?: ClientTrafficPolicyTimeout
  readonly tls?: ClientTrafficPolicyTls
}

export interface ClientTrafficPolicyStatusAncestorAncestorRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface ClientTrafficPolicyStatusAncestorCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface ClientTrafficPolicyStatusAncestor {
  readonly ancestorRef: ClientTrafficPolicyStatusAncestorAncestorRef
  readonly conditions: ReadonlyArray<ClientTrafficPolicyStatusAncestorCondition>
  readonly controllerName: string
}

export interface ClientTrafficPolicyStatus {
  readonly ancestors: ReadonlyArray<ClientTrafficPolicyStatusAncestor>
}
