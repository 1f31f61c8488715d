// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** HTTPRoute of gateway.networking.k8s.io, in the shape of v1. */
export interface HTTPRoute extends KubeResource {
  readonly kind: "HTTPRoute"
  readonly spec: HTTPRouteSpec
  readonly status?: HTTPRouteStatus
}

export interface HTTPRouteParentRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface HTTPRouteRuleBackendRefFilterCors {
  readonly allowCredentials?: boolean
  readonly allowHeaders?: ReadonlyArray<string>
  readonly allowMethods?: ReadonlyArray<"GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH" | "*">
  readonly allowOrigins?: ReadonlyArray<string>
  readonly exposeHeaders?: ReadonlyArray<string>
  readonly maxAge?: number
}

export interface HTTPRouteRuleBackendRefFilterExtensionRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface HTTPRouteRuleBackendRefFilterExternalAuthBackendRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
}

export interface HTTPRouteRuleBackendRefFilterExternalAuthForwardBody {
  readonly maxSize?: number
}

export interface HTTPRouteRuleBackendRefFilterExternalAuthGrpc {
  readonly allowedHeaders?: ReadonlyArray<string>
}

export interface HTTPRouteRuleBackendRefFilterExternalAuthHttp {
  readonly allowedHeaders?: ReadonlyArray<string>
  readonly allowedResponseHeaders?: ReadonlyArray<string>
  readonly path?: string
}

export interface HTTPRouteRuleBackendRefFilterExternalAuth {
  readonly backendRef: HTTPRouteRuleBackendRefFilterExternalAuthBackendRef
  readonly forwardBody?: HTTPRouteRuleBackendRefFilterExternalAuthForwardBody
  readonly grpc?: HTTPRouteRuleBackendRefFilterExternalAuthGrpc
  readonly http?: HTTPRouteRuleBackendRefFilterExternalAuthHttp
  readonly protocol: "HTTP" | "GRPC"
}

export interface HTTPRouteRuleBackendRefFilterRequestHeaderModifierAddItem {
  readonly name: string
  readonly value: string
}

export interface HTTPRouteRuleBackendRefFilterRequestHeaderModifier {
  readonly add?: ReadonlyArray<HTTPRouteRuleBackendRefFilterRequestHeaderModifierAddItem>
  readonly remove?: ReadonlyArray<string>
  readonly set?: ReadonlyArray<HTTPRouteRuleBackendRefFilterRequestHeaderModifierAddItem>
}

export interface HTTPRouteRuleBackendRefFilterRequestMirrorFraction {
  readonly denominator?: number
  readonly numerator: number
}

export interface HTTPRouteRuleBackendRefFilterRequestMirror {
  readonly backendRef: HTTPRouteRuleBackendRefFilterExternalAuthBackendRef
  readonly fraction?: HTTPRouteRuleBackendRefFilterRequestMirrorFraction
  readonly percent?: number
}

export interface HTTPRouteRuleBackendRefFilterRequestRedirectPath {
  readonly replaceFullPath?: string
  readonly replacePrefixMatch?: string
  readonly type: "ReplaceFullPath" | "ReplacePrefixMatch"
}

export interface HTTPRouteRuleBackendRefFilterRequestRedirect {
  readonly hostname?: string
  readonly path?: HTTPRouteRuleBackendRefFilterRequestRedirectPath
  readonly port?: number
  readonly scheme?: "http" | "https"
  readonly statusCode?: 301 | 302 | 303 | 307 | 308
}

export interface HTTPRouteRuleBackendRefFilterUrlRewrite {
  readonly hostname?: string
  readonly path?: HTTPRouteRuleBackendRefFilterRequestRedirectPath
}

export interface HTTPRouteRuleBackendRefFilter {
  readonly cors?: HTTPRouteRuleBackendRefFilterCors
  readonly extensionRef?: HTTPRouteRuleBackendRefFilterExtensionRef
  readonly externalAuth?: HTTPRouteRuleBackendRefFilterExternalAuth
  readonly requestHeaderModifier?: HTTPRouteRuleBackendRefFilterRequestHeaderModifier
  readonly requestMirror?: HTTPRouteRuleBackendRefFilterRequestMirror
  readonly requestRedirect?: HTTPRouteRuleBackendRefFilterRequestRedirect
  readonly responseHeaderModifier?: HTTPRouteRuleBackendRefFilterRequestHeaderModifier
  readonly type: "RequestHeaderModifier" | "ResponseHeaderModifier" | "RequestMirror" | "RequestRedirect" | "URLRewrite" | "ExtensionRef" | "CORS" | "ExternalAuth"
  readonly urlRewrite?: HTTPRouteRuleBackendRefFilterUrlRewrite
}

export interface HTTPRouteRuleBackendRef {
  readonly filters?: ReadonlyArray<HTTPRouteRuleBackendRefFilter>
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly weight?: number
}

export interface HTTPRouteRuleMatchHeader {
  readonly name: string
  readonly type?: "Exact" | "RegularExpression"
  readonly value: string
}

export interface HTTPRouteRuleMatchPath {
  readonly type?: "Exact" | "PathPrefix" | "RegularExpression"
  readonly value?: string
}

export interface HTTPRouteRuleMatch {
  readonly headers?: ReadonlyArray<HTTPRouteRuleMatchHeader>
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH"
  readonly path?: HTTPRouteRuleMatchPath
  readonly queryParams?: ReadonlyArray<HTTPRouteRuleMatchHeader>
}

export interface HTTPRouteRuleRetry {
  readonly attempts?: number
  readonly backoff?: string
  readonly codes?: ReadonlyArray<number>
}

export interface HTTPRouteRuleSessionPersistenceCookieConfig {
  readonly lifetimeType?: "Permanent" | "Session"
}

export interface HTTPRouteRuleSessionPersistence {
  readonly absoluteTimeout?: string
  readonly cookieConfig?: HTTPRouteRuleSessionPersistenceCookieConfig
  readonly sessionName?: string
  readonly type?: "Cookie" | "Header"
}

export interface HTTPRouteRuleTimeouts {
  readonly backendRequest?: string
  readonly request?: string
}

export interface HTTPRouteRule {
  readonly backendRefs?: ReadonlyArray<HTTPRouteRuleBackendRef>
  readonly filters?: ReadonlyArray<HTTPRouteRuleBackendRefFilter>
  readonly matches?: ReadonlyArray<HTTPRouteRuleMatch>
  readonly name?: string
  readonly retry?: HTTPRouteRuleRetry
  readonly sessionPersistence?: HTTPRouteRuleSessionPersistence
  readonly timeouts?: HTTPRouteRuleTimeouts
}

export interface HTTPRouteSpec {
  readonly hostnames?: ReadonlyArray<string>
  readonly parentRefs?: ReadonlyArray<HTTPRouteParentRef>
  readonly rules?: ReadonlyArray<HTTPRouteRule>
  readonly useDefaultGateways?: "All" | "None"
}

export interface HTTPRouteStatusParentCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface HTTPRouteStatusParent {
  readonly conditions: ReadonlyArray<HTTPRouteStatusParentCondition>
  readonly controllerName: string
  readonly parentRef: HTTPRouteParentRef
}

export interface HTTPRouteStatus {
  readonly parents: ReadonlyArray<HTTPRouteStatusParent>
}
