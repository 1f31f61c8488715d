import { type ProxySnapshot, type ResourcePart, resourceMaps } from "@attache/translate"
import type { RouteTest } from "./observer.ts"
import { sourceField } from "./source-field.ts"

const routeType = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"

/**
 * Tells whether a filter works on a route of a proxy, for filters that are named after a policy.
 *
 * @param route name of the route in xDS, as access logs have it: `httproute/NAMESPACE/NAME/rule/0/match/0/…`
 */
export function filtersOfRoute(snapshot: ProxySnapshot | undefined, route: string): RouteTest {
  const [, kind, namespace, name, rule, match] =
    /^([a-z]+)\/([^/]+)\/([^/]+)\/rule\/(\d+)\/match\/(-?\d+)/.exec(route) ?? []
  if (snapshot === undefined || kind === undefined) return () => false
  const object = `${kind}/${namespace}/${name}`
  const field = `spec.rules[${rule}]`
  const isOwn = ({ origins: [first] }: ResourcePart): boolean => {
    if (first === undefined) return false
    const [own = "", ...rest] = first.object.split("/")
    const isRule = first.field === field || first.field === `${field}.matches[${match}]`
    return `${own.toLowerCase()}/${rest.join("/")}` === object && isRule
  }
  const resources = [...(resourceMaps(snapshot).get(routeType)?.values() ?? [])]
  const parts = resources.flatMap((resource) => (resource.parts ?? []).flat()).filter(isOwn)
  const policies = new Set(parts.flatMap(({ origins }) => origins.map((origin) => `${origin.object} ${origin.field}`)))
  return (filter) => {
    const source = sourceField(filter)
    if (source === undefined) return false
    const { kind: of, namespace: within, name: called } = source.object
    return policies.has(`${of}/${within}/${called} ${source.field}`)
  }
}
