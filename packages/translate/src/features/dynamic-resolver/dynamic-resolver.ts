// Backends of type DynamicResolver: the request's host is resolved when it comes. Loopback names are refused, lest a
// client reach the proxy's own ports.
import { ActionSchema, RBAC_Action } from "@attache/envoy-api/gen/envoy/config/rbac/v3/rbac_pb"
import { RBACPerRouteSchema, RBACSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/rbac/v3/rbac_pb"
import { HttpRequestHeaderMatchInputSchema } from "@attache/envoy-api/gen/envoy/type/matcher/v3/http_inputs_pb"
import type { Matcher_MatcherList_PredicateSchema } from "@attache/envoy-api/gen/xds/type/matcher/v3/matcher_pb"
import { type Init, typed } from "../../emit/wire.ts"
import type { PlanRoute } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"

const filterName = "envoy.filters.http.rbac.dfp_loopback_deny"
const claim = { filters: [filterName] }

/** Texts of `:authority` that mean the proxy's own machine, each with or without a port. */
const loopbackHosts: readonly string[] = [
  "127\\.0\\.0\\.1",
  "localhost",
  "localhost\\.localdomain",
  "ip6-localhost",
  "ip6-loopback",
  "\\[::1\\]",
  "::1",
]

/** Refusal of loopback hosts on routes whose backend is the request's own host. */
export const dynamicResolver: Feature = {
  name: "dynamic-resolver",
  claimRoute: (route) => (isDynamic(route) ? claim : undefined),
  contributeRoute: (route) => (isDynamic(route) ? { perFilter: { [filterName]: denyLoopback() } } : undefined),
  fold: (name) => (name === filterName ? { config: typed(RBACSchema, {}) } : undefined),
}

function isDynamic({ action }: PlanRoute): boolean {
  return (
    action.type === "forward" &&
    action.forward.destination.settings.some(({ addressType }) => addressType === "dynamic-resolver")
  )
}

function denyLoopback(): ReturnType<typeof typed> {
  return typed(RBACPerRouteSchema, {
    rbac: {
      matcher: {
        matcherType: {
          case: "matcherList",
          value: {
            matchers: [
              {
                predicate: {
                  matchType: { case: "orMatcher", value: { predicate: loopbackHosts.map(authorityMatches) } },
                },
                onMatch: {
                  onMatch: {
                    case: "action",
                    value: {
                      name: "deny-loopback-host",
                      typedConfig: typed(ActionSchema, { name: "DENY", action: RBAC_Action.DENY }),
                    },
                  },
                },
              },
            ],
          },
        },
        onNoMatch: {
          onMatch: { case: "action", value: { name: "default", typedConfig: typed(ActionSchema, { name: "ALLOW" }) } },
        },
      },
    },
  })
}

function authorityMatches(host: string): Init<typeof Matcher_MatcherList_PredicateSchema> {
  return {
    matchType: {
      case: "singlePredicate",
      value: {
        input: {
          name: "http_header",
          typedConfig: typed(HttpRequestHeaderMatchInputSchema, { headerName: ":authority" }),
        },
        matcher: {
          case: "valueMatch",
          value: {
            matchPattern: {
              case: "safeRegex",
              value: { engineType: { case: "googleRe2", value: {} }, regex: `^${host}(?::\\d+)?$` },
            },
          },
        },
      },
    },
  }
}
