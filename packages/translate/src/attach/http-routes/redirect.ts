import type { HTTPRoute } from "@attache/kube-api"
import type { PathMatch, RedirectPlan } from "../../plan/index.ts"
import { rewriteHostnameError } from "../backends/backend-address.ts"
import { type FilterDraft, type RedirectDraft, refuse } from "./filter-draft.ts"

type Rule = NonNullable<HTTPRoute["spec"]["rules"]>[number]
type Redirect = NonNullable<NonNullable<Rule["filters"]>[number]["requestRedirect"]>

const statusCodes: readonly number[] = [301, 302, 303, 307, 308]

/** Adds a redirect filter to a draft; a rule has one at most. */
export function readRedirect(draft: FilterDraft, redirect: Redirect): void {
  const error =
    draft.redirect === undefined
      ? redirectError(redirect)
      : "cannot configure multiple requestRedirect filters for a single HTTPRouteRule"
  if (error !== undefined) {
    refuse(draft, error)
    return
  }
  const { scheme, hostname, port, statusCode, path } = redirect
  draft.redirect = {
    ...(scheme === undefined ? {} : { scheme }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(port === undefined ? {} : { port }),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(path?.type === "ReplaceFullPath" && path.replaceFullPath !== undefined
      ? { fullPath: path.replaceFullPath }
      : {}),
    ...(path?.type === "ReplacePrefixMatch" && path.replacePrefixMatch !== undefined
      ? { prefixReplacement: path.replacePrefixMatch }
      : {}),
  }
}

function redirectError({ scheme, hostname, path, statusCode }: Redirect): string | undefined {
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") {
    return `scheme: ${String(scheme)} is unsupported, only 'https' and 'http' are supported`
  }
  const hostnameError = hostname === undefined ? undefined : rewriteHostnameError(hostname)
  if (hostnameError !== undefined) return hostnameError
  if (path !== undefined && path.type !== "ReplaceFullPath" && path.type !== "ReplacePrefixMatch") {
    return `redirect path type: ${String(path.type)} is invalid, only "ReplaceFullPath" and "ReplacePrefixMatch" are supported`
  }
  if (statusCode !== undefined && !statusCodes.includes(statusCode)) {
    return `status code ${statusCode} is invalid, only 301, 302, 303, 307 and 308 are supported`
  }
  return undefined
}

/**
 * The redirect of one match on one listener.
 *
 * Without a port of its own a redirect goes to the scheme's well known port, without a scheme to the listener's; 80 and 443 are never spelled out.
 */
export function planRedirect(draft: RedirectDraft, path: PathMatch | undefined, listenerPort: number): RedirectPlan {
  const { scheme, hostname, statusCode, fullPath, prefixReplacement } = draft
  const wellKnown = scheme === "http" ? 80 : scheme === "https" ? 443 : undefined
  const port = draft.port ?? wellKnown ?? listenerPort
  const replaced = redirectPath(fullPath, prefixReplacement, path)
  return {
    ...(scheme === undefined ? {} : { scheme }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(port === 80 || port === 443 ? {} : { port }),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(replaced === undefined ? {} : { path: replaced }),
  }
}

function redirectPath(
  full: string | undefined,
  prefix: string | undefined,
  path: PathMatch | undefined,
): RedirectPlan["path"] {
  if (full !== undefined) return { type: "full", value: full }
  if (prefix === undefined) return undefined
  return path?.type === "prefix" && isRoot(prefix)
    ? { type: "strip-prefix", prefix: path.value }
    : { type: "prefix", value: prefix }
}

/** Replacements that leave nothing of a prefix; Envoy's own prefix rewrite would leave two slashes. */
export function isRoot(replacement: string): boolean {
  return replacement === "" || replacement === "/"
}
