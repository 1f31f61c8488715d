import type { HTTPRoute } from "@attache/kube-api"
import type { CorsPlan, TextMatch } from "../../plan/index.ts"

type Rule = NonNullable<HTTPRoute["spec"]["rules"]>[number]
type Cors = NonNullable<NonNullable<Rule["filters"]>[number]["cors"]>

/** The plan of a CORS filter. An origin with `*` becomes an expression in which only the star is special. */
export function planCors(cors: Cors): CorsPlan {
  return {
    allowOrigins: (cors.allowOrigins ?? []).map(originMatch),
    allowMethods: cors.allowMethods ?? [],
    allowHeaders: cors.allowHeaders ?? [],
    exposeHeaders: cors.exposeHeaders ?? [],
    maxAge: cors.maxAge ?? 0,
    isCredentialsAllowed: cors.allowCredentials ?? false,
  }
}

function originMatch(origin: string): TextMatch {
  if (!origin.includes("*")) return { type: "exact", value: origin }
  return { type: "regex", value: origin.split("*").map(quoteRegex).join(".*") }
}

/** A text as an RE2 expression that matches exactly it. */
export function quoteRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")
}
