// Claimants other than routes: TCP and UDP listeners with their routes, and the proxy as a whole.

import type { RouteContext } from "../features/feature.ts"
import type { L4Listener, L4Route, Origin, PlanSource, ProxyPlan } from "../plan/index.ts"
import { type AllClaims, claimsOfClusters, claimsOfListener, claimsOfProxy, claimsOfRoute } from "./claims.ts"
import { type ClusterSpec, clusterOf } from "./cluster-spec.ts"
import { emptyCluster } from "./names.ts"

const l4Prefix = "\u0003l4\u0003"

/** Claimant that stands for the proxy itself. */
export const proxyClaimant = "\u0003proxy"

/** Claimant that stands for a TCP or UDP listener. */
export function l4Claimant(listener: string): string {
  return l4Prefix + listener
}

/** Everything a claimant claims, in full. Read by each resource that it makes. */
export function claimsOf(source: PlanSource, context: RouteContext, proxyKey: string, claimant: string): AllClaims {
  if (claimant === proxyClaimant) return claimsOfPlan(planOf(source, proxyKey))
  if (claimant.startsWith(l4Prefix)) {
    const name = claimant.slice(l4Prefix.length)
    const listener = planOf(source, proxyKey).listeners.l4.find((l4) => l4.name === name)
    return listener === undefined ? claimsOfClusters([]) : claimsOfL4(listener, source.l4Routes(name))
  }
  return claimsOfRoute(source.route(claimant), context)
}

/** The plan of a proxy that is known to exist. */
export function planOf(source: PlanSource, proxyKey: string): ProxyPlan {
  const plan = source.proxy(proxyKey)
  if (plan === undefined) throw new Error(`no proxy ${proxyKey}`)
  return plan
}

/** Certificates stand in the filter chains of routes, so without routes nobody asks for them. */
function claimsOfL4(listener: L4Listener, routes: readonly L4Route[]): AllClaims {
  const { origin } = listener
  if (routes.length === 0) return claimsOfClusters([{ type: "empty", name: emptyCluster, origin }])
  return joined([
    claimsOfClusters(routes.map(({ destination }) => clusterOf(destination, false, origin))),
    claimsOfListener(listener),
  ])
}

function claimsOfPlan({ options, listeners, serviceCluster }: ProxyPlan): AllClaims {
  const origin: Origin = { object: `Proxy/${options.key}`, field: "" }
  const own: ClusterSpec[] =
    serviceCluster === undefined ? [] : [{ ...clusterOf(serviceCluster, false, origin), isProxyService: true }]
  return joined([...listeners.http.map(claimsOfListener), claimsOfProxy(options), claimsOfClusters(own)])
}

function joined(all: readonly AllClaims[]): AllClaims {
  return {
    filters: [],
    clusters: all.flatMap(({ clusters }) => clusters),
    secrets: all.flatMap(({ secrets }) => secrets),
    directBodyBytes: 0,
  }
}
