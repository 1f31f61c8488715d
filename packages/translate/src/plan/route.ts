import type { CredentialInjectionPlan, Destination, HeaderChanges, RetryPlan } from "./destination.ts"
import type { RouteExtensions } from "./extensions.ts"
import type { RouteMatch, TextMatch } from "./match.ts"
import type { Origin, ResourceMetadata } from "./origin.ts"

/** One route of one host of one listener: a rule and one of its matches, ready to be encoded. */
export interface PlanRoute {
  /** `httproute/{namespace}/{name}/rule/{r}/match/{m}/{host with _ for .}`. */
  readonly name: string
  /** Host of the virtual host it stands in, `*` or `*.example.com` or a name. */
  readonly host: string
  readonly match: RouteMatch
  readonly origin: Origin
  readonly metadata?: ResourceMetadata
  /** Route kind in lower case (`httproute`, `grpcroute`): WebSocket upgrades are for HTTP routes only. */
  readonly kind: "httproute" | "grpcroute"
  readonly action: RouteAction
  /** Where requests went before a policy that failed closed made the route answer itself: the clusters are still made. */
  readonly shelved?: Forward
  readonly requestHeaders?: HeaderChanges
  readonly responseHeaders?: HeaderChanges
  readonly urlRewrite?: UrlRewrite
  readonly mirrors: readonly Mirror[]
  readonly cors?: CorsPlan
  readonly timeouts?: RouteTimeouts
  readonly retry?: RetryPlan
  readonly sessionPersistence?: SessionPersistencePlan
  readonly credentialInjection?: CredentialInjectionPlan
  /** Keys of the objects of extension servers that filters and backendRefs of the rule refer to; absent when there are none. */
  readonly extensionRefs?: readonly string[]
  /** Absent: no policy has spoken; present and empty: a policy keeps others away. */
  readonly extensions?: RouteExtensions
}

/** What happens to a matched request. */
export type RouteAction =
  | { readonly type: "forward"; readonly forward: Forward }
  | { readonly type: "redirect"; readonly redirect: RedirectPlan }
  | { readonly type: "respond"; readonly response: DirectResponse }

/** Requests go to a cluster, or are split over several by weight. */
export interface Forward {
  readonly destination: Destination
  /** Absent: one cluster named as the destination, with one locality for each setting. */
  readonly split?: WeightedSplit
}

/** Shares of requests by cluster. */
export interface WeightedSplit {
  /** Weight of backends that are invalid or have no endpoints; goes to `invalid-backend-cluster`. 0: none. */
  readonly invalidWeight: number
  /** True: some backend has no endpoints, so the answer for the invalid share is 503; else 500. */
  readonly hasEmptyBackend: boolean
  /**
   * Settings (by index in the destination) that get traffic, each a cluster of its own named by the setting or by its merged cluster, in order.
   * Clusters are made for all settings of the destination that are not merged, also those without endpoints.
   */
  readonly clusters: readonly { readonly setting: number; readonly weight: number }[]
}

/** A redirect, as Envoy's RedirectAction needs it. */
export interface RedirectPlan {
  readonly scheme?: string
  readonly hostname?: string
  /** Never 80 or 443. */
  readonly port?: number
  readonly statusCode?: number
  readonly path?:
    | { readonly type: "full"; readonly value: string }
    | { readonly type: "prefix"; readonly value: string }
    /** Replaces the matched prefix by nothing; `prefix` is as the user wrote it. */
    | { readonly type: "strip-prefix"; readonly prefix: string }
}

/** An answer of Envoy's own. */
export interface DirectResponse {
  readonly status: number
  readonly body?: Uint8Array
  /** Set as response header `Content-Type`. */
  readonly contentType?: string
}

/** Changes of host and path before the request goes upstream. */
export interface UrlRewrite {
  readonly host?:
    | { readonly type: "literal"; readonly value: string }
    | { readonly type: "header"; readonly header: string }
    | { readonly type: "backend" }
    | { readonly type: "path-regex"; readonly pattern: string; readonly substitution: string }
  /** Default true when a host is rewritten. */
  readonly isForwardedHostAppended?: boolean
  readonly path?:
    | { readonly type: "full"; readonly value: string }
    | { readonly type: "prefix"; readonly value: string }
    | { readonly type: "strip-prefix"; readonly prefix: string }
    | { readonly type: "regex"; readonly pattern: string; readonly substitution: string }
}

/** A copy of requests. */
export interface Mirror {
  readonly destination: Destination
  /** Share of requests: numerator over hundred or million. Absent policy, present cluster: `isUnused`. */
  readonly numerator: number
  readonly denominator: "HUNDRED" | "MILLION"
  /** The share is 0: the cluster is made, the policy is not. */
  readonly isUnused?: boolean
}

/** Cross origin rules of a route. */
export interface CorsPlan {
  readonly allowOrigins: readonly TextMatch[]
  readonly allowMethods: readonly string[]
  readonly allowHeaders: readonly string[]
  readonly exposeHeaders: readonly string[]
  /** Seconds. */
  readonly maxAge?: number
  readonly isCredentialsAllowed: boolean
}

/** Timeouts as protobuf JSON durations. */
export interface RouteTimeouts {
  readonly request?: string
  readonly idle?: string
}

/** Sticky sessions of a rule. Durations are protobuf JSON texts. */
export interface SessionPersistencePlan {
  readonly name: string
  readonly type: "cookie" | "header"
  /** Lifetime of a permanent cookie. */
  readonly cookieTtl?: string
  readonly cookiePath?: string
}
