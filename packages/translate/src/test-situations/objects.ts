import { gatewayClass, gatewayOf } from "../attach/gateways/test-gateways.ts"
import { object, service } from "../attach/test-world.ts"
import type { AnyObject } from "../world/world.ts"

export type Data = Readonly<Record<string, unknown>>

export const group = "gateway.networking.k8s.io"
export const all = { allowedRoutes: { namespaces: { from: "All" } } }
export const http = (name: string, port = 80, rest: Data = {}) => ({ name, port, protocol: "HTTP", ...all, ...rest })
export const tls = (name: string, port: number, secret: Data, rest: Data = {}) => ({
  ...http(name, port, rest),
  protocol: "HTTPS",
  tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", ...secret }] },
})
export const passing = (name: string, port: number, rest: Data = {}) => ({
  ...http(name, port, rest),
  protocol: "TLS",
  tls: { mode: "Passthrough" },
})
export const open = { spec: { allowedListeners: { namespaces: { from: "All" } } } }
export const gw = { group, kind: "Gateway", namespace: "infra", name: "gw" }
export const at = (sectionName: string) => ({ ...gw, sectionName })
export const aged = (year: number): Data => ({ creationTimestamp: `20${year}-01-01T00:00:00Z` })
export const toService = (name: string, rest: Data = {}) => ({ group: "", kind: "Service", name, port: 8080, ...rest })
export const toBackend = (name: string, rest: Data = {}) => ({
  group: "gateway.envoyproxy.io",
  kind: "Backend",
  name,
  ...rest,
})

interface RouteParts {
  readonly parents?: readonly Data[]
  readonly hosts?: readonly string[]
  readonly rules?: readonly Data[]
  readonly metadata?: Data
}

export function route(kind: string, key: string, parts: RouteParts = {}): AnyObject {
  const { parents = [gw], hosts, rules = [{ backendRefs: [toService("one")] }], metadata = {} } = parts
  return object(kind, key, {
    apiVersion: `${group}/v1`,
    metadata,
    spec: { parentRefs: parents, ...(hosts === undefined ? {} : { hostnames: hosts }), rules },
  })
}

export const path = (value: string, rest: Data = {}, ref: Data = toService("one")) => ({
  matches: [{ path: { type: "PathPrefix", value } }],
  backendRefs: [ref],
  ...rest,
})
export const secret = (key: string, data: Data): AnyObject => object("Secret", key, { type: "kubernetes.io/tls", data })
export const grant = (key: string, from: Data, to: Data): AnyObject =>
  object("ReferenceGrant", key, { spec: { from: [from], to: [to] } })
export const namespace = (name: string, labels: Data = {}): AnyObject =>
  object("Namespace", `/${name}`, { metadata: { labels } })
export const backend = (key: string, ...endpoints: readonly Data[]): AnyObject =>
  object("Backend", key, { spec: { endpoints } })
export const ip = (address: string) => ({ ip: { address, port: 9000 } })
export const tlsPolicy = (key: string, target: Data, validation: Data, metadata: Data = {}): AnyObject =>
  object("BackendTLSPolicy", key, { metadata, spec: { targetRefs: [target], validation } })
export const policy = (key: string, targets: readonly Data[], spec: Data, metadata: Data = {}): AnyObject =>
  object("EnvoyExtensionPolicy", key, {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    metadata,
    spec: { targetRefs: targets.map((ref) => ({ group, kind: "HTTPRoute", ...ref })), ...spec },
  })
export const lua = (text: string): Data => ({
  lua: [{ type: "Inline", inline: `function envoy_on_request(h) --${text}\nend` }],
})
export const patch = (key: string, name: string, priority: number): AnyObject =>
  object("EnvoyPatchPolicy", key, {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    spec: {
      type: "JSONPatch",
      priority,
      targetRef: { group, kind: "Gateway", name: "gw" },
      jsonPatches: [
        {
          type: "type.googleapis.com/envoy.config.listener.v3.Listener",
          name,
          operation: { op: "add", path: "/per_connection_buffer_limit_bytes", value: 1000 + priority },
        },
      ],
    },
  })
export const certificates = { caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "ca" }], hostname: "a.test" }
export const ca = (key: string, text = "CA") => object("ConfigMap", key, { data: { "ca.crt": text } })

export const oneGateway = gatewayOf("infra/gw", [http("http")])
export const one = service("apps/one")
export const simple = [oneGateway, ...one, route("HTTPRoute", "apps/r")]

/** What every situation stands on. */
export const ground: readonly AnyObject[] = [
  gatewayClass(),
  namespace("infra"),
  namespace("apps", { team: "a" }),
  namespace("apps", { team: "b" }),
  namespace("shop"),
]
