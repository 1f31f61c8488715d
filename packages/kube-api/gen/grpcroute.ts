// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** GRPCRoute of gateway.networking.k8s.io, in the shape of v1. */
export interface GRPCRoute extends KubeResource {
  readonly kind: "GRPCRoute"
  readonly spec: GRPCRouteSpec
  readonly status?: GRPCRouteStatus
}

export interface GRPCRouteParentRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface GRPCRouteRuleBackendRefFilterExtensionRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface GRPCRouteRuleBackendRefFilterRequestHeaderModifierAddItem {
  readonly name: string
  readonly value: string
}

export interface GRPCRouteRuleBackendRefFilterRequestHeaderModifier {
  readonly add?: ReadonlyArray<GRPCRouteRuleBackendRefFilterRequestHeaderModifierAddItem>
  readonly remove?: ReadonlyArray<string>
  readonly set?: ReadonlyArray<GRPCRouteRuleBackendRefFilterRequestHeaderModifierAddItem>
}

export interface GRPCRouteRuleBackendRefFilterRequestMirrorBackendRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
}

export interface GRPCRouteRuleBackendRefFilterRequestMirrorFraction {
  readonly denominator?: number
  readonly numerator: number
}

export interface GRPCRouteRuleBackendRefFilterRequestMirror {
  readonly backendRef: GRPCRouteRuleBackendRefFilterRequestMirrorBackendRef
  readonly fraction?: GRPCRouteRuleBackendRefFilterRequestMirrorFraction
  readonly percent?: number
}

export interface GRPCRouteRuleBackendRefFilter {
  readonly extensionRef?: GRPCRouteRuleBackendRefFilterExtensionRef
  readonly requestHeaderModifier?: GRPCRouteRuleBackendRefFilterRequestHeaderModifier
  readonly requestMirror?: GRPCRouteRuleBackendRefFilterRequestMirror
  readonly responseHeaderModifier?: GRPCRouteRuleBackendRefFilterRequestHeaderModifier
  readonly type: "ResponseHeaderModifier" | "RequestHeaderModifier" | "RequestMirror" | "ExtensionRef"
}

export interface GRPCRouteRuleBackendRef {
  readonly filters?: ReadonlyArray<GRPCRouteRuleBackendRefFilter>
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly weight?: number
}

export interface GRPCRouteRuleMatchHeader {
  readonly name: string
  readonly type?: "Exact" | "RegularExpression"
  readonly value: string
}

export interface GRPCRouteRuleMatchMethod {
  readonly method?: string
  readonly service?: string
  readonly type?: "Exact" | "RegularExpression"
}

export interface GRPCRouteRuleMatch {
  readonly headers?: ReadonlyArray<GRPCRouteRuleMatchHeader>
  readonly method?: GRPCRouteRuleMatchMethod
}

export interface GRPCRouteRuleSessionPersistenceCookieConfig {
  readonly lifetimeType?: "Permanent" | "Session"
}

export interface GRPCRouteRuleSessionPersistence {
  readonly absoluteTimeout?: string
  readonly cookieConfig?: GRPCRouteRuleSessionPersistenceCookieConfig
  readonly sessionName?: string
  readonly type?: "Cookie" | "Header"
}

export interface GRPCRouteRule {
  readonly backendRefs?: ReadonlyArray<GRPCRouteRuleBackendRef>
  readonly filters?: ReadonlyArray<GRPCRouteRuleBackendRefFilter>
  readonly matches?: ReadonlyArray<GRPCRouteRuleMatch>
  readonly name?: string
  readonly sessionPersistence?: GRPCRouteRuleSessionPersistence
}

export interface GRPCRouteSpec {
  readonly hostnames?: ReadonlyArray<string>
  readonly parentRefs?: ReadonlyArray<GRPCRouteParentRef>
  readonly rules?: ReadonlyArray<GRPCRouteRule>
  readonly useDefaultGateways?: "All" | "None"
}

export interface GRPCRouteStatusParentCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface GRPCRouteStatusParent {
  readonly conditions: ReadonlyArray<GRPCRouteStatusParentCondition>
  readonly controllerName: string
  readonly parentRef: GRPCRouteParentRef
}

export interface GRPCRouteStatus {
  readonly parents: ReadonlyArray<GRPCRouteStatusParent>
}
