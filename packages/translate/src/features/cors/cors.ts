import { CorsPolicySchema, CorsSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/cors/v3/cors_pb"
import { stringMatcher } from "../../emit/route-match.ts"
import { typed } from "../../emit/wire.ts"
import type { CorsPlan } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"

const filterName = "envoy.filters.http.cors"
const claim = { filters: [filterName] }

/** Cross origin rules; the filter in the chain is empty, each route brings its policy. */
export const cors: Feature = {
  name: "cors",
  claimRoute: (route) => (route.cors === undefined ? undefined : claim),
  contributeRoute: (route) =>
    route.cors === undefined ? undefined : { perFilter: { [filterName]: policy(route.cors) } },
  fold: (name) => (name === filterName ? { config: typed(CorsSchema, {}) } : undefined),
}

function policy(plan: CorsPlan): ReturnType<typeof typed> {
  return typed(CorsPolicySchema, {
    allowOriginStringMatch: plan.allowOrigins.map(stringMatcher),
    allowMethods: joined(plan.allowMethods),
    allowHeaders: joined(plan.allowHeaders),
    exposeHeaders: joined(plan.exposeHeaders),
    ...(plan.maxAge === undefined ? {} : { maxAge: String(plan.maxAge) }),
    allowCredentials: plan.isCredentialsAllowed,
    forwardNotMatchingPreflights: false,
  })
}

function joined(values: readonly string[]): string {
  return values.includes("*") ? "*" : values.join(", ")
}
