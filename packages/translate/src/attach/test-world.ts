// For tests: a world of plain objects and hand-made views of Gateways.
import { createGraph } from "@attache/base"
import { defaultSettings, type Settings } from "../world/settings.ts"
import { type AnyObject, createWorld } from "../world/world.ts"
import { readEndpointFacts } from "./backends/endpoints.ts"
import type { BackendOptions, GatewayView, ListenerView } from "./gateway-view.ts"
import type { RouteReads } from "./http-routes/attach.ts"

/** An object from kind, `namespace/name` and the members that matter. */
export function object(kind: string, key: string, rest: Readonly<Record<string, unknown>> = {}): AnyObject {
  const [namespace = "", name = ""] = key.split("/")
  const { metadata, apiVersion, ...others } = rest
  return {
    apiVersion: typeof apiVersion === "string" ? apiVersion : "v1",
    kind,
    metadata: { ...(namespace === "" ? {} : { namespace }), name, ...(metadata as object | undefined) },
    ...others,
  }
}

/** A Service with one TCP port and one ready endpoint. */
export function service(key: string, port = 8080, portName = "http"): readonly AnyObject[] {
  const [namespace = "", name = ""] = key.split("/")
  return [
    object("Service", key, { spec: { clusterIP: "10.0.0.1", ports: [{ name: portName, port, protocol: "TCP" }] } }),
    object("EndpointSlice", `${namespace}/${name}-1`, {
      metadata: { labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      ports: [{ name: portName, port, protocol: "TCP" }],
      endpoints: [{ addresses: ["7.7.7.7"], conditions: { ready: true } }],
    }),
  ]
}

/** Options of an empty EnvoyProxy. */
export const plainOptions: BackendOptions = {
  routingType: "Endpoint",
  isOnHost: false,
  luaValidation: "Strict",
  dynamicModules: [],
}

/** An HTTP listener on port 80 that takes routes of all namespaces. */
export function listener(name: string, rest: Partial<ListenerView> = {}): ListenerView {
  return {
    name,
    irName: `infra/gw/${name}`,
    port: 80,
    protocol: "HTTP",
    isReady: true,
    kinds: ["HTTPRoute", "GRPCRoute"],
    namespaces: { from: "All" },
    isTlsTerminated: false,
    ...rest,
  }
}

/** The Gateway `infra/gw`, accepted. */
export function gateway(listeners: readonly ListenerView[], backends: Partial<BackendOptions> = {}): GatewayView {
  return {
    namespace: "infra",
    name: "gw",
    proxyKey: "infra/gw",
    isAccepted: true,
    listeners,
    backends: { ...plainOptions, ...backends },
  }
}

/** Reads over objects, with the Namespace `default` and Backends enabled, and Gateways as given. */
export function readsOf(
  objects: readonly AnyObject[],
  gateways: readonly GatewayView[] = [],
  settings: Partial<Settings> = {},
): RouteReads {
  const world = createWorld(createGraph())
  world.configure({ ...defaultSettings, isBackendEnabled: true, ...settings })
  for (const each of [object("Namespace", "/default"), ...objects]) world.upsert(each)
  return {
    ...world,
    gateway: (namespace, name) => gateways.find((view) => view.namespace === namespace && view.name === name),
    endpointFacts: (id) => readEndpointFacts(world, id),
  }
}
