// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** BackendTrafficPolicy of gateway.envoyproxy.io, in the shape of v1alpha1. */
export interface BackendTrafficPolicy extends KubeResource {
  readonly kind: "BackendTrafficPolicy"
  readonly spec: BackendTrafficPolicySpec
  readonly status?: BackendTrafficPolicyStatus
}

export interface BackendTrafficPolicyAdmissionControlSuccessCriteriaGrpc {
  readonly statusCodes?: ReadonlyArray<"Ok" | "Cancelled" | "Unknown" | "InvalidArgument" | "DeadlineExceeded" | "NotFound" | "AlreadyExists" | "PermissionDenied" | "ResourceExhausted" | "FailedPrecondition" | "Aborted" | "OutOfRange" | "Unimplemented" | "Internal" | "Unavailable" | "DataLoss" | "Unauthenticated">
}

export interface BackendTrafficPolicyAdmissionControlSuccessCriteriaHttp {
  readonly statusCodes?: ReadonlyArray<number>
}

export interface BackendTrafficPolicyAdmissionControlSuccessCriteria {
  readonly grpc?: BackendTrafficPolicyAdmissionControlSuccessCriteriaGrpc
  readonly http?: BackendTrafficPolicyAdmissionControlSuccessCriteriaHttp
}

export interface BackendTrafficPolicyAdmissionControl {
  readonly maxRejectionPercent?: number
  readonly minRequestRate?: number
  readonly minSuccessRate?: number
  readonly rejectionAggression?: number
  readonly samplingWindow?: string
  readonly successCriteria?: BackendTrafficPolicyAdmissionControlSuccessCriteria
}

export interface BackendTrafficPolicyBandwidthLimitRequestLimit {
  readonly unit: "Second" | "Minute" | "Hour"
  readonly value: number | string
}

export interface BackendTrafficPolicyBandwidthLimitRequest {
  readonly limit: BackendTrafficPolicyBandwidthLimitRequestLimit
}

export interface BackendTrafficPolicyBandwidthLimitResponseResponseTrailers {
  readonly prefix?: string
}

export interface BackendTrafficPolicyBandwidthLimitResponse {
  readonly limit: BackendTrafficPolicyBandwidthLimitRequestLimit
  readonly responseTrailers?: BackendTrafficPolicyBandwidthLimitResponseResponseTrailers
}

export interface BackendTrafficPolicyBandwidthLimit {
  readonly request?: BackendTrafficPolicyBandwidthLimitRequest
  readonly response?: BackendTrafficPolicyBandwidthLimitResponse
}

export interface BackendTrafficPolicyCircuitBreakerPerEndpoint {
  readonly maxConnections?: number
}

export interface BackendTrafficPolicyCircuitBreakerRetryBudgetPercent {
  readonly denominator?: number
  readonly numerator: number
}

export interface BackendTrafficPolicyCircuitBreakerRetryBudget {
  readonly minRetryConcurrency?: number
  readonly percent: BackendTrafficPolicyCircuitBreakerRetryBudgetPercent
}

export interface BackendTrafficPolicyCircuitBreaker {
  readonly maxConnections?: number
  readonly maxParallelRequests?: number
  readonly maxParallelRetries?: number
  readonly maxPendingRequests?: number
  readonly maxRequestsPerConnection?: number
  readonly perEndpoint?: BackendTrafficPolicyCircuitBreakerPerEndpoint
  readonly retryBudget?: BackendTrafficPolicyCircuitBreakerRetryBudget
}

export interface BackendTrafficPolicyCompressionItem {
  readonly brotli?: { readonly [key: string]: JsonValue }
  readonly gzip?: { readonly [key: string]: JsonValue }
  readonly minContentLength?: number | string
  readonly type: "Gzip" | "Brotli" | "Zstd"
  readonly zstd?: { readonly [key: string]: JsonValue }
}

export interface BackendTrafficPolicyConnectionPreconnect {
  readonly perEndpointPercent?: number
  readonly predictivePercent?: number
}

export interface BackendTrafficPolicyConnection {
  readonly bufferLimit?: number | string
  readonly preconnect?: BackendTrafficPolicyConnectionPreconnect
  readonly socketBufferLimit?: number | string
}

export interface BackendTrafficPolicyDns {
  readonly dnsRefreshRate?: string
  readonly lookupFamily?: "IPv4" | "IPv6" | "IPv4Preferred" | "IPv6Preferred" | "IPv4AndIPv6"
  readonly respectDnsTtl?: boolean
}

export interface BackendTrafficPolicyFaultInjectionAbort {
  readonly grpcStatus?: number
  readonly httpStatus?: number
  readonly percentage?: number
}

export interface BackendTrafficPolicyFaultInjectionDelay {
  readonly fixedDelay: string
  readonly percentage?: number
}

export interface BackendTrafficPolicyFaultInjection {
  readonly abort?: BackendTrafficPolicyFaultInjectionAbort
  readonly delay?: BackendTrafficPolicyFaultInjectionDelay
}

export interface BackendTrafficPolicyHealthCheckActiveGrpc {
  readonly service?: string
}

export interface BackendTrafficPolicyHealthCheckActiveHealthCheckLogSinkFile {
  readonly path: string
}

export interface BackendTrafficPolicyHealthCheckActiveHealthCheckLogSink {
  readonly file?: BackendTrafficPolicyHealthCheckActiveHealthCheckLogSinkFile
  readonly type: "File"
}

export interface BackendTrafficPolicyHealthCheckActiveHealthCheckLog {
  readonly matches?: ReadonlyArray<"Failure" | "FailureSeriesStart" | "Success" | "HealthyTransition">
  readonly sinks?: ReadonlyArray<BackendTrafficPolicyHealthCheckActiveHealthCheckLogSink>
}

export interface BackendTrafficPolicyHealthCheckActiveHttpExpectedResponse {
  readonly binary?: string
  readonly text?: string
  readonly type: string
}

export interface BackendTrafficPolicyHealthCheckActiveHttp {
  readonly expectedResponse?: BackendTrafficPolicyHealthCheckActiveHttpExpectedResponse
  readonly expectedStatuses?: ReadonlyArray<number>
  readonly hostname?: string
  readonly method?: string
  readonly path: string
  readonly requestBody?: BackendTrafficPolicyHealthCheckActiveHttpExpectedResponse
  readonly retriableStatuses?: ReadonlyArray<number>
}

export interface BackendTrafficPolicyHealthCheckActiveOverrides {
  readonly port?: number
}

export interface BackendTrafficPolicyHealthCheckActiveTcp {
  readonly receive?: BackendTrafficPolicyHealthCheckActiveHttpExpectedResponse
  readonly send?: BackendTrafficPolicyHealthCheckActiveHttpExpectedResponse
}

export interface BackendTrafficPolicyHealthCheckActive {
  readonly grpc?: BackendTrafficPolicyHealthCheckActiveGrpc
  readonly healthCheckLog?: BackendTrafficPolicyHealthCheckActiveHealthCheckLog
  readonly healthyThreshold?: number
  readonly http?: BackendTrafficPolicyHealthCheckActiveHttp
  readonly initialJitter?: string
  readonly interval?: string
  readonly overrides?: BackendTrafficPolicyHealthCheckActiveOverrides
  readonly tcp?: BackendTrafficPolicyHealthCheckActiveTcp
  readonly timeout?: string
  readonly type: string
  readonly unhealthyThreshold?: number
}

export interface BackendTrafficPolicyHealthCheckPassive {
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

export interface BackendTrafficPolicyHealthCheck {
  readonly active?: BackendTrafficPolicyHealthCheckActive
  readonly panicThreshold?: number
  readonly passive?: BackendTrafficPolicyHealthCheckPassive
}

export interface BackendTrafficPolicyHttp2ConnectionKeepalive {
  readonly idleInterval?: string
  readonly interval?: string
  readonly intervalJitter?: number
  readonly timeout?: string
}

export interface BackendTrafficPolicyHttp2 {
  readonly connectionKeepalive?: BackendTrafficPolicyHttp2ConnectionKeepalive
  readonly initialConnectionWindowSize?: number | string
  readonly initialStreamWindowSize?: number | string
  readonly maxConcurrentStreams?: number
  readonly onInvalidMessage?: string
}

export interface BackendTrafficPolicyHttpUpgradeItemConnect {
  readonly terminate?: boolean
}

export interface BackendTrafficPolicyHttpUpgradeItem {
  readonly connect?: BackendTrafficPolicyHttpUpgradeItemConnect
  readonly type: string
}

export interface BackendTrafficPolicyLoadBalancerBackendUtilizationOutOfBand {
  readonly authority?: string
  readonly port?: number
  readonly reportingPeriod?: string
}

export interface BackendTrafficPolicyLoadBalancerBackendUtilization {
  readonly blackoutPeriod?: string
  readonly errorUtilizationPenaltyPercent?: number
  readonly keepResponseHeaders?: boolean
  readonly metricNamesForComputingUtilization?: ReadonlyArray<string>
  readonly outOfBand?: BackendTrafficPolicyLoadBalancerBackendUtilizationOutOfBand
  readonly weightExpirationPeriod?: string
  readonly weightUpdatePeriod?: string
}

export interface BackendTrafficPolicyLoadBalancerConsistentHashCookie {
  readonly attributes?: { readonly [key: string]: string }
  readonly name: string
  readonly ttl?: string
}

export interface BackendTrafficPolicyLoadBalancerConsistentHashHeader {
  readonly name: string
}

export interface BackendTrafficPolicyLoadBalancerConsistentHash {
  readonly cookie?: BackendTrafficPolicyLoadBalancerConsistentHashCookie
  readonly header?: BackendTrafficPolicyLoadBalancerConsistentHashHeader
  readonly headers?: ReadonlyArray<BackendTrafficPolicyLoadBalancerConsistentHashHeader>
  readonly queryParams?: ReadonlyArray<BackendTrafficPolicyLoadBalancerConsistentHashHeader>
  readonly tableSize?: number
  readonly type: "SourceIP" | "Header" | "Headers" | "Cookie" | "QueryParams"
}

export interface BackendTrafficPolicyLoadBalancerDynamicModule {
  readonly config?: JsonValue
  readonly lbPolicyName: string
  readonly name: string
}

export interface BackendTrafficPolicyLoadBalancerEndpointOverrideExtractFromItem {
  readonly header?: string
}

export interface BackendTrafficPolicyLoadBalancerEndpointOverride {
  readonly extractFrom: ReadonlyArray<BackendTrafficPolicyLoadBalancerEndpointOverrideExtractFromItem>
}

export interface BackendTrafficPolicyLoadBalancerSlowStart {
  readonly window: string
}

export interface BackendTrafficPolicyLoadBalancerZoneAwarePreferLocalForce {
  readonly minEndpointsInZoneThreshold?: number
}

export interface BackendTrafficPolicyLoadBalancerZoneAwarePreferLocal {
  readonly force?: BackendTrafficPolicyLoadBalancerZoneAwarePreferLocalForce
  readonly minEndpointsThreshold?: number
  readonly percentageEnabled?: number
}

export interface BackendTrafficPolicyLoadBalancerZoneAwareWeightedZone {
  readonly weight: number
  readonly zone: string
}

export interface BackendTrafficPolicyLoadBalancerZoneAware {
  readonly preferLocal?: BackendTrafficPolicyLoadBalancerZoneAwarePreferLocal
  readonly weightedZones?: ReadonlyArray<BackendTrafficPolicyLoadBalancerZoneAwareWeightedZone>
}

export interface BackendTrafficPolicyLoadBalancer {
  readonly backendUtilization?: BackendTrafficPolicyLoadBalancerBackendUtilization
  readonly consistentHash?: BackendTrafficPolicyLoadBalancerConsistentHash
  readonly dynamicModule?: BackendTrafficPolicyLoadBalancerDynamicModule
  readonly endpointOverride?: BackendTrafficPolicyLoadBalancerEndpointOverride
  readonly slowStart?: BackendTrafficPolicyLoadBalancerSlowStart
  readonly type: "ConsistentHash" | "LeastRequest" | "Random" | "RoundRobin" | "BackendUtilization" | "DynamicModule"
  readonly zoneAware?: BackendTrafficPolicyLoadBalancerZoneAware
}

export interface BackendTrafficPolicyProxyProtocol {
  readonly version: "V1" | "V2"
}

export interface BackendTrafficPolicyRateLimitGlobalRuleClientSelectorHeader {
  readonly invert?: boolean
  readonly name: string
  readonly type?: "Exact" | "RegularExpression" | "Distinct"
  readonly value?: string
}

export interface BackendTrafficPolicyRateLimitGlobalRuleClientSelectorMethod {
  readonly invert?: boolean
  readonly value: "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH"
}

export interface BackendTrafficPolicyRateLimitGlobalRuleClientSelectorPath {
  readonly invert?: boolean
  readonly type?: "Exact" | "PathPrefix" | "RegularExpression"
  readonly value: string
}

export interface BackendTrafficPolicyRateLimitGlobalRuleClientSelectorSourceCIDR {
  readonly invert?: boolean
  readonly type?: "Exact" | "Distinct"
  readonly value: string
}

export interface BackendTrafficPolicyRateLimitGlobalRuleClientSelector {
  readonly headers?: ReadonlyArray<BackendTrafficPolicyRateLimitGlobalRuleClientSelectorHeader>
  readonly methods?: ReadonlyArray<BackendTrafficPolicyRateLimitGlobalRuleClientSelectorMethod>
  readonly path?: BackendTrafficPolicyRateLimitGlobalRuleClientSelectorPath
  readonly queryParams?: ReadonlyArray<BackendTrafficPolicyRateLimitGlobalRuleClientSelectorHeader>
  readonly sourceCIDR?: BackendTrafficPolicyRateLimitGlobalRuleClientSelectorSourceCIDR
}

export interface BackendTrafficPolicyRateLimitGlobalRuleCostRequestMetadata {
  readonly key: string
  readonly namespace: string
}

export interface BackendTrafficPolicyRateLimitGlobalRuleCostRequest {
  readonly from: "Number" | "Metadata"
  readonly metadata?: BackendTrafficPolicyRateLimitGlobalRuleCostRequestMetadata
  readonly number?: number
}

export interface BackendTrafficPolicyRateLimitGlobalRuleCost {
  readonly request?: BackendTrafficPolicyRateLimitGlobalRuleCostRequest
  readonly response?: BackendTrafficPolicyRateLimitGlobalRuleCostRequest
}

export interface BackendTrafficPolicyRateLimitGlobalRuleLimit {
  readonly fromMetadata?: BackendTrafficPolicyRateLimitGlobalRuleCostRequestMetadata
  readonly requests: number
  readonly unit: "Second" | "Minute" | "Hour" | "Day" | "Week" | "Month" | "Year"
}

export interface BackendTrafficPolicyRateLimitGlobalRule {
  readonly clientSelectors?: ReadonlyArray<BackendTrafficPolicyRateLimitGlobalRuleClientSelector>
  readonly cost?: BackendTrafficPolicyRateLimitGlobalRuleCost
  readonly limit: BackendTrafficPolicyRateLimitGlobalRuleLimit
  readonly shadowMode?: boolean
  readonly shared?: boolean
  readonly xRateLimitHeaders?: "Off" | "DraftVersion03"
}

export interface BackendTrafficPolicyRateLimitGlobal {
  readonly rules: ReadonlyArray<BackendTrafficPolicyRateLimitGlobalRule>
}

export interface BackendTrafficPolicyRateLimitLocal {
  readonly rules?: ReadonlyArray<BackendTrafficPolicyRateLimitGlobalRule>
}

export interface BackendTrafficPolicyRateLimit {
  readonly global?: BackendTrafficPolicyRateLimitGlobal
  readonly local?: BackendTrafficPolicyRateLimitLocal
  readonly type?: "Global" | "Local"
}

export interface BackendTrafficPolicyRequestBuffer {
  readonly limit?: number | string
}

export interface BackendTrafficPolicyResponseOverrideItemMatchResponseHeaderValue {
  readonly type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression"
  readonly value: string
}

export interface BackendTrafficPolicyResponseOverrideItemMatchResponseHeader {
  readonly name: string
  readonly value: BackendTrafficPolicyResponseOverrideItemMatchResponseHeaderValue
}

export interface BackendTrafficPolicyResponseOverrideItemMatchStatusCodeRange {
  readonly end: number
  readonly start: number
}

export interface BackendTrafficPolicyResponseOverrideItemMatchStatusCode {
  readonly range?: BackendTrafficPolicyResponseOverrideItemMatchStatusCodeRange
  readonly type: string
  readonly value?: number
}

export interface BackendTrafficPolicyResponseOverrideItemMatch {
  readonly responseHeaders?: ReadonlyArray<BackendTrafficPolicyResponseOverrideItemMatchResponseHeader>
  readonly statusCodes?: ReadonlyArray<BackendTrafficPolicyResponseOverrideItemMatchStatusCode>
}

export interface BackendTrafficPolicyResponseOverrideItemRedirectPath {
  readonly replaceFullPath?: string
  readonly replacePrefixMatch?: string
  readonly type: "ReplaceFullPath" | "ReplacePrefixMatch"
}

export interface BackendTrafficPolicyResponseOverrideItemRedirect {
  readonly hostname?: string
  readonly path?: BackendTrafficPolicyResponseOverrideItemRedirectPath
  readonly port?: number
  readonly scheme?: "http" | "https"
  readonly statusCode?: 301 | 302
}

export interface BackendTrafficPolicyResponseOverrideItemResponseBodyValueRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface BackendTrafficPolicyResponseOverrideItemResponseBody {
  readonly inline?: string
  readonly type: string
  readonly valueRef?: BackendTrafficPolicyResponseOverrideItemResponseBodyValueRef
}

export interface BackendTrafficPolicyResponseOverrideItemResponseHeaderAddItem {
  readonly name: string
  readonly value: string
}

export interface BackendTrafficPolicyResponseOverrideItemResponseHeader {
  readonly add?: ReadonlyArray<BackendTrafficPolicyResponseOverrideItemResponseHeaderAddItem>
  readonly remove?: ReadonlyArray<string>
  readonly set?: ReadonlyArray<BackendTrafficPolicyResponseOverrideItemResponseHeaderAddItem>
}

export interface BackendTrafficPolicyResponseOverrideItemResponse {
  readonly body?: BackendTrafficPolicyResponseOverrideItemResponseBody
  readonly contentType?: string
  readonly header?: BackendTrafficPolicyResponseOverrideItemResponseHeader
  readonly statusCode?: number
}

export interface BackendTrafficPolicyResponseOverrideItem {
  readonly match: BackendTrafficPolicyResponseOverrideItemMatch
  readonly redirect?: BackendTrafficPolicyResponseOverrideItemRedirect
  readonly response?: BackendTrafficPolicyResponseOverrideItemResponse
  readonly source?: "All" | "Local" | "Backend"
}

export interface BackendTrafficPolicyRetryPerRetryBackOff {
  readonly baseInterval?: string
  readonly maxInterval?: string
}

export interface BackendTrafficPolicyRetryPerRetry {
  readonly backOff?: BackendTrafficPolicyRetryPerRetryBackOff
  readonly timeout?: string
}

export interface BackendTrafficPolicyRetryRetryOn {
  readonly httpStatusCodes?: ReadonlyArray<number>
  readonly triggers?: ReadonlyArray<"5xx" | "gateway-error" | "reset" | "reset-before-request" | "connect-failure" | "retriable-4xx" | "refused-stream" | "retriable-status-codes" | "cancelled" | "deadline-exceeded" | "internal" | "resource-exhausted" | "unavailable">
}

export interface BackendTrafficPolicyRetry {
  readonly numAttemptsPerPriority?: number
  readonly numRetries?: number
  readonly perRetry?: BackendTrafficPolicyRetryPerRetry
  readonly retryOn?: BackendTrafficPolicyRetryRetryOn
}

export interface BackendTrafficPolicyTargetRef {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly sectionName?: string
}

export interface BackendTrafficPolicyTargetSelectorMatchExpression {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

export interface BackendTrafficPolicyTargetSelectorNamespacesSelector {
  readonly matchExpressions?: ReadonlyArray<BackendTrafficPolicyTargetSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
}

export interface BackendTrafficPolicyTargetSelectorNamespaces {
  readonly from: "Same" | "All" | "Selector"
  readonly selector?: BackendTrafficPolicyTargetSelectorNamespacesSelector
}

export interface BackendTrafficPolicyTargetSelector {
  readonly group?: string
  readonly kind: string
  readonly matchExpressions?: ReadonlyArray<BackendTrafficPolicyTargetSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
  readonly namespaces?: BackendTrafficPolicyTargetSelectorNamespaces
}

export interface BackendTrafficPolicyTcpKeepalive {
  readonly idleTime?: string
  readonly interval?: string
  readonly probes?: number
}

export interface BackendTrafficPolicyTelemetryMetrics {
  readonly routeStatName?: string
}

export interface BackendTrafficPolicyTelemetryTracingCustomTagsValueEnvironment {
  readonly defaultValue?: string
  readonly name: string
}

export interface BackendTrafficPolicyTelemetryTracingCustomTagsValueLiteral {
  readonly value: string
}

export interface BackendTrafficPolicyTelemetryTracingCustomTagsValue {
  readonly environment?: BackendTrafficPolicyTelemetryTracingCustomTagsValueEnvironment
  readonly literal?: BackendTrafficPolicyTelemetryTracingCustomTagsValueLiteral
  readonly requestHeader?: BackendTrafficPolicyTelemetryTracingCustomTagsValueEnvironment
  readonly type: "Literal" | "Environment" | "RequestHeader"
}

export interface BackendTrafficPolicyTelemetryTracingSpanName {
  readonly client: string
  readonly server: string
}

export interface BackendTrafficPolicyTelemetryTracing {
  readonly clientSamplingFraction?: BackendTrafficPolicyCircuitBreakerRetryBudgetPercent
  readonly customTags?: { readonly [key: string]: BackendTrafficPolicyTelemetryTracingCustomTagsValue }
  readonly overallSamplingFraction?: BackendTrafficPolicyCircuitBreakerRetryBudgetPercent
  readonly samplingFraction?: BackendTrafficPolicyCircuitBreakerRetryBudgetPercent
  readonly spanName?: BackendTrafficPolicyTelemetryTracingSpanName
  readonly tags?: { readonly [key: string]: string }
}

export interface BackendTrafficPolicyTelemetry {
  readonly metrics?: BackendTrafficPolicyTelemetryMetrics
  readonly tracing?: BackendTrafficPolicyTelemetryTracing
}

export interface BackendTrafficPolicyTimeoutHttp {
  readonly connectionIdleTimeout?: string
  readonly maxConnectionDuration?: string
  readonly maxStreamDuration?: string
  readonly requestTimeout?: string
  readonly streamIdleTimeout?: string
}

export interface BackendTrafficPolicyTimeoutTcp {
  readonly connectTimeout?: string
}

export interface BackendTrafficPolicyTimeout {
  readonly http?: BackendTrafficPolicyTimeoutHttp
  readonly tcp?: BackendTrafficPolicyTimeoutTcp
}

export interface BackendTrafficPolicySpec {
  readonly admissionControl?: BackendTrafficPolicyAdmissionControl
  readonly bandwidthLimit?: BackendTrafficPolicyBandwidthLimit
  readonly circuitBreaker?: BackendTrafficPolicyCircuitBreaker
  readonly compression?: ReadonlyArray<BackendTrafficPolicyCompressionItem>
  readonly compressor?: ReadonlyArray<BackendTrafficPolicyCompressionItem>
  readonly connection?: BackendTrafficPolicyConnection
  readonly dns?: BackendTrafficPolicyDns
  readonly faultInjection?: BackendTrafficPolicyFaultInjection
  readonly healthCheck?: BackendTrafficPolicyHealthCheck
  readonly http2?: BackendTrafficPolicyHttp2
  readonly httpUpgrade?: ReadonlyArray<BackendTrafficPolicyHttpUpgradeItem>
  readonly loadBalancer?: BackendTrafficPolicyLoadBalancer
  readonly mergeType?: string
  readonly proxyProtocol?: BackendTrafficPolicyProxyProtocol
  readonly rateLimit?: BackendTrafficPolicyRateLimit
  readonly requestBuffer?: BackendTrafficPolicyRequestBuffer
  readonly responseOverride?: ReadonlyArray<BackendTrafficPolicyResponseOverrideItem>
  readonly retry?: BackendTrafficPolicyRetry
  readonly routingType?: string
  readonly targetRef?: BackendTrafficPolicyTargetRef
  readonly targetRefs?: ReadonlyArray<BackendTrafficPolicyTargetRef>
  readonly targetSelectors?: ReadonlyArray<BackendTrafficPolicyTargetSelector>
  readonly tcpKeepalive?: BackendTrafficPolicyTcpKeepalive
  readonly telemetry?: BackendTrafficPolicyTelemetry
  readonly timeout?: BackendTrafficPolicyTimeout
  readonly useClientProtocol?: boolean
}

export interface BackendTrafficPolicyStatusAncestorAncestorRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface BackendTrafficPolicyStatusAncestorCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface BackendTrafficPolicyStatusAncestor {
  readonly ancestorRef: BackendTrafficPolicyStatusAncestorAncestorRef
  readonly conditions: ReadonlyArray<BackendTrafficPolicyStatusAncestorCondition>
  readonly controllerName: string
}

export interface BackendTrafficPolicyStatus {
  readonly ancestors: ReadonlyArray<BackendTrafficPolicyStatusAncestor>
}
