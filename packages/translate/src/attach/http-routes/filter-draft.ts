import type {
  CorsPlan,
  CredentialInjectionPlan,
  DirectResponse,
  HeaderChanges,
  HeaderValue,
  Mirror,
  UrlRewrite,
} from "../../plan/index.ts"
import type { ObjectKey } from "../../world/world.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import type { RouteError, RouteErrorType } from "../route-error.ts"
import type { CookieMatches } from "./matches.ts"

/** Header changes while filters are read; the first filter that speaks of a header wins. */
export interface HeaderDraft {
  readonly add: HeaderValue[]
  readonly set: HeaderValue[]
  readonly remove: string[]
}

/** A redirect whose path and port depend on match and listener. */
export interface RedirectDraft {
  readonly scheme?: string
  readonly hostname?: string
  readonly port?: number
  readonly statusCode?: number
  readonly fullPath?: string
  readonly prefixReplacement?: string
}

/** A path rewrite before the match is known. */
export type PathRewriteDraft =
  | { readonly type: "full"; readonly value: string }
  | { readonly type: "prefix"; readonly value: string }
  | { readonly type: "regex"; readonly pattern: string; readonly substitution: string }

/** What the filters of one rule, or of one backendRef, come to. Filled in filter order. */
export interface FilterDraft {
  response?: DirectResponse
  /** Of a direct response; it stays a header of the rule even when an error takes the response's place. */
  contentType?: string
  redirect?: RedirectDraft
  host?: NonNullable<UrlRewrite["host"]>
  path?: PathRewriteDraft
  isForwardedHostAppended?: boolean
  readonly requestHeaders: HeaderDraft
  readonly responseHeaders: HeaderDraft
  mirrors: Mirror[]
  cors?: CorsPlan
  credential?: CredentialInjectionPlan
  /** Of HTTPRouteFilters; one of a request's cookie sets must match. */
  cookies: readonly CookieMatches[]
  /** Objects of extension servers. */
  readonly extensionRefs: ObjectKey[]
  readonly errors: RouteError[]
  readonly uses: TlsPolicyUse[]
}

/** A draft without anything in it. */
export function emptyFilterDraft(): FilterDraft {
  return {
    requestHeaders: { add: [], set: [], remove: [] },
    responseHeaders: { add: [], set: [], remove: [] },
    mirrors: [],
    cookies: [],
    extensionRefs: [],
    errors: [],
    uses: [],
  }
}

/** Notes an error; almost all filter errors have reason UnsupportedValue. */
export function refuse(
  draft: FilterDraft,
  message: string,
  type: RouteErrorType = "Accepted",
  reason = "UnsupportedValue",
): void {
  draft.errors.push({ type, reason, message })
}

/** Notes an error after which the rule answers 500 and no further filter is read. */
export function refuseRule(draft: FilterDraft, message: string, type: RouteErrorType): void {
  draft.response = { status: 500 }
  refuse(draft, message, type)
}

/** The changes of a draft, or undefined when there are none. */
export function headerChanges({ add, set, remove }: HeaderDraft): HeaderChanges | undefined {
  return add.length + set.length + remove.length === 0 ? undefined : { add, set, remove }
}
