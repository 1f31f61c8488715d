// URLRewrite of the Gateway API and `urlRewrite` of HTTPRouteFilter.
import { strippedPrefix } from "../../emit/regex.ts"
import { defined } from "../../emit/wire.ts"
import type { UrlRewrite } from "../../plan/index.ts"
import type { Feature, RouteContribution } from "../feature.ts"

type ForwardFields = NonNullable<RouteContribution["forward"]>

/** Host and path changes before a request goes upstream. */
export const urlRewrite: Feature = {
  name: "url-rewrite",
  contributeRoute: ({ action, urlRewrite: rewrite }) => {
    if (action.type !== "forward" || rewrite === undefined) return undefined
    return { forward: { ...hostFields(rewrite), ...pathFields(rewrite) } }
  },
}

function hostFields({ host, isForwardedHostAppended }: UrlRewrite): ForwardFields {
  if (host === undefined) return {}
  const hostRewriteSpecifier = ((): ForwardFields["hostRewriteSpecifier"] => {
    switch (host.type) {
      case "literal":
        return { case: "hostRewriteLiteral", value: host.value }
      case "header":
        return { case: "hostRewriteHeader", value: host.header }
      case "backend":
        return { case: "autoHostRewrite", value: { value: true } }
      case "path-regex":
        return {
          case: "hostRewritePathRegex",
          value: { pattern: { regex: host.pattern }, substitution: host.substitution },
        }
    }
  })()
  return defined({ hostRewriteSpecifier, appendXForwardedHost: isForwardedHostAppended ?? true })
}

function pathFields({ path }: UrlRewrite): ForwardFields {
  switch (path?.type) {
    case "full":
      return { regexRewrite: { pattern: { regex: "^/.*$" }, substitution: path.value } }
    case "prefix":
      return { prefixRewrite: path.value.length > 1 ? path.value.replace(/\/$/, "") : path.value }
    case "strip-prefix":
      return { regexRewrite: strippedPrefix(path.prefix) }
    case "regex":
      return { regexRewrite: { pattern: { regex: path.pattern }, substitution: path.substitution } }
    default:
      return {}
  }
}
