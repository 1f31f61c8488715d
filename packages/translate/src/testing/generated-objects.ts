// One object each of what a generated world consists of; equal arguments give equal objects.
import type { AnyObject } from "../world/world.ts"
import { generatedCertificates } from "./generated-certificates.ts"

/** What a route of a generated world may have instead of its own. */
export interface RouteChange {
  readonly weight?: number
  readonly path?: string
  readonly host?: string
  readonly service?: number
}

/** Listeners of the generated Gateway, and how many routes each has for one hundred of the world's size. */
export const generatedListeners = { web: 100, internal: 5, secure: 5 } as const

/** Name of a generated listener. */
export type GeneratedListener = keyof typeof generatedListeners

/** Ports of the listeners. */
export type ListenerPorts = Readonly<Record<GeneratedListener, number>>

type Data = Readonly<Record<string, unknown>>

const gatewayGroup = "gateway.networking.k8s.io"
const extensionVersion = "gateway.envoyproxy.io/v1alpha1"

/** Routes that share a Service. */
export const routesOfService = 4

function object(apiVersion: string, kind: string, key: string, rest: Data): AnyObject {
  const [namespace = "", name = ""] = key.split("/")
  const { labels, annotations, ...others } = rest
  const metadata = {
    ...(namespace === "" ? {} : { namespace }),
    name,
    creationTimestamp: "2026-01-01T00:00:00Z",
    ...(labels === undefined ? {} : { labels: labels as Readonly<Record<string, string>> }),
    ...(annotations === undefined ? {} : { annotations: annotations as Readonly<Record<string, string>> }),
  }
  return { apiVersion, kind, metadata, ...others }
}

/** Class, namespaces, certificate, and the service of external processors. */
export function groundObjects(): readonly AnyObject[] {
  const controllerName = "gateway.envoyproxy.io/gatewayclass-controller"
  return [
    object(`${gatewayGroup}/v1`, "GatewayClass", "/eg", { spec: { controllerName } }),
    object("v1", "Namespace", "/infra", {}),
    object("v1", "Namespace", "/apps", {}),
    object("v1", "ConfigMap", "apps/ca", { data: { "ca.crt": generatedCertificates[0].certificate } }),
    certificateObject(0),
    serviceObject("processor", 0),
    slicesObject("processor", 0, 0),
  ]
}

/** The Secret of the `secure` listener. @param version even and odd ones have different certificates */
export function certificateObject(version: number): AnyObject {
  const { certificate, key } = generatedCertificates[version % 2 === 0 ? 0 : 1]
  const base64 = (text: string): string => Buffer.from(text).toString("base64")
  const data = { "tls.crt": base64(certificate), "tls.key": base64(key) }
  return object("v1", "Secret", "infra/certificate", { type: "kubernetes.io/tls", data })
}

/** The Gateway. @param version goes into an annotation that reaches the metadata of every virtual host */
export function gatewayObject(ports: ListenerPorts, version: number): AnyObject {
  const allowedRoutes = { namespaces: { from: "All" } }
  const certificateRefs = [{ group: "", kind: "Secret", name: "certificate" }]
  const plain = (name: GeneratedListener): Data => ({ name, port: ports[name], protocol: "HTTP", allowedRoutes })
  const secure = { ...plain("secure"), protocol: "HTTPS", tls: { mode: "Terminate", certificateRefs } }
  return object(`${gatewayGroup}/v1`, "Gateway", "infra/gw", {
    ...(version === 0 ? {} : { annotations: { "gateway.envoyproxy.io/version": String(version) } }),
    spec: { gatewayClassName: "eg", listeners: [plain("web"), plain("internal"), secure] },
  })
}

/** Name of a Service. */
export function serviceName(service: number): string {
  return `service-${service}`
}

/** A Service. @param version odd ones speak HTTP/2 */
export function serviceObject(name: string, version: number): AnyObject {
  const protocol = version % 2 === 0 ? {} : { appProtocol: "kubernetes.io/h2c" }
  return object("v1", "Service", `apps/${name}`, {
    spec: { clusterIP: "10.0.0.1", ports: [{ name: "http", port: 80, protocol: "TCP", ...protocol }] },
  })
}

/** Endpoints of a Service: two, and one more that differs from version to version. */
export function slicesObject(name: string, service: number, version: number): AnyObject {
  const prefix = `10.${1 + (service >> 8)}.${service & 255}`
  const addresses = [`${prefix}.1`, `${prefix}.2`, ...(version === 0 ? [] : [`${prefix}.${3 + (version % 250)}`])]
  return object("discovery.k8s.io/v1", "EndpointSlice", `apps/${name}-1`, {
    labels: { "kubernetes.io/service-name": name },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  })
}

/** Name of a route. */
export function routeName(listener: GeneratedListener, route: number): string {
  return `${listener}-${String(route).padStart(6, "0")}`
}

/** A route. Half of them stand on five hosts that they share, each of the others on a host of its own. */
export function routeObject(listener: GeneratedListener, route: number, change: RouteChange = {}): AnyObject {
  const host = change.host ?? (route % 2 === 0 ? `shared-${route % 10}.example.com` : `own-${route}.example.com`)
  const name = serviceName(change.service ?? Math.floor(route / routesOfService))
  return object(`${gatewayGroup}/v1`, "HTTPRoute", `apps/${routeName(listener, route)}`, {
    spec: {
      parentRefs: [{ group: gatewayGroup, kind: "Gateway", namespace: "infra", name: "gw", sectionName: listener }],
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: change.path ?? `/api/${route}` } }],
          backendRefs: [{ group: "", kind: "Service", name, port: 80, weight: change.weight ?? 1 }],
        },
      ],
    },
  })
}

function extensionPolicy(name: string, route: number, spec: Data): AnyObject {
  const targetRefs = [{ group: gatewayGroup, kind: "HTTPRoute", name: routeName("web", route) }]
  return object(extensionVersion, "EnvoyExtensionPolicy", `apps/${name}-${route}`, { spec: { targetRefs, ...spec } })
}

/** A policy that runs Lua on one route. */
export function luaPolicyObject(route: number, version: number): AnyObject {
  const inline = `function envoy_on_request(handle)\n  handle:headers():add("x-version", "${version}")\nend\n`
  return extensionPolicy("lua", route, { lua: [{ type: "Inline", inline }] })
}

/** A policy that shows the requests of one route to an external processor. */
export function processorPolicyObject(route: number, version: number): AnyObject {
  const backendRefs = [{ group: "", kind: "Service", name: "processor", port: 80 }]
  const messageTimeout = `${200 + version}ms`
  return extensionPolicy("processor", route, { extProc: [{ backendRefs, messageTimeout, failOpen: true }] })
}

/** A policy that has one Service called over TLS. */
export function tlsPolicyObject(service: number, version: number): AnyObject {
  return object(`${gatewayGroup}/v1`, "BackendTLSPolicy", `apps/tls-${service}`, {
    spec: {
      targetRefs: [{ group: "", kind: "Service", name: serviceName(service) }],
      validation: {
        caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "ca" }],
        hostname: `v${version}.example.com`,
      },
    },
  })
}

/** A patch of a resource of the proxy: of a listener, or of the route configuration that carries nearly everything. */
export function patchPolicyObject(resource: "listener" | "routes", version: number): AnyObject {
  const [type, operation] =
    resource === "listener"
      ? ["envoy.config.listener.v3.Listener", { path: "/per_connection_buffer_limit_bytes", value: 65_536 + version }]
      : [
          "envoy.config.route.v3.RouteConfiguration",
          { path: "/ignore_port_in_host_matching", value: version % 2 === 0 },
        ]
  const name = resource === "listener" ? "infra/gw/internal" : "infra/gw/web"
  return object(extensionVersion, "EnvoyPatchPolicy", `infra/patch-${resource}`, {
    spec: {
      type: "JSONPatch",
      targetRef: { group: gatewayGroup, kind: "Gateway", name: "gw" },
      jsonPatches: [{ type: `type.googleapis.com/${type}`, name, operation: { op: "add", ...(operation as object) } }],
    },
  })
}
