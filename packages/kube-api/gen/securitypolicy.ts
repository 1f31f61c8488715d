// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** SecurityPolicy of gateway.envoyproxy.io, in the shape of v1alpha1. */
export interface SecurityPolicy extends KubeResource {
  readonly kind: "SecurityPolicy"
  readonly spec: SecurityPolicySpec
  readonly status?: SecurityPolicyStatus
}

export interface SecurityPolicyApiKeyAuthCredentialRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

export interface SecurityPolicyApiKeyAuthExtractFromItem {
  readonly cookies?: ReadonlyArray<string>
  readonly headers?: ReadonlyArray<string>
  readonly params?: ReadonlyArray<string>
}

export interface SecurityPolicyApiKeyAuth {
  readonly credentialRefs: ReadonlyArray<SecurityPolicyApiKeyAuthCredentialRef>
  readonly extractFrom: ReadonlyArray<SecurityPolicyApiKeyAuthExtractFromItem>
  readonly forwardClientIDHeader?: string
  readonly sanitize?: boolean
}

export interface SecurityPolicyAuthorizationRuleOperationPath {
  readonly invert?: boolean
  readonly type?: "Exact" | "PathPrefix" | "RegularExpression"
  readonly value: string
}

export interface SecurityPolicyAuthorizationRuleOperation {
  readonly methods?: ReadonlyArray<"GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH">
  readonly path?: SecurityPolicyAuthorizationRuleOperationPath
}

export interface SecurityPolicyAuthorizationRulePrincipalClientIPGeoLocationAnonymous {
  readonly isAnonymous?: boolean
  readonly isHosting?: boolean
  readonly isProxy?: boolean
  readonly isTor?: boolean
  readonly isVPN?: boolean
}

export interface SecurityPolicyAuthorizationRulePrincipalClientIPGeoLocation {
  readonly anonymous?: SecurityPolicyAuthorizationRulePrincipalClientIPGeoLocationAnonymous
  readonly asn?: number
  readonly city?: string
  readonly country?: string
  readonly isp?: string
  readonly region?: string
}

export interface SecurityPolicyAuthorizationRulePrincipalHeader {
  readonly name: string
  readonly values: ReadonlyArray<string>
}

export interface SecurityPolicyAuthorizationRulePrincipalJwtClaim {
  readonly name: string
  readonly valueType?: "String" | "StringArray"
  readonly values: ReadonlyArray<string>
}

export interface SecurityPolicyAuthorizationRulePrincipalJwt {
  readonly claims?: ReadonlyArray<SecurityPolicyAuthorizationRulePrincipalJwtClaim>
  readonly provider: string
  readonly scopes?: ReadonlyArray<string>
}

export interface SecurityPolicyAuthorizationRulePrincipal {
  readonly clientCIDRs?: ReadonlyArray<string>
  readonly clientIPGeoLocations?: ReadonlyArray<SecurityPolicyAuthorizationRulePrincipalClientIPGeoLocation>
  readonly headers?: ReadonlyArray<SecurityPolicyAuthorizationRulePrincipalHeader>
  readonly jwt?: SecurityPolicyAuthorizationRulePrincipalJwt
}

export interface SecurityPolicyAuthorizationRule {
  readonly action: "Allow" | "Deny"
  readonly cel?: string
  readonly name?: string
  readonly operation?: SecurityPolicyAuthorizationRuleOperation
  readonly principal?: SecurityPolicyAuthorizationRulePrincipal
}

export interface SecurityPolicyAuthorization {
  readonly defaultAction?: "Allow" | "Deny"
  readonly rules?: ReadonlyArray<SecurityPolicyAuthorizationRule>
}

export interface SecurityPolicyBasicAuth {
  readonly forwardUsernameHeader?: string
  readonly users: SecurityPolicyApiKeyAuthCredentialRef
}

export interface SecurityPolicyCors {
  readonly allowCredentials?: boolean
  readonly allowHeaders?: ReadonlyArray<string>
  readonly allowMethods?: ReadonlyArray<string>
  readonly allowOrigins?: ReadonlyArray<string>
  readonly exposeHeaders?: ReadonlyArray<string>
  readonly maxAge?: string
}

export interface SecurityPolicyCsrfShadowFraction {
  readonly denominator?: number
  readonly numerator: number
}

export interface SecurityPolicyCsrf {
  readonly additionalOrigins?: ReadonlyArray<string>
  readonly shadowFraction?: SecurityPolicyCsrfShadowFraction
}

export interface SecurityPolicyExtAuthBodyToExtAuth {
  readonly maxRequestBytes: number
}

export interface SecurityPolicyExtAuthContextExtensionValueRef {
  readonly group: string
  readonly key: string
  readonly kind: string
  readonly name: string
}

export interface SecurityPolicyExtAuthContextExtension {
  readonly name: string
  readonly type: "Value" | "ValueRef"
  readonly value?: string
  readonly valueRef?: SecurityPolicyExtAuthContextExtensionValueRef
}

export interface SecurityPolicyExtAuthGrpcBackendRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
}

export interface SecurityPolicyExtAuthGrpcBackendRef2 {
  readonly fallback?: boolean
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly weight?: number
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsCircuitBreakerPerEndpoint {
  readonly maxConnections?: number
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsCircuitBreakerRetryBudget {
  readonly minRetryConcurrency?: number
  readonly percent: SecurityPolicyCsrfShadowFraction
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsCircuitBreaker {
  readonly maxConnections?: number
  readonly maxParallelRequests?: number
  readonly maxParallelRetries?: number
  readonly maxPendingRequests?: number
  readonly maxRequestsPerConnection?: number
  readonly perEndpoint?: SecurityPolicyExtAuthGrpcBackendSettingsCircuitBreakerPerEndpoint
  readonly retryBudget?: SecurityPolicyExtAuthGrpcBackendSettingsCircuitBreakerRetryBudget
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsConnectionPreconnect {
  readonly perEndpointPercent?: number
  readonly predictivePercent?: number
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsConnection {
  readonly bufferLimit?: number | string
  readonly preconnect?: SecurityPolicyExtAuthGrpcBackendSettingsConnectionPreconnect
  readonly socketBufferLimit?: number | string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsDns {
  readonly dnsRefreshRate?: string
  readonly lookupFamily?: "IPv4" | "IPv6" | "IPv4Preferred" | "IPv6Preferred" | "IPv4AndIPv6"
  readonly respectDnsTtl?: boolean
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveGrpc {
  readonly service?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHealthCheckLogSinkFile {
  readonly path: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHealthCheckLogSink {
  readonly file?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHealthCheckLogSinkFile
  readonly type: "File"
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHealthCheckLog {
  readonly matches?: ReadonlyArray<"Failure" | "FailureSeriesStart" | "Success" | "HealthyTransition">
  readonly sinks?: ReadonlyArray<SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHealthCheckLogSink>
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHttpExpectedResponse {
  readonly binary?: string
  readonly text?: string
  readonly type: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHttp {
  readonly expectedResponse?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHttpExpectedResponse
  readonly expectedStatuses?: ReadonlyArray<number>
  readonly hostname?: string
  readonly method?: string
  readonly path: string
  readonly requestBody?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHttpExpectedResponse
  readonly retriableStatuses?: ReadonlyArray<number>
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveOverrides {
  readonly port?: number
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveTcp {
  readonly receive?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHttpExpectedResponse
  readonly send?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHttpExpectedResponse
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActive {
  readonly grpc?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveGrpc
  readonly healthCheckLog?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHealthCheckLog
  readonly healthyThreshold?: number
  readonly http?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveHttp
  readonly initialJitter?: string
  readonly interval?: string
  readonly overrides?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveOverrides
  readonly tcp?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActiveTcp
  readonly timeout?: string
  readonly type: string
  readonly unhealthyThreshold?: number
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckPassive {
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

export interface SecurityPolicyExtAuthGrpcBackendSettingsHealthCheck {
  readonly active?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckActive
  readonly panicThreshold?: number
  readonly passive?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheckPassive
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHttp2ConnectionKeepalive {
  readonly idleInterval?: string
  readonly interval?: string
  readonly intervalJitter?: number
  readonly timeout?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsHttp2 {
  readonly connectionKeepalive?: SecurityPolicyExtAuthGrpcBackendSettingsHttp2ConnectionKeepalive
  readonly initialConnectionWindowSize?: number | string
  readonly initialStreamWindowSize?: number | string
  readonly maxConcurrentStreams?: number
  readonly onInvalidMessage?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerBackendUtilizationOutOfBand {
  readonly authority?: string
  readonly port?: number
  readonly reportingPeriod?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerBackendUtilization {
  readonly blackoutPeriod?: string
  readonly errorUtilizationPenaltyPercent?: number
  readonly keepResponseHeaders?: boolean
  readonly metricNamesForComputingUtilization?: ReadonlyArray<string>
  readonly outOfBand?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerBackendUtilizationOutOfBand
  readonly weightExpirationPeriod?: string
  readonly weightUpdatePeriod?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerConsistentHashCookie {
  readonly attributes?: { readonly [key: string]: string }
  readonly name: string
  readonly ttl?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerConsistentHashHeader {
  readonly name: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerConsistentHash {
  readonly cookie?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerConsistentHashCookie
  readonly header?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerConsistentHashHeader
  readonly headers?: ReadonlyArray<SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerConsistentHashHeader>
  readonly queryParams?: ReadonlyArray<SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerConsistentHashHeader>
  readonly tableSize?: number
  readonly type: "SourceIP" | "Header" | "Headers" | "Cookie" | "QueryParams"
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerDynamicModule {
  readonly config?: JsonValue
  readonly lbPolicyName: string
  readonly name: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerEndpointOverrideExtractFromItem {
  readonly header?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerEndpointOverride {
  readonly extractFrom: ReadonlyArray<SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerEndpointOverrideExtractFromItem>
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerSlowStart {
  readonly window: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerZoneAwarePreferLocalForce {
  readonly minEndpointsInZoneThreshold?: number
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerZoneAwarePreferLocal {
  readonly force?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerZoneAwarePreferLocalForce
  readonly minEndpointsThreshold?: number
  readonly percentageEnabled?: number
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerZoneAwareWeightedZone {
  readonly weight: number
  readonly zone: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerZoneAware {
  readonly preferLocal?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerZoneAwarePreferLocal
  readonly weightedZones?: ReadonlyArray<SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerZoneAwareWeightedZone>
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancer {
  readonly backendUtilization?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerBackendUtilization
  readonly consistentHash?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerConsistentHash
  readonly dynamicModule?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerDynamicModule
  readonly endpointOverride?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerEndpointOverride
  readonly slowStart?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerSlowStart
  readonly type: "ConsistentHash" | "LeastRequest" | "Random" | "RoundRobin" | "BackendUtilization" | "DynamicModule"
  readonly zoneAware?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancerZoneAware
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsProxyProtocol {
  readonly version: "V1" | "V2"
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsRetryPerRetryBackOff {
  readonly baseInterval?: string
  readonly maxInterval?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsRetryPerRetry {
  readonly backOff?: SecurityPolicyExtAuthGrpcBackendSettingsRetryPerRetryBackOff
  readonly timeout?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsRetryRetryOn {
  readonly httpStatusCodes?: ReadonlyArray<number>
  readonly triggers?: ReadonlyArray<"5xx" | "gateway-error" | "reset" | "reset-before-request" | "connect-failure" | "retriable-4xx" | "refused-stream" | "retriable-status-codes" | "cancelled" | "deadline-exceeded" | "internal" | "resource-exhausted" | "unavailable">
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsRetry {
  readonly numAttemptsPerPriority?: number
  readonly numRetries?: number
  readonly perRetry?: SecurityPolicyExtAuthGrpcBackendSettingsRetryPerRetry
  readonly retryOn?: SecurityPolicyExtAuthGrpcBackendSettingsRetryRetryOn
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsTcpKeepalive {
  readonly idleTime?: string
  readonly interval?: string
  readonly probes?: number
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsTimeoutHttp {
  readonly connectionIdleTimeout?: string
  readonly maxConnectionDuration?: string
  readonly maxStreamDuration?: string
  readonly requestTimeout?: string
  readonly streamIdleTimeout?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsTimeoutTcp {
  readonly connectTimeout?: string
}

export interface SecurityPolicyExtAuthGrpcBackendSettingsTimeout {
  readonly http?: SecurityPolicyExtAuthGrpcBackendSettingsTimeoutHttp
  readonly tcp?: SecurityPolicyExtAuthGrpcBackendSettingsTimeoutTcp
}

export interface SecurityPolicyExtAuthGrpcBackendSettings {
  readonly circuitBreaker?: SecurityPolicyExtAuthGrpcBackendSettingsCircuitBreaker
  readonly connection?: SecurityPolicyExtAuthGrpcBackendSettingsConnection
  readonly dns?: SecurityPolicyExtAuthGrpcBackendSettingsDns
  readonly healthCheck?: SecurityPolicyExtAuthGrpcBackendSettingsHealthCheck
  readonly http2?: SecurityPolicyExtAuthGrpcBackendSettingsHttp2
  readonly loadBalancer?: SecurityPolicyExtAuthGrpcBackendSettingsLoadBalancer
  readonly proxyProtocol?: SecurityPolicyExtAuthGrpcBackendSettingsProxyProtocol
  readonly retry?: SecurityPolicyExtAuthGrpcBackendSettingsRetry
  readonly tcpKeepalive?: SecurityPolicyExtAuthGrpcBackendSettingsTcpKeepalive
  readonly timeout?: SecurityPolicyExtAuthGrpcBackendSettingsTimeout
}

export interface SecurityPolicyExtAuthGrpc {
  readonly backendRef?: SecurityPolicyExtAuthGrpcBackendRef
  readonly backendRefs?: ReadonlyArray<SecurityPolicyExtAuthGrpcBackendRef2>
  readonly backendSettings?: SecurityPolicyExtAuthGrpcBackendSettings
}

export interface SecurityPolicyExtAuthHttp {
  readonly backendRef?: SecurityPolicyExtAuthGrpcBackendRef
  readonly backendRefs?: ReadonlyArray<SecurityPolicyExtAuthGrpcBackendRef2>
  readonly backendSettings?: SecurityPolicyExtAuthGrpcBackendSettings
  readonly headersToBackend?: ReadonlyArray<string>
  readonly path?: string
  readonly pathOverride?: string
}

export interface SecurityPolicyExtAuth {
  readonly bodyToExtAuth?: SecurityPolicyExtAuthBodyToExtAuth
  readonly contextExtensions?: ReadonlyArray<SecurityPolicyExtAuthContextExtension>
  readonly failOpen?: boolean
  readonly grpc?: SecurityPolicyExtAuthGrpc
  readonly headersToExtAuth?: ReadonlyArray<string>
  readonly http?: SecurityPolicyExtAuthHttp
  readonly includeRouteMetadata?: boolean
  readonly recomputeRoute?: boolean
  readonly statusOnError?: 400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415 | 416 | 417 | 421 | 422 | 423 | 424 | 426 | 428 | 429 | 431 | 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511
  readonly timeout?: string
}

export interface SecurityPolicyJwtProviderClaimToHeader {
  readonly claim: string
  readonly header: string
}

export interface SecurityPolicyJwtProviderExtractFromHeader {
  readonly name: string
  readonly valuePrefix?: string
}

export interface SecurityPolicyJwtProviderExtractFrom {
  readonly cookies?: ReadonlyArray<string>
  readonly headers?: ReadonlyArray<SecurityPolicyJwtProviderExtractFromHeader>
  readonly params?: ReadonlyArray<string>
}

export interface SecurityPolicyJwtProviderLocalJWKSValueRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface SecurityPolicyJwtProviderLocalJWKS {
  readonly inline?: string
  readonly type: "Inline" | "ValueRef"
  readonly valueRef?: SecurityPolicyJwtProviderLocalJWKSValueRef
}

export interface SecurityPolicyJwtProviderRemoteJWKS {
  readonly backendRef?: SecurityPolicyExtAuthGrpcBackendRef
  readonly backendRefs?: ReadonlyArray<SecurityPolicyExtAuthGrpcBackendRef2>
  readonly backendSettings?: SecurityPolicyExtAuthGrpcBackendSettings
  readonly cacheDuration?: string
  readonly failedRefetchDuration?: string
  readonly uri: string
}

export interface SecurityPolicyJwtProvider {
  readonly audiences?: ReadonlyArray<string>
  readonly claimToHeaders?: ReadonlyArray<SecurityPolicyJwtProviderClaimToHeader>
  readonly extractFrom?: SecurityPolicyJwtProviderExtractFrom
  readonly issuer?: string
  readonly localJWKS?: SecurityPolicyJwtProviderLocalJWKS
  readonly name: string
  readonly recomputeRoute?: boolean
  readonly remoteJWKS?: SecurityPolicyJwtProviderRemoteJWKS
}

export interface SecurityPolicyJwt {
  readonly failOpen?: boolean
  readonly optional?: boolean
  readonly providers: ReadonlyArray<SecurityPolicyJwtProvider>
}

export interface SecurityPolicyOidcCookieConfig {
  readonly sameSite?: "Lax" | "Strict" | "None"
}

export interface SecurityPolicyOidcCookieNames {
  readonly accessToken?: string
  readonly idToken?: string
}

export interface SecurityPolicyOidcDenyRedirectHeader {
  readonly name: string
  readonly type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression"
  readonly value: string
}

export interface SecurityPolicyOidcDenyRedirect {
  readonly headers: ReadonlyArray<SecurityPolicyOidcDenyRedirectHeader>
}

export interface SecurityPolicyOidcForwardIDToken {
  readonly header: string
}

export interface SecurityPolicyOidcProvider {
  readonly authorizationEndpoint?: string
  readonly backendRef?: SecurityPolicyExtAuthGrpcBackendRef
  readonly backendRefs?: ReadonlyArray<SecurityPolicyExtAuthGrpcBackendRef2>
  readonly backendSettings?: SecurityPolicyExtAuthGrpcBackendSettings
  readonly endSessionEndpoint?: string
  readonly issuer: string
  readonly tokenEndpoint?: string
}

export interface SecurityPolicyOidc {
  readonly clientID?: string
  readonly clientIDRef?: SecurityPolicyApiKeyAuthCredentialRef
  readonly clientSecret: SecurityPolicyApiKeyAuthCredentialRef
  readonly cookieConfig?: SecurityPolicyOidcCookieConfig
  readonly cookieDomain?: string
  readonly cookieNames?: SecurityPolicyOidcCookieNames
  readonly csrfTokenTTL?: string
  readonly defaultRefreshTokenTTL?: string
  readonly defaultTokenTTL?: string
  readonly denyRedirect?: SecurityPolicyOidcDenyRedirect
  readonly disableTokenEncryption?: boolean
  readonly forwardAccessToken?: boolean
  readonly forwardIDToken?: SecurityPolicyOidcForwardIDToken
  readonly logoutPath?: string
  readonly passThroughAuthHeader?: boolean
  readonly provider: SecurityPolicyOidcProvider
  readonly redirectURL?: string
  readonly refreshToken?: boolean
  readonly resources?: ReadonlyArray<string>
  readonly scopes?: ReadonlyArray<string>
}

export interface SecurityPolicyTargetRef {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly sectionName?: string
}

export interface SecurityPolicyTargetSelectorMatchExpression {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

export interface SecurityPolicyTargetSelectorNamespacesSelector {
  readonly matchExpressions?: ReadonlyArray<SecurityPolicyTargetSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
}

export interface SecurityPolicyTargetSelectorNamespaces {
  readonly from: "Same" | "All" | "Selector"
  readonly selector?: SecurityPolicyTargetSelectorNamespacesSelector
}

export interface SecurityPolicyTargetSelector {
  readonly group?: string
  readonly kind: string
  readonly matchExpressions?: ReadonlyArray<SecurityPolicyTargetSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
  readonly namespaces?: SecurityPolicyTargetSelectorNamespaces
}

export interface SecurityPolicySpec {
  readonly apiKeyAuth?: SecurityPolicyApiKeyAuth
  readonly authorization?: SecurityPolicyAuthorization
  readonly basicAuth?: SecurityPolicyBasicAuth
  readonly cors?: SecurityPolicyCors
  readonly csrf?: SecurityPolicyCsrf
  readonly extAuth?: SecurityPolicyExtAuth
  readonly jwt?: SecurityPolicyJwt
  readonly mergeType?: string
  readonly oidc?: SecurityPolicyOidc
  readonly targetRef?: SecurityPolicyTargetRef
  readonly targetRefs?: ReadonlyArray<SecurityPolicyTargetRef>
  readonly targetSelectors?: ReadonlyArray<SecurityPolicyTargetSelector>
}

export interface SecurityPolicyStatusAncestorAncestorRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface SecurityPolicyStatusAncestorCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface SecurityPolicyStatusAncestor {
  readonly ancestorRef: SecurityPolicyStatusAncestorAncestorRef
  readonly conditions: ReadonlyArray<SecurityPolicyStatusAncestorCondition>
  readonly controllerName: string
}

export interface SecurityPolicyStatus {
  readonly ancestors: ReadonlyArray<SecurityPolicyStatusAncestor>
}
