/** Whether a hostname is of the form `*.example.com`. */
export function isWildcard(hostname: string): boolean {
  return hostname.startsWith("*.")
}

/** Whether a wildcard such as `*.example.com` covers a name or a longer wildcard: any number of labels, at least one character. */
export function covers(wildcard: string, hostname: string): boolean {
  const suffix = wildcard.slice(1)
  return hostname.length > suffix.length && hostname.endsWith(suffix)
}

/** What two hostnames have in common, the more specific of the two, or undefined. An absent listener hostname takes all. */
export function intersectHostname(listener: string | undefined, route: string): string | undefined {
  if (listener === undefined || listener === "" || listener === route) return route
  if (isWildcard(listener) && covers(listener, route)) return route
  if (isWildcard(route) && covers(route, listener)) return listener
  return undefined
}

/**
 * Hosts a route serves on a listener, sorted and distinct; empty when they have no host in common.
 *
 * `others` are hostnames of the Gateway's other listeners on the same port: a host that one of them has exactly is left to it. Routes without hostnames
 * are not isolated so. Source: Envoy Gateway 1.9.
 */
export function routeHosts(
  routeHostnames: readonly string[],
  listener: string | undefined,
  others: readonly (string | undefined)[],
): readonly string[] {
  if (routeHostnames.length === 0) return [listener === undefined || listener === "" ? "*" : listener]
  const hosts = new Set<string>()
  for (const hostname of routeHostnames) {
    const host = intersectHostname(listener, hostname)
    if (host !== undefined && !others.includes(host)) hosts.add(host)
  }
  return [...hosts].sort()
}

/** Hostnames of the other listeners on a listener's port, for {@link routeHosts}. */
export function otherHostnames<L extends { readonly port: number; readonly hostname?: string }>(
  gateway: { readonly listeners: readonly L[] },
  listener: L,
): readonly (string | undefined)[] {
  return gateway.listeners
    .filter((other) => other !== listener && other.port === listener.port)
    .map((other) => other.hostname)
}
