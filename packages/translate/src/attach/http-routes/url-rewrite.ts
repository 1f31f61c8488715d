import type { HTTPRoute, HTTPRouteFilter } from "@attache/kube-api"
import { rewriteHostnameError } from "../backends/backend-address.ts"
import { type FilterDraft, type PathRewriteDraft, refuse } from "./filter-draft.ts"
import { regexError } from "./regular-expression.ts"

type Rule = NonNullable<HTTPRoute["spec"]["rules"]>[number]
type Filter = NonNullable<Rule["filters"]>[number]
type CoreRewrite = NonNullable<Filter["urlRewrite"]>
type ExtendedRewrite = NonNullable<HTTPRouteFilter["spec"]["urlRewrite"]>

const several = "cannot configure multiple urlRewrite filters for a single HTTPRouteRule"

/** Adds a Gateway API rewrite. A second one, or one beside an HTTPRouteFilter that rewrites the same part, is refused. */
export function readUrlRewrite(draft: FilterDraft, { hostname, path }: CoreRewrite): void {
  const hasCore = draft.host?.type === "literal" || (draft.path !== undefined && draft.path.type !== "regex")
  const asks = hostname !== undefined || path !== undefined
  const clashes =
    (hostname !== undefined && draft.host !== undefined && draft.host.type !== "literal") ||
    (path !== undefined && draft.path?.type === "regex")
  if ((hasCore && asks) || clashes) {
    refuse(draft, several)
    return
  }
  if (hostname !== undefined) {
    const error = rewriteHostnameError(hostname)
    if (error !== undefined) {
      refuse(draft, error)
      return
    }
    draft.host ??= { type: "literal", value: hostname }
  }
  if (path === undefined) return
  const read = readPath(path)
  if ("error" in read) refuse(draft, read.error)
  else draft.path ??= read
}

function readPath(path: NonNullable<CoreRewrite["path"]>): PathRewriteDraft | { readonly error: string } {
  const { type, replaceFullPath: full, replacePrefixMatch: prefix } = path
  const named = `when rewrite path type is "${type}"`
  switch (type) {
    case "ReplaceFullPath":
      if (prefix !== undefined) return { error: `ReplacePrefixMatch cannot be set ${named}` }
      return full === undefined ? { error: `ReplaceFullPath must be set ${named}` } : { type: "full", value: full }
    case "ReplacePrefixMatch":
      if (full !== undefined) return { error: `ReplaceFullPath cannot be set ${named}` }
      return prefix === undefined
        ? { error: `ReplacePrefixMatch must be set ${named}` }
        : { type: "prefix", value: prefix }
    default:
      return {
        error: `rewrite path type: ${type} is invalid, only "ReplaceFullPath" and "ReplacePrefixMatch" are supported`,
      }
  }
}

/** Adds the rewrite of an HTTPRouteFilter; true when it was refused, so that the rest of the filter is left alone. */
export function readExtendedRewrite(
  draft: FilterDraft,
  { hostname, path, appendXForwardedHost }: ExtendedRewrite,
): boolean {
  const hasExtended = draft.path?.type === "regex" || (draft.host !== undefined && draft.host.type !== "literal")
  const asks = hostname !== undefined || path !== undefined
  const clashes =
    (hostname !== undefined && draft.host?.type === "literal") ||
    (path !== undefined && draft.path !== undefined && draft.path.type !== "regex")
  if ((hasExtended && asks) || clashes) {
    refuse(draft, several)
    return true
  }
  const error = readRegexPath(draft, path) ?? readHost(draft, hostname)
  if (error !== undefined) {
    refuse(draft, error)
    return true
  }
  if (appendXForwardedHost !== undefined) draft.isForwardedHostAppended = appendXForwardedHost
  return false
}

function readRegexPath(draft: FilterDraft, path: ExtendedRewrite["path"]): string | undefined {
  if (path?.type !== "ReplaceRegexMatch") return undefined
  const { pattern = "", substitution = "" } = path.replaceRegexMatch ?? {}
  if (pattern === "") return 'ReplaceRegexMatch Pattern must be set when rewrite path type is "ReplaceRegexMatch"'
  if (regexError(pattern) !== undefined) return "ReplaceRegexMatch must be a valid RE2 regular expression"
  draft.path ??= { type: "regex", pattern, substitution }
  return undefined
}

function readHost(draft: FilterDraft, hostname: ExtendedRewrite["hostname"]): string | undefined {
  switch (hostname?.type) {
    case "Header":
      if (hostname.header === undefined) return 'Header must be set when rewrite path type is "Header"'
      draft.host ??= { type: "header", header: hostname.header }
      return undefined
    case "Backend":
      draft.host ??= { type: "backend" }
      return undefined
    case "PathRegex": {
      const { pattern = "", substitution = "" } = hostname.pathRegex ?? {}
      if (pattern === "" || substitution === "") {
        return 'PathRegex Pattern and Substitution must be set when rewrite hostname type is "PathRegex"'
      }
      if (regexError(pattern) !== undefined) return "PathRegex must be a valid RE2 regular expression"
      draft.host ??= { type: "path-regex", pattern, substitution }
      return undefined
    }
    default:
      return undefined
  }
}
