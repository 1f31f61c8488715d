// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** EnvoyExtensionPolicy of gateway.envoyproxy.io, in the shape of v1alpha1. */
export interface EnvoyExtensionPolicy extends KubeResource {
  readonly kind: "EnvoyExtensionPolicy"
  readonly spec: EnvoyExtensionPolicySpec
  readonly status?: EnvoyExtensionPolicyStatus
}

export interface EnvoyExtensionPolicyDynamicModuleItem {
  readonly config?: JsonValue
  readonly filterName?: string
  readonly name: string
  readonly terminalFilter?: boolean
}

export interface EnvoyExtensionPolicyExtProcItemBackendRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendRef2 {
  readonly fallback?: boolean
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly weight?: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsCircuitBreakerPerEndpoint {
  readonly maxConnections?: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsCircuitBreakerRetryBudgetPercent {
  readonly denominator?: number
  readonly numerator: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsCircuitBreakerRetryBudget {
  readonly minRetryConcurrency?: number
  readonly percent: EnvoyExtensionPolicyExtProcItemBackendSettingsCircuitBreakerRetryBudgetPercent
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsCircuitBreaker {
  readonly maxConnections?: number
  readonly maxParallelRequests?: number
  readonly maxParallelRetries?: number
  readonly maxPendingRequests?: number
  readonly maxRequestsPerConnection?: number
  readonly perEndpoint?: EnvoyExtensionPolicyExtProcItemBackendSettingsCircuitBreakerPerEndpoint
  readonly retryBudget?: EnvoyExtensionPolicyExtProcItemBackendSettingsCircuitBreakerRetryBudget
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsConnectionPreconnect {
  readonly perEndpointPercent?: number
  readonly predictivePercent?: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsConnection {
  readonly bufferLimit?: number | string
  readonly preconnect?: EnvoyExtensionPolicyExtProcItemBackendSettingsConnectionPreconnect
  readonly socketBufferLimit?: number | string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsDns {
  readonly dnsRefreshRate?: string
  readonly lookupFamily?: "IPv4" | "IPv6" | "IPv4Preferred" | "IPv6Preferred" | "IPv4AndIPv6"
  readonly respectDnsTtl?: boolean
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveGrpc {
  readonly service?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHealthCheckLogSinkFile {
  readonly path: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHealthCheckLogSink {
  readonly file?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHealthCheckLogSinkFile
  readonly type: "File"
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHealthCheckLog {
  readonly matches?: ReadonlyArray<"Failure" | "FailureSeriesStart" | "Success" | "HealthyTransition">
  readonly sinks?: ReadonlyArray<EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHealthCheckLogSink>
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHttpExpectedResponse {
  readonly binary?: string
  readonly text?: string
  readonly type: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHttp {
  readonly expectedResponse?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHttpExpectedResponse
  readonly expectedStatuses?: ReadonlyArray<number>
  readonly hostname?: string
  readonly method?: string
  readonly path: string
  readonly requestBody?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHttpExpectedResponse
  readonly retriableStatuses?: ReadonlyArray<number>
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveOverrides {
  readonly port?: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveTcp {
  readonly receive?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHttpExpectedResponse
  readonly send?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHttpExpectedResponse
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActive {
  readonly grpc?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveGrpc
  readonly healthCheckLog?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHealthCheckLog
  readonly healthyThreshold?: number
  readonly http?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveHttp
  readonly initialJitter?: string
  readonly interval?: string
  readonly overrides?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveOverrides
  readonly tcp?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActiveTcp
  readonly timeout?: string
  readonly type: string
  readonly unhealthyThreshold?: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckPassive {
  readonly alwaysEjectOneEndpoint?: boolean
  readonly baseEjectionTime?: string
  readonly consecutive5XxErrors?: number
  readonly consecutiveGatewayErrors?: number
  readonly consecutiveLocalOriginFailures?: number
  readonly failurePercentageThreshold?: number
  readonly interval?: string
  readonly maxEjectionPercent?: number
  readonly splitExternalLocalOriginErrors?: boolean
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheck {
  readonly active?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckActive
  readonly panicThreshold?: number
  readonly passive?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheckPassive
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHttp2ConnectionKeepalive {
  readonly idleInterval?: string
  readonly interval?: string
  readonly intervalJitter?: number
  readonly timeout?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsHttp2 {
  readonly connectionKeepalive?: EnvoyExtensionPolicyExtProcItemBackendSettingsHttp2ConnectionKeepalive
  readonly initialConnectionWindowSize?: number | string
  readonly initialStreamWindowSize?: number | string
  readonly maxConcurrentStreams?: number
  readonly onInvalidMessage?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerBackendUtilizationOutOfBand {
  readonly authority?: string
  readonly port?: number
  readonly reportingPeriod?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerBackendUtilization {
  readonly blackoutPeriod?: string
  readonly errorUtilizationPenaltyPercent?: number
  readonly keepResponseHeaders?: boolean
  readonly metricNamesForComputingUtilization?: ReadonlyArray<string>
  readonly outOfBand?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerBackendUtilizationOutOfBand
  readonly weightExpirationPeriod?: string
  readonly weightUpdatePeriod?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerConsistentHashCookie {
  readonly attributes?: { readonly [key: string]: string }
  readonly name: string
  readonly ttl?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerConsistentHashHeader {
  readonly name: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerConsistentHash {
  readonly cookie?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerConsistentHashCookie
  readonly header?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerConsistentHashHeader
  readonly headers?: ReadonlyArray<EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerConsistentHashHeader>
  readonly queryParams?: ReadonlyArray<EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerConsistentHashHeader>
  readonly tableSize?: number
  readonly type: "SourceIP" | "Header" | "Headers" | "Cookie" | "QueryParams"
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerDynamicModule {
  readonly config?: JsonValue
  readonly lbPolicyName: string
  readonly name: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerEndpointOverrideExtractFromItem {
  readonly header?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerEndpointOverride {
  readonly extractFrom: ReadonlyArray<EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerEndpointOverrideExtractFromItem>
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerSlowStart {
  readonly window: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerZoneAwarePreferLocalForce {
  readonly minEndpointsInZoneThreshold?: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerZoneAwarePreferLocal {
  readonly force?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerZoneAwarePreferLocalForce
  readonly minEndpointsThreshold?: number
  readonly percentageEnabled?: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerZoneAwareWeightedZone {
  readonly weight: number
  readonly zone: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerZoneAware {
  readonly preferLocal?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerZoneAwarePreferLocal
  readonly weightedZones?: ReadonlyArray<EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerZoneAwareWeightedZone>
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancer {
  readonly backendUtilization?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerBackendUtilization
  readonly consistentHash?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerConsistentHash
  readonly dynamicModule?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerDynamicModule
  readonly endpointOverride?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerEndpointOverride
  readonly slowStart?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerSlowStart
  readonly type: "ConsistentHash" | "LeastRequest" | "Random" | "RoundRobin" | "BackendUtilization" | "DynamicModule"
  readonly zoneAware?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancerZoneAware
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsProxyProtocol {
  readonly version: "V1" | "V2"
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsRetryPerRetryBackOff {
  readonly baseInterval?: string
  readonly maxInterval?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsRetryPerRetry {
  readonly backOff?: EnvoyExtensionPolicyExtProcItemBackendSettingsRetryPerRetryBackOff
  readonly timeout?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsRetryRetryOn {
  readonly httpStatusCodes?: ReadonlyArray<number>
  readonly triggers?: ReadonlyArray<"5xx" | "gateway-error" | "reset" | "reset-before-request" | "connect-failure" | "retriable-4xx" | "refused-stream" | "retriable-status-codes" | "cancelled" | "deadline-exceeded" | "internal" | "resource-exhausted" | "unavailable">
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsRetry {
  readonly numAttemptsPerPriority?: number
  readonly numRetries?: number
  readonly perRetry?: EnvoyExtensionPolicyExtProcItemBackendSettingsRetryPerRetry
  readonly retryOn?: EnvoyExtensionPolicyExtProcItemBackendSettingsRetryRetryOn
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsTcpKeepalive {
  readonly idleTime?: string
  readonly interval?: string
  readonly probes?: number
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsTimeoutHttp {
  readonly connectionIdleTimeout?: string
  readonly maxConnectionDuration?: string
  readonly maxStreamDuration?: string
  readonly requestTimeout?: string
  readonly streamIdleTimeout?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsTimeoutTcp {
  readonly connectTimeout?: string
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettingsTimeout {
  readonly http?: EnvoyExtensionPolicyExtProcItemBackendSettingsTimeoutHttp
  readonly tcp?: EnvoyExtensionPolicyExtProcItemBackendSettingsTimeoutTcp
}

export interface EnvoyExtensionPolicyExtProcItemBackendSettings {
  readonly circuitBreaker?: EnvoyExtensionPolicyExtProcItemBackendSettingsCircuitBreaker
  readonly connection?: EnvoyExtensionPolicyExtProcItemBackendSettingsConnection
  readonly dns?: EnvoyExtensionPolicyExtProcItemBackendSettingsDns
  readonly healthCheck?: EnvoyExtensionPolicyExtProcItemBackendSettingsHealthCheck
  readonly http2?: EnvoyExtensionPolicyExtProcItemBackendSettingsHttp2
  readonly loadBalancer?: EnvoyExtensionPolicyExtProcItemBackendSettingsLoadBalancer
  readonly proxyProtocol?: EnvoyExtensionPolicyExtProcItemBackendSettingsProxyProtocol
  readonly retry?: EnvoyExtensionPolicyExtProcItemBackendSettingsRetry
  readonly tcpKeepalive?: EnvoyExtensionPolicyExtProcItemBackendSettingsTcpKeepalive
  readonly timeout?: EnvoyExtensionPolicyExtProcItemBackendSettingsTimeout
}

export interface EnvoyExtensionPolicyExtProcItemMetadata {
  readonly accessibleNamespaces?: ReadonlyArray<string>
  readonly writableNamespaces?: ReadonlyArray<string>
}

export interface EnvoyExtensionPolicyExtProcItemProcessingModeRequest {
  readonly attributes?: ReadonlyArray<string>
  readonly body?: "Streamed" | "Buffered" | "BufferedPartial" | "FullDuplexStreamed"
}

export interface EnvoyExtensionPolicyExtProcItemProcessingMode {
  readonly allowModeOverride?: boolean
  readonly request?: EnvoyExtensionPolicyExtProcItemProcessingModeRequest
  readonly response?: EnvoyExtensionPolicyExtProcItemProcessingModeRequest
}

export interface EnvoyExtensionPolicyExtProcItem {
  readonly backendRef?: EnvoyExtensionPolicyExtProcItemBackendRef
  readonly backendRefs?: ReadonlyArray<EnvoyExtensionPolicyExtProcItemBackendRef2>
  readonly backendSettings?: EnvoyExtensionPolicyExtProcItemBackendSettings
  readonly failOpen?: boolean
  readonly messageTimeout?: string
  readonly metadata?: EnvoyExtensionPolicyExtProcItemMetadata
  readonly processingMode?: EnvoyExtensionPolicyExtProcItemProcessingMode
  readonly shadowMode?: boolean
  readonly statusOnError?: 400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415 | 416 | 417 | 421 | 422 | 423 | 424 | 426 | 428 | 429 | 431 | 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511
}

export interface EnvoyExtensionPolicyLuaItemValueRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface EnvoyExtensionPolicyLuaItem {
  readonly filterContext?: JsonValue
  readonly inline?: string
  readonly type: "Inline" | "ValueRef"
  readonly valueRef?: EnvoyExtensionPolicyLuaItemValueRef
}

export interface EnvoyExtensionPolicyTargetRef {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly sectionName?: string
}

export interface EnvoyExtensionPolicyTargetSelectorMatchExpression {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

export interface EnvoyExtensionPolicyTargetSelectorNamespacesSelector {
  readonly matchExpressions?: ReadonlyArray<EnvoyExtensionPolicyTargetSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
}

export interface EnvoyExtensionPolicyTargetSelectorNamespaces {
  readonly from: "Same" | "All" | "Selector"
  readonly selector?: EnvoyExtensionPolicyTargetSelectorNamespacesSelector
}

export interface EnvoyExtensionPolicyTargetSelector {
  readonly group?: string
  readonly kind: string
  readonly matchExpressions?: ReadonlyArray<EnvoyExtensionPolicyTargetSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
  readonly namespaces?: EnvoyExtensionPolicyTargetSelectorNamespaces
}

export interface EnvoyExtensionPolicyWasmItemCodeHttpTlsCaCertificateRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

export interface EnvoyExtensionPolicyWasmItemCodeHttpTls {
  readonly caCertificateRef: EnvoyExtensionPolicyWasmItemCodeHttpTlsCaCertificateRef
}

export interface EnvoyExtensionPolicyWasmItemCodeHttp {
  readonly sha256?: string
  readonly tls?: EnvoyExtensionPolicyWasmItemCodeHttpTls
  readonly url: string
}

export interface EnvoyExtensionPolicyWasmItemCodeImage {
  readonly pullSecretRef?: EnvoyExtensionPolicyWasmItemCodeHttpTlsCaCertificateRef
  readonly sha256?: string
  readonly tls?: EnvoyExtensionPolicyWasmItemCodeHttpTls
  readonly url: string
}

export interface EnvoyExtensionPolicyWasmItemCode {
  readonly http?: EnvoyExtensionPolicyWasmItemCodeHttp
  readonly image?: EnvoyExtensionPolicyWasmItemCodeImage
  readonly pullPolicy?: "IfNotPresent" | "Always"
  readonly type: string
}

export interface EnvoyExtensionPolicyWasmItemEnv {
  readonly hostKeys?: ReadonlyArray<string>
}

export interface EnvoyExtensionPolicyWasmItem {
  readonly code: EnvoyExtensionPolicyWasmItemCode
  readonly config?: JsonValue
  readonly env?: EnvoyExtensionPolicyWasmItemEnv
  readonly failOpen?: boolean
  readonly name?: string
  readonly rootID?: string
}

export interface EnvoyExtensionPolicySpec {
  readonly dynamicModule?: ReadonlyArray<EnvoyExtensionPolicyDynamicModuleItem>
  readonly extProc?: ReadonlyArray<EnvoyExtensionPolicyExtProcItem>
  readonly lua?: ReadonlyArray<EnvoyExtensionPolicyLuaItem>
  readonly mergeType?: string
  readonly targetRef?: EnvoyExtensionPolicyTargetRef
  readonly targetRefs?: ReadonlyArray<EnvoyExtensionPolicyTargetRef>
  readonly targetSelectors?: ReadonlyArray<EnvoyExtensionPolicyTargetSelector>
  readonly wasm?: ReadonlyArray<EnvoyExtensionPolicyWasmItem>
}

export interface EnvoyExtensionPolicyStatusAncestorAncestorRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface EnvoyExtensionPolicyStatusAncestorCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface EnvoyExtensionPolicyStatusAncestor {
  readonly ancestorRef: EnvoyExtensionPolicyStatusAncestorAncestorRef
  readonly conditions: ReadonlyArray<EnvoyExtensionPolicyStatusAncestorCondition>
  readonly controllerName: string
}

export interface EnvoyExtensionPolicyStatus {
  readonly ancestors: ReadonlyArray<EnvoyExtensionPolicyStatusAncestor>
}
