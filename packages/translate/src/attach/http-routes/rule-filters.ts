import type { GRPCRoute, HTTPRoute } from "@attache/kube-api"
import { planCors } from "./cors.ts"
import { emptyFilterDraft, type FilterDraft, refuse, refuseRule } from "./filter-draft.ts"
import { readHeaderModifier } from "./header-modifier.ts"
import { readMirror } from "./mirror.ts"
import { readRedirect } from "./redirect.ts"
import { extensionRefError, readExtensionRef } from "./route-filter.ts"
import type { RuleContext } from "./rule-context.ts"
import { readUrlRewrite } from "./url-rewrite.ts"

/** A filter of an HTTPRoute rule. */
export type HttpFilter = NonNullable<NonNullable<HTTPRoute["spec"]["rules"]>[number]["filters"]>[number]
/** A filter of a GRPCRoute rule. */
export type GrpcFilter = NonNullable<NonNullable<GRPCRoute["spec"]["rules"]>[number]["filters"]>[number]
type Filter = HttpFilter | GrpcFilter

const grpcTypes: readonly string[] = [
  "RequestHeaderModifier",
  "ResponseHeaderModifier",
  "RequestMirror",
  "ExtensionRef",
]

/**
 * Reads the filters of a rule in order.
 *
 * After a direct response, the user's or one made of an error, later filters are not read. Mirrors go with neither direct responses nor redirects.
 */
export function readFilters(context: RuleContext, rule: number, filters: readonly Filter[]): FilterDraft {
  const draft = emptyFilterDraft()
  for (const [index, filter] of filters.entries()) {
    if (draft.response !== undefined) break
    readFilter(draft, context, rule, index, filter)
  }
  if (draft.mirrors.length > 0 && (draft.response !== undefined || draft.redirect !== undefined)) {
    const other = draft.response !== undefined ? "DirectResponse" : "RequestRedirect"
    if (other === "DirectResponse") delete draft.response
    else delete draft.redirect
    draft.mirrors = []
    const message = `RequestMirror filter cannot be used when the rule also configures a ${other} filter`
    refuse(draft, message, "Accepted", "IncompatibleFilters")
  }
  return draft
}

function readFilter(draft: FilterDraft, context: RuleContext, rule: number, index: number, filter: Filter): void {
  const type: string = filter.type
  if (context.kind === "GRPCRoute" && !grpcTypes.includes(type)) {
    refuseRule(draft, `invalid filter ${type}: unsupported filter type: ${type}`, "Accepted")
    return
  }
  switch (type) {
    case "RequestHeaderModifier":
      if (filter.requestHeaderModifier !== undefined) readHeaderModifier(draft, "Request", filter.requestHeaderModifier)
      return
    case "ResponseHeaderModifier":
      if (filter.responseHeaderModifier !== undefined)
        readHeaderModifier(draft, "Response", filter.responseHeaderModifier)
      return
    case "RequestMirror":
      if (filter.requestMirror !== undefined) readMirror(draft, context, rule, index, filter.requestMirror)
      return
    case "ExtensionRef": {
      const error = extensionRefError(context, filter.extensionRef)
      if (error !== undefined) refuseRule(draft, `invalid filter ${type}: ${error}`, "Accepted")
      else if (filter.extensionRef !== undefined) readExtensionRef(draft, context, filter.extensionRef)
      return
    }
    default:
      readHttpFilter(draft, filter as HttpFilter)
  }
}

function readHttpFilter(draft: FilterDraft, filter: HttpFilter): void {
  switch (filter.type) {
    case "RequestRedirect":
      if (filter.requestRedirect !== undefined) readRedirect(draft, filter.requestRedirect)
      return
    case "URLRewrite":
      if (filter.urlRewrite !== undefined) readUrlRewrite(draft, filter.urlRewrite)
      return
    case "CORS":
      if (filter.cors !== undefined) draft.cors = planCors(filter.cors)
      return
    default:
      refuseRule(draft, `invalid filter ${filter.type}: unsupported filter type: ${filter.type}`, "Accepted")
  }
}
