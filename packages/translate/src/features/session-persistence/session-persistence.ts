// Sticky sessions of an HTTPRoute rule: the upstream's address in a cookie or header.
import {
  StatefulSessionPerRouteSchema,
  StatefulSessionSchema,
} from "@attache/envoy-api/gen/envoy/extensions/filters/http/stateful_session/v3/stateful_session_pb"
import { CookieBasedSessionStateSchema } from "@attache/envoy-api/gen/envoy/extensions/http/stateful_session/cookie/v3/cookie_pb"
import { HeaderBasedSessionStateSchema } from "@attache/envoy-api/gen/envoy/extensions/http/stateful_session/header/v3/header_pb"
import { duration } from "../../emit/duration.ts"
import { extension, type Init, typed } from "../../emit/wire.ts"
import type { SessionPersistencePlan } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"

const filterName = "envoy.filters.http.stateful_session"
const claim = { filters: [filterName] }

/** Sticky sessions; the disabled filter in the chain carries the first route's settings, each route its own. */
export const sessionPersistence: Feature = {
  name: "session-persistence",
  claimRoute: (route) => (route.sessionPersistence === undefined ? undefined : claim),
  contributeRoute: ({ sessionPersistence: plan }) =>
    plan === undefined
      ? undefined
      : {
          perFilter: {
            [filterName]: typed(StatefulSessionPerRouteSchema, {
              override: { case: "statefulSession", value: statefulSession(plan) },
            }),
          },
        },
  fold: (name, { sessionPersistence: plan }) =>
    name === filterName && plan !== undefined
      ? { config: typed(StatefulSessionSchema, statefulSession(plan)), isDisabled: true }
      : undefined,
}

function statefulSession(plan: SessionPersistencePlan): Init<typeof StatefulSessionSchema> {
  return {
    sessionState:
      plan.type === "header"
        ? extension("envoy.http.stateful_session.header", HeaderBasedSessionStateSchema, { name: plan.name })
        : extension("envoy.http.stateful_session.cookie", CookieBasedSessionStateSchema, {
            cookie: {
              name: plan.name,
              ...(plan.cookiePath === undefined ? {} : { path: plan.cookiePath }),
              ...(plan.cookieTtl === undefined ? {} : { ttl: duration(plan.cookieTtl) }),
            },
          }),
  }
}
