// Objects that defects are made of.
import { extensions, prefix, route, to } from "../resources.ts"

/** An object as written. */
export type Document = Readonly<Record<string, unknown>>

/** API of Envoy Gateway's objects. */
export const envoyGateway = "gateway.envoyproxy.io/v1alpha1"

/** Group of the Gateway API. */
export const gatewayApi = "gateway.networking.k8s.io"

/** The listener of the world that defects are put into, by its name in xDS. */
export const listener = "default/gw/http"

/** Where a patch of a listener finds the settings of its connection manager. */
export const manager = "/default_filter_chain/filters/0/typed_config"

/** A JSONPath to the routes of {@link bad}. */
export const badRoute = '..routes[?(@.name =~ "^httproute/default/bad/.*")]'

/** Name of the cluster behind {@link bad}. */
export const badCluster = "httproute/default/bad/rule/0"

/** HTTPRoute `bad` with one rule on `/bad`, as far as `rule` does not say otherwise. */
export function bad(rule: Document, rest: Document = {}): Document {
  return route("bad", [prefix("/bad", { backendRefs: [to("one")], ...rule })], rest)
}

/** {@link bad} with filters. */
export function filtered(...filters: readonly Document[]): Document {
  return bad({ filters })
}

/** {@link bad} with a policy `defect` on it. */
export function policy(spec: Document): readonly Document[] {
  return [bad({}), extensions("defect", { kind: "HTTPRoute", name: "bad" }, spec)]
}

/** A reference to an object of Envoy Gateway's. */
export function reference(kind: string, name: string): Document {
  return { group: "gateway.envoyproxy.io", kind, name }
}

/** {@link bad} with an HTTPRouteFilter `defect`. */
export function extensionFilter(spec: Document): readonly Document[] {
  return [
    filtered({ type: "ExtensionRef", extensionRef: reference("HTTPRouteFilter", "defect") }),
    { apiVersion: envoyGateway, kind: "HTTPRouteFilter", metadata: { name: "defect" }, spec },
  ]
}

/** {@link bad} in front of Backend `defect`, and how that is spoken to over TLS. */
export function tlsToBad(validation: Document): readonly Document[] {
  return [
    bad({ backendRefs: [to("defect")] }),
    {
      apiVersion: `${gatewayApi}/v1`,
      kind: "BackendTLSPolicy",
      metadata: { name: "defect" },
      spec: { targetRefs: [reference("Backend", "defect")], validation: { hostname: "a.test", ...validation } },
    },
  ]
}

/** ConfigMap `defect`. */
export function configMap(data: Document): Document {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "defect" }, data }
}

const types = {
  listener: "type.googleapis.com/envoy.config.listener.v3.Listener",
  route: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
  cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
} as const

/** One operation on a resource of the proxy. */
export interface PatchOf {
  readonly type: keyof typeof types
  readonly name: string
  readonly operation: Document
}

/** EnvoyPatchPolicy `defect`, and the route that it may be about. */
export function patches(...operations: readonly PatchOf[]): readonly Document[] {
  return [
    bad({}),
    {
      apiVersion: envoyGateway,
      kind: "EnvoyPatchPolicy",
      metadata: { name: "defect" },
      spec: {
        type: "JSONPatch",
        targetRef: { group: gatewayApi, kind: "Gateway", name: "gw" },
        jsonPatches: operations.map(({ type, name, operation }) => ({ type: types[type], name, operation })),
      },
    },
  ]
}

/** {@link patches} of one operation. */
export function patch(type: keyof typeof types, name: string, operation: Document): readonly Document[] {
  return patches({ type, name, operation })
}
