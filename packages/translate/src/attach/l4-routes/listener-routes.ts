import type { L4Route } from "../../plan/index.ts"

/** A route that could stand on a listener. Those of one listener come in order of age, TLSRoutes before TCPRoutes. */
export interface L4Candidate {
  readonly kind: string
  readonly route: L4Route
}

/**
 * Routes that get the traffic of a listener.
 *
 * TLSRoutes share it by server name; a TCP or UDP route takes all of it, so it stands alone and only where nothing stands yet. Source: Envoy Gateway 1.9.
 * A server name that an older route has is not given to a younger one: Envoy takes no listener where two chains match alike.
 */
export function settleL4Routes(candidates: readonly L4Candidate[]): readonly L4Route[] {
  const settled: L4Route[] = []
  const taken = new Set<string>()
  for (const { kind, route } of candidates) {
    if (kind !== "TLSRoute") {
      if (settled.length === 0) settled.push(route)
      continue
    }
    const hosts = route.hosts.filter((host) => !taken.has(host))
    if (hosts.length === 0) continue
    for (const host of hosts) taken.add(host)
    settled.push(hosts.length === route.hosts.length ? route : { ...route, hosts })
  }
  return settled
}
