// One route: what every route has, and what features add.
import { encode } from "@attache/envoy-api"
import { RouteSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import type { Any } from "@bufbuild/protobuf/wkt"
import type { Feature, RouteContext } from "../features/feature.ts"
import { features } from "../features/index.ts"
import type { Origin, PlanRoute } from "../plan/index.ts"
import { resourceMetadata } from "./metadata.ts"
import { type Filled, settle } from "./precedence.ts"
import { routeMatch } from "./route-match.ts"
import type { Init } from "./wire.ts"

/** A route as it stands in its virtual host. */
export interface EncodedRoute {
  readonly bytes: Uint8Array
  readonly origins: readonly Origin[]
}

const contributors = features.filter(
  (feature): feature is Feature & Required<Pick<Feature, "contributeRoute">> => feature.contributeRoute !== undefined,
)

/** The encoded `envoy.config.route.v3.Route`. Throws when two features claim one slot or one filter of it. */
export function encodeRoute(route: PlanRoute, context: RouteContext): EncodedRoute {
  const { message, origins } = routeMessage(route, context)
  return { bytes: encode(RouteSchema, message), origins }
}

/** The route before it is encoded. */
export function routeMessage(
  route: PlanRoute,
  context: RouteContext,
): { readonly message: Init<typeof RouteSchema>; readonly origins: readonly Origin[] } {
  const fields: Filled[] = []
  const forward: Filled[] = []
  const perFilter: [string, Any][] = []
  const origins: Origin[] = [route.origin]
  for (const feature of contributors) {
    const part = feature.contributeRoute(route, context)
    if (part === undefined) continue
    if (part.route !== undefined) fields.push({ feature: feature.name, fields: part.route })
    if (part.forward !== undefined) forward.push({ feature: feature.name, fields: part.forward })
    if (part.perFilter !== undefined) perFilter.push(...Object.entries(part.perFilter))
    if (part.origins !== undefined) origins.push(...part.origins)
  }
  const metadata = resourceMetadata(route.metadata)
  const message: Init<typeof RouteSchema> = {
    name: route.name,
    match: routeMatch(route.match),
    ...(metadata === undefined ? {} : { metadata }),
    ...(forward.length === 0 ? {} : { action: { case: "route", value: settle("forward", forward) } }),
    ...settle("route", fields),
    ...(perFilter.length === 0 ? {} : { typedPerFilterConfig: filterConfigs(route, perFilter) }),
  }
  return { message, origins }
}

/** What a route that could not be made answers: 500, on its own match, so that no wider route takes its requests. */
export function encodeBrokenRoute(route: PlanRoute): EncodedRoute {
  const bytes = encode(RouteSchema, {
    name: route.name,
    match: routeMatch(route.match),
    action: { case: "directResponse", value: { status: 500 } },
  })
  return { bytes, origins: [route.origin] }
}

function filterConfigs({ name }: PlanRoute, entries: readonly [string, Any][]): Record<string, Any> {
  const out: Record<string, Any> = {}
  for (const [filter, config] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (out[filter] !== undefined) throw new Error(`route ${name} has two configurations for filter ${filter}`)
    out[filter] = config
  }
  return out
}
