// RequestRedirect.
import {
  RedirectAction_RedirectResponseCode,
  type RedirectActionSchema,
} from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { strippedPrefix } from "../../emit/regex.ts"
import { defined, type Init } from "../../emit/wire.ts"
import type { RedirectPlan } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"

const responseCodes: Readonly<Record<number, RedirectAction_RedirectResponseCode>> = {
  301: RedirectAction_RedirectResponseCode.MOVED_PERMANENTLY,
  302: RedirectAction_RedirectResponseCode.FOUND,
  303: RedirectAction_RedirectResponseCode.SEE_OTHER,
  307: RedirectAction_RedirectResponseCode.TEMPORARY_REDIRECT,
  308: RedirectAction_RedirectResponseCode.PERMANENT_REDIRECT,
}

/** Routes that answer with a redirect. */
export const redirect: Feature = {
  name: "redirect",
  contributeRoute: ({ action }) =>
    action.type === "redirect"
      ? { route: { action: { case: "redirect", value: redirectAction(action.redirect) } } }
      : undefined,
}

function redirectAction(plan: RedirectPlan): Init<typeof RedirectActionSchema> {
  return defined({
    schemeRewriteSpecifier:
      plan.scheme === undefined ? undefined : { case: "schemeRedirect" as const, value: plan.scheme },
    hostRedirect: plan.hostname,
    portRedirect: plan.port,
    pathRewriteSpecifier: pathRewrite(plan.path),
    responseCode: plan.statusCode === undefined ? undefined : responseCodes[plan.statusCode],
  })
}

function pathRewrite(path: RedirectPlan["path"]): Init<typeof RedirectActionSchema>["pathRewriteSpecifier"] {
  switch (path?.type) {
    case "full":
      return { case: "pathRedirect", value: path.value }
    case "prefix":
      return { case: "prefixRewrite", value: path.value }
    case "strip-prefix":
      return { case: "regexRewrite", value: strippedPrefix(path.prefix) }
    default:
      return undefined
  }
}
