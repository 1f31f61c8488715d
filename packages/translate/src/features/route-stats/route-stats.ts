import type { PlanRoute } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"

/** EnvoyProxy `telemetry.metrics.routeStatName`: statistics of a route under a name of the user's making. */
export const routeStats: Feature = {
  name: "route-stats",
  contributeRoute: (route, { routeStatName }) =>
    routeStatName === undefined || routeStatName === ""
      ? undefined
      : { route: { statPrefix: statName(routeStatName, route) } },
}

function statName(pattern: string, { kind, name, metadata }: PlanRoute): string {
  const rule = /\/rule\/(-?\d+)\//.exec(name)?.[1] ?? "-"
  return pattern
    .replaceAll("%ROUTE_KIND%", kind)
    .replaceAll("%ROUTE_NAMESPACE%", metadata?.namespace ?? "-")
    .replaceAll("%ROUTE_NAME%", metadata?.name ?? "-")
    .replaceAll("%ROUTE_RULE_NAME%", metadata?.sectionName ?? "-")
    .replaceAll("%ROUTE_RULE_NUMBER%", rule)
}
