// Turns a backend that was found into a setting of a destination: endpoints, protocol, TLS.
import { isIP } from "node:net"
import type { Backend, Service } from "@attache/kube-api"
import type {
  AddressType,
  BackendProtocol,
  DestinationSetting,
  EndpointSource,
  IpFamily,
  PlanEndpoint,
  ZoneAware,
} from "../../plan/index.ts"
import type { World } from "../../world/world.ts"
import { resolveUpstreamTls, type TlsPolicyUse, type TlsTarget } from "../backend-tls.ts"
import type { BackendOptions } from "../gateway-view.ts"
import { ownAnnotations } from "../own-annotations.ts"
import { type EndpointFacts, slicesId } from "./endpoints.ts"
import type { BackendError, BackendTarget } from "./find-backend.ts"

/** Reads of whoever resolves backends. */
export interface BackendReads extends World {
  /** Narrow facts of a service port's EndpointSlices; see `readEndpointFacts`. */
  endpointFacts(id: string): EndpointFacts
}

/** How the referring object uses its backends. */
export interface SettingOptions {
  /** Protocol of the route kind. */
  readonly protocol: BackendProtocol
  /** Whether `appProtocol` counts (HTTPRoute, extension services). */
  readonly isAppProtocolRead: boolean
  readonly routingType: "Endpoint" | "Service"
  readonly clientTls: BackendOptions["tls"]
}

/** A setting without weight, or why there is none; `use` tells of the BackendTLSPolicy looked at. */
export interface ResolvedSetting {
  readonly setting?: DestinationSetting
  /** No traffic can go to it: no endpoints, though nothing is wrong otherwise. */
  readonly isEmpty?: boolean
  readonly error?: BackendError
  readonly use?: TlsPolicyUse
}

type Made = { readonly setting: DestinationSetting; readonly isEmpty?: boolean } | { readonly error: BackendError }

/** Makes the setting of a backend: TLS first, so that its policy gets a status, then endpoints. Reads facts of endpoints, never endpoints. */
export function backendSetting(
  reads: BackendReads,
  target: BackendTarget,
  name: string,
  options: SettingOptions,
): ResolvedSetting {
  if (target.kind === "custom") {
    const endpoints: EndpointSource = { type: "fixed", endpoints: [] }
    return { setting: { name, protocol: "http", addressType: "ip", endpoints, isCustom: true } }
  }
  const { tls, error, use } = resolveUpstreamTls(reads, tlsTarget(target), options.clientTls)
  const used = use === undefined ? {} : { use }
  if (error !== undefined) return { error: { reason: "InvalidBackendTLS", message: error }, ...used }
  const made =
    target.kind === "Backend" ? fromBackend(target.object, name, options) : fromService(reads, target, name, options)
  if ("error" in made) return { ...made, ...used }
  return { ...made, setting: tls === undefined ? made.setting : { ...made.setting, tls }, ...used }
}

function tlsTarget(target: Exclude<BackendTarget, { readonly kind: "custom" }>): TlsTarget {
  const { namespace } = target
  const name = target.object.metadata.name
  switch (target.kind) {
    case "Service":
      return { group: "", kind: "Service", namespace, name, ...section(target.port.name) }
    case "ServiceImport":
      return { group: "multicluster.x-k8s.io", kind: "ServiceImport", namespace, name, ...section(target.port.name) }
    case "Backend":
      return {
        group: "gateway.envoyproxy.io",
        kind: "Backend",
        namespace,
        name,
        backend: target.object,
        ...section(target.port === undefined ? "" : String(target.port)),
      }
  }
}

function section(name: string): { readonly section?: string } {
  return name === "" ? {} : { section: name }
}

type ServiceTarget = Extract<BackendTarget, { readonly kind: "Service" | "ServiceImport" }>

function fromService(reads: BackendReads, target: ServiceTarget, name: string, options: SettingOptions): Made {
  const { kind, namespace, object, port } = target
  const owner = object.metadata.name
  const source = mappedSource(reads, namespace, owner, port.port) ?? virtualIps(target, options)
  const base = {
    name,
    protocol: options.isAppProtocolRead ? serviceProtocol(port.appProtocol, options.protocol) : options.protocol,
    metadata: { kind, namespace, name: owner, sectionName: String(port.port), ...ownAnnotations(object) },
    ...(target.kind === "Service" ? serviceTraits(target.object) : {}),
  }
  if (source !== undefined) return { setting: { ...base, ...source } }
  const id = slicesId({ kind, namespace, name: owner, protocol: port.protocol, portName: port.name })
  const { isEmpty, addressType = "ip" } = reads.endpointFacts(id)
  if (isEmpty) {
    const message = `no ready endpoints for the related ${kind} ${namespace}/${owner}`
    return { error: { reason: "EndpointsNotFound", message } }
  }
  if (addressType === "mixed" && options.routingType === "Endpoint") {
    const message = "mixed endpointslice address type for the same backendRef is not supported"
    return { error: { reason: "UnsupportedAddressType", message } }
  }
  return { setting: { ...base, addressType, endpoints: { type: "slices", id } } }
}

type Source = Pick<DestinationSetting, "addressType" | "endpoints">

/** In the host profile an entry of the service map stands for a Service that no cluster carries. */
function mappedSource(reads: BackendReads, namespace: string, name: string, port: number): Source | undefined {
  const { profile, serviceMap } = reads.settings()
  const mapped = profile === "host" ? serviceMap[`${namespace}/${name}:${port}`] : undefined
  const colon = mapped?.lastIndexOf(":") ?? -1
  if (mapped === undefined || colon < 0) return undefined
  const host = mapped.slice(0, colon).replace(/^\[(.*)\]$/, "$1")
  return {
    addressType: isIP(host) === 0 ? "fqdn" : "ip",
    endpoints: { type: "fixed", endpoints: [socket(host, Number(mapped.slice(colon + 1)))] },
  }
}

/** Addresses of the service itself, when routing is by service; headless ones are routed to endpoints. */
function virtualIps(target: ServiceTarget, options: SettingOptions): Source | undefined {
  if (options.routingType !== "Service") return undefined
  const clusterIp = target.kind === "Service" ? target.object.spec?.clusterIP : undefined
  const ips =
    target.kind === "ServiceImport" ? (target.object.spec?.ips ?? []) : clusterIp === undefined ? [] : [clusterIp]
  const usable = ips.filter((ip) => ip !== "" && ip !== "None")
  if (usable.length === 0) return undefined
  const endpoints = usable.map((ip) => socket(ip, target.port.port))
  return { addressType: "ip", endpoints: { type: "fixed", endpoints } }
}

function socket(host: string, port: number): PlanEndpoint {
  return { address: { type: "socket", host, port } }
}

function serviceTraits(service: Service): { readonly ipFamily?: IpFamily; readonly zoneAware?: ZoneAware } {
  const ipFamily = serviceIpFamily(service)
  const zoneAware = zoneAwareness(service)
  return { ...(ipFamily === undefined ? {} : { ipFamily }), ...(zoneAware === undefined ? {} : { zoneAware }) }
}

function serviceIpFamily({ spec }: Service): IpFamily | undefined {
  const policy = spec?.ipFamilyPolicy
  if (policy === "RequireDualStack" || policy === "PreferDualStack") return "DualStack"
  const first = spec?.ipFamilies?.[0]
  return first === "IPv4" || first === "IPv6" ? first : undefined
}

function zoneAwareness({ spec, metadata }: Service): ZoneAware | undefined {
  if (spec?.trafficDistribution !== undefined) return { minClusterSize: 1, forceLocalMinSize: 1 }
  const mode = metadata.annotations?.["service.kubernetes.io/topology-mode"]
  return mode === "Auto" || mode === "auto" ? { minClusterSize: 3, forceLocalMinSize: 3 } : undefined
}

function fromBackend(backend: Backend, name: string, options: SettingOptions): Made {
  const { type, endpoints = [], appProtocols = [], fallback } = backend.spec
  const protocol = options.isAppProtocolRead ? backendProtocol(appProtocols, options.protocol) : options.protocol
  if (type === "DynamicResolver") {
    const none: EndpointSource = { type: "fixed", endpoints: [] }
    return { setting: { name, protocol, addressType: "dynamic-resolver", endpoints: none } }
  }
  const addressType = backendAddressType(endpoints)
  if (addressType === "mixed") {
    const message = "mixed FQDN and IP or Unix address type for the same backendRef is not supported"
    return { error: { reason: "UnsupportedAddressType", message } }
  }
  const setting: DestinationSetting = {
    name,
    protocol,
    addressType,
    endpoints: { type: "fixed", endpoints: endpoints.flatMap((endpoint) => planEndpoint(endpoint)) },
    ...(fallback === true ? { priority: 1 } : {}),
    metadata: {
      kind: "Backend",
      namespace: backend.metadata.namespace ?? "",
      name: backend.metadata.name,
      ...ownAnnotations(backend),
    },
  }
  return endpoints.length === 0 ? { setting, isEmpty: true } : { setting }
}

type BackendEndpoint = NonNullable<Backend["spec"]["endpoints"]>[number]

function planEndpoint({ ip, fqdn, unix, hostname, zone }: BackendEndpoint): PlanEndpoint[] {
  const place = zone === undefined ? {} : { zone }
  if (unix !== undefined) return [{ address: { type: "pipe", path: unix.path }, ...place }]
  const host = ip?.address ?? fqdn?.hostname
  const port = ip?.port ?? fqdn?.port
  if (host === undefined || port === undefined) return []
  return [{ ...socket(host, port), ...(hostname === undefined ? {} : { hostname }), ...place }]
}

function backendAddressType(endpoints: readonly BackendEndpoint[]): AddressType {
  const types = new Set(endpoints.map((e) => (e.ip !== undefined ? "ip" : e.fqdn !== undefined ? "fqdn" : "unix")))
  if (types.size <= 1) return [...types][0] ?? "ip"
  return types.has("fqdn") ? "mixed" : "static"
}

function serviceProtocol(appProtocol: string | undefined, absent: BackendProtocol): BackendProtocol {
  switch (appProtocol) {
    case "kubernetes.io/h2c":
      return "http2"
    case "grpc":
      return "grpc"
    case "kubernetes.io/ws":
    case "kubernetes.io/wss":
      return "ws"
    default:
      return absent
  }
}

function backendProtocol(appProtocols: readonly string[], absent: BackendProtocol): BackendProtocol {
  if (appProtocols.some((p) => p === "gateway.envoyproxy.io/ws" || p === "gateway.envoyproxy.io/wss")) return "ws"
  if (appProtocols.includes("gateway.envoyproxy.io/h2c")) return "http2"
  return appProtocols.includes("grpc") ? "grpc" : absent
}
