import { isIP } from "node:net"
import type { EnvoyProxy } from "@attache/kube-api"
import type { ClusterTraffic, Destination, DestinationSetting, ResourceMetadata } from "../../plan/index.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import type { BackendReads } from "../backends/backend-setting.ts"
import { clusterSettingsError } from "../backends/cluster-settings-error.ts"
import { type ClusterSettings, clusterTraffic } from "../backends/cluster-traffic.ts"
import { type ServiceReference, serviceSettings } from "../backends/external-service.ts"
import type { BackendOptions } from "../gateway-view.ts"
import type { GatewayState } from "../gateways/gateway-group.ts"
import { clusterStats } from "../gateways/view.ts"
import { ownAnnotations } from "../own-annotations.ts"

/** A collector as the EnvoyProxy's API has it. */
export interface CollectorSpec {
  readonly backendRefs?: readonly ServiceReference[]
  readonly backendSettings?: ClusterSettings
  /** Deprecated way to name one. */
  readonly host?: string
  readonly port?: number
}

/** A collector that can be called. */
export interface Collector {
  readonly destination: Destination
  /** `:authority` of its gRPC calls; empty when it has no name. */
  readonly authority: string
}

/** Resolves the collectors of one Gateway. */
export type Collectors = (name: string, spec: CollectorSpec, isGrpc: boolean) => Collector | { readonly error: string }

/** Collectors of a Gateway: references start at its EnvoyProxy's namespace. `onUse` hears of each BackendTLSPolicy looked at. */
export function createCollectors(
  reads: BackendReads,
  state: GatewayState,
  onUse: (use: TlsPolicyUse) => void,
): Collectors {
  const { envoyProxy, gateway, tls } = state
  const namespace = envoyProxy.object?.metadata.namespace ?? gateway.metadata.namespace
  const settings = reads.settings()
  const options: BackendOptions = {
    routingType: envoyProxy.spec.routingType === "Service" ? "Service" : "Endpoint",
    isOnHost: settings.isHostInfrastructure || settings.profile === "host",
    ...(tls.backend === undefined ? {} : { tls: tls.backend }),
    luaValidation: "Strict",
    dynamicModules: [],
  }
  const { clusterStats: stats } = clusterStats(envoyProxy.spec)
  return (name, spec, isGrpc) => {
    const invalid = clusterSettingsError(spec.backendSettings)
    if (invalid !== undefined) return { error: invalid }
    const protocol = isGrpc ? "grpc" : "tcp"
    const settingName = `${name}/backend/-1`
    const from = { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", namespace }
    const refs = spec.backendRefs ?? []
    const resolved = serviceSettings(
      reads,
      { from, options, protocol, settingName: () => settingName, isTelemetry: true },
      refs,
    )
    resolved.uses.forEach(onUse)
    if ("error" in resolved) return { error: resolved.error }
    const own = clusterTraffic(spec.backendSettings)
    const log = envoyProxy.spec.telemetry?.healthCheckLog as ClusterTraffic["healthCheckLog"]
    const traffic = own === undefined || log === undefined ? own : { ...own, healthCheckLog: log }
    const object = envoyProxy.object
    const rest = {
      ...(traffic === undefined ? {} : { traffic }),
      ...(stats === undefined ? {} : { stats }),
      ...(object === undefined ? {} : { metadata: metadataOf(object) }),
    }
    if (resolved.settings.length > 0) {
      const authority = authorityOf(reads, refs[0], namespace)
      return {
        destination: { name, settings: resolved.settings.map((s) => withSni(s, authority)), ...rest },
        authority,
      }
    }
    const { host = "", port = 0 } = spec
    const endpoints = { type: "fixed" as const, endpoints: [{ address: { type: "socket" as const, host, port } }] }
    const setting = {
      name: settingName,
      weight: 1,
      protocol,
      endpoints,
      addressType: isIP(host) === 0 ? "fqdn" : "ip",
    } as const
    return { destination: { name, settings: [setting], ...rest }, authority: host }
  }
}

/** TLS towards a collector is validated against the name it is called by, when nothing else is said. */
function withSni(setting: DestinationSetting, authority: string): DestinationSetting {
  const { tls } = setting
  if (tls === undefined || tls.sni !== undefined || tls.isSniFromEndpoint === true || authority === "") return setting
  return { ...setting, tls: { ...tls, sni: authority } }
}

/** `name.namespace.svc` of a Service; the first host name of a Backend. */
function authorityOf(reads: BackendReads, ref: ServiceReference | undefined, namespace: string): string {
  if (ref === undefined) return ""
  const own = ref.namespace ?? namespace
  if (ref.kind !== "Backend") return `${ref.name}.${own}.svc`
  const endpoints = reads.get("Backend", own, ref.name)?.spec.endpoints ?? []
  return (
    endpoints.find((e) => e.fqdn !== undefined)?.fqdn?.hostname ??
    endpoints.find((e) => e.ip !== undefined)?.ip?.address ??
    ""
  )
}

function metadataOf(object: EnvoyProxy): ResourceMetadata {
  const { namespace, name } = object.metadata
  return { kind: "EnvoyProxy", namespace, name, ...ownAnnotations(object) }
}
