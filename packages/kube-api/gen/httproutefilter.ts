// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** HTTPRouteFilter of gateway.envoyproxy.io, in the shape of v1alpha1. */
export interface HTTPRouteFilter extends KubeResource {
  readonly kind: "HTTPRouteFilter"
  readonly spec: HTTPRouteFilterSpec
}

export interface HTTPRouteFilterCredentialInjectionCredentialValueRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

export interface HTTPRouteFilterCredentialInjectionCredential {
  readonly valueRef: HTTPRouteFilterCredentialInjectionCredentialValueRef
}

export interface HTTPRouteFilterCredentialInjection {
  readonly credential: HTTPRouteFilterCredentialInjectionCredential
  readonly header?: string
  readonly overwrite?: boolean
}

export interface HTTPRouteFilterDirectResponseBodyValueRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface HTTPRouteFilterDirectResponseBody {
  readonly inline?: string
  readonly type: string
  readonly valueRef?: HTTPRouteFilterDirectResponseBodyValueRef
}

export interface HTTPRouteFilterDirectResponseHeaderAddItem {
  readonly name: string
  readonly value: string
}

export interface HTTPRouteFilterDirectResponseHeader {
  readonly add?: ReadonlyArray<HTTPRouteFilterDirectResponseHeaderAddItem>
  readonly remove?: ReadonlyArray<string>
  readonly set?: ReadonlyArray<HTTPRouteFilterDirectResponseHeaderAddItem>
}

export interface HTTPRouteFilterDirectResponse {
  readonly body?: HTTPRouteFilterDirectResponseBody
  readonly contentType?: string
  readonly header?: HTTPRouteFilterDirectResponseHeader
  readonly statusCode?: number
}

export interface HTTPRouteFilterMatchCooky {
  readonly name: string
  readonly type?: "Exact" | "RegularExpression"
  readonly value: string
}

export interface HTTPRouteFilterMatch {
  readonly cookies?: ReadonlyArray<HTTPRouteFilterMatchCooky>
}

export interface HTTPRouteFilterUrlRewriteHostnamePathRegex {
  readonly pattern: string
  readonly substitution: string
}

export interface HTTPRouteFilterUrlRewriteHostname {
  readonly header?: string
  readonly pathRegex?: HTTPRouteFilterUrlRewriteHostnamePathRegex
  readonly type: "Header" | "Backend" | "PathRegex"
}

export interface HTTPRouteFilterUrlRewritePath {
  readonly replaceRegexMatch?: HTTPRouteFilterUrlRewriteHostnamePathRegex
  readonly type: "ReplaceRegexMatch"
}

export interface HTTPRouteFilterUrlRewrite {
  readonly appendXForwardedHost?: boolean
  readonly hostname?: HTTPRouteFilterUrlRewriteHostname
  readonly path?: HTTPRouteFilterUrlRewritePath
}

export interface HTTPRouteFilterSpec {
  readonly credentialInjection?: HTTPRouteFilterCredentialInjection
  readonly directResponse?: HTTPRouteFilterDirectResponse
  readonly matches?: ReadonlyArray<HTTPRouteFilterMatch>
  readonly urlRewrite?: HTTPRouteFilterUrlRewrite
}
