// From validated Gateways to the proxy that carries them: addresses, ports, listeners in output order.
import { Secret as SecretBytes } from "@attache/base"
import type { EnvoyProxySpec, Gateway, Secret } from "@attache/kube-api"
import type {
  FilterOrderRule,
  HttpListener,
  IpFamily,
  L4Listener,
  ProxyOptions,
  ProxyPlan,
  ResourceMetadata,
  TlsCertificate,
} from "../../plan/index.ts"
import type { Settings } from "../../world/settings.ts"
import type { World } from "../../world/world.ts"
import { ownAnnotations } from "../own-annotations.ts"
import type { Telemetry } from "../telemetry/read-telemetry.ts"
import { readBootstrapOverride } from "./bootstrap-override.ts"
import { bytesOf } from "./certificates.ts"
import { frontendFor } from "./frontend-tls.ts"
import type { GatewayGroup, GatewayState } from "./gateway-group.ts"
import type { ListenerDraft } from "./listener-draft.ts"
import { isOnHost } from "./view.ts"

/** Port of the ready listener. Source: Envoy Gateway 1.9. */
const readyPort = 19003

/** Plans the proxy of a group. `telemetry` is that of its Gateways, in the group's order. */
export function planProxy(world: World, group: GatewayGroup, telemetry: readonly Telemetry[]): ProxyPlan {
  const settings = world.settings()
  const accepted = group.gateways.filter((state) => state.isAccepted)
  const options = proxyOptions(world, settings, group, telemetry)
  if (accepted.length === 0) return { options: withoutReady(options), listeners: { http: [], l4: [] } }
  const drafts = accepted.flatMap((state) =>
    state.listeners.filter((l) => l.isReady).map((listener) => ({ state, listener })),
  )
  const http: HttpListener[] = []
  const l4: L4Listener[] = []
  for (const { state, listener } of drafts) {
    const { protocol } = listener.spec
    if (protocol === "HTTP" || protocol === "HTTPS") http.push(httpListener(settings, state, listener))
    else if (protocol === "TLS" || protocol === "TCP" || protocol === "UDP")
      l4.push(l4Listener(settings, state, listener, protocol))
  }
  l4.sort((a, b) => Number(a.protocol === "UDP") - Number(b.protocol === "UDP"))
  return { options, listeners: { http, l4 } }
}

function withoutReady(options: ProxyOptions): ProxyOptions {
  const { ready: _, ...rest } = options
  return rest
}

function proxyOptions(
  world: World,
  settings: Settings,
  group: GatewayGroup,
  telemetry: readonly Telemetry[],
): ProxyOptions {
  // With merged Gateways they all have the class's EnvoyProxy, so the first stands for all.
  const spec: EnvoyProxySpec = group.gateways[0]?.envoyProxy.spec ?? {}
  const own = telemetry[0] ?? { accessLogs: [] }
  const family = spec.ipFamily
  const certificate = `${settings.controllerNamespace}/envoy`
  const secret = world.get("Secret", settings.controllerNamespace, "envoy")
  return {
    key: group.proxyKey,
    isNameSchemeV2: settings.runtimeFlags.includes("XDSNameSchemeV2"),
    ...(family === undefined ? {} : { ipFamily: family }),
    filterOrder: (spec.filterOrder ?? []).flatMap(filterOrderRule),
    ...(settings.profile === "host"
      ? {}
      : {
          ready: {
            address: bindAddress(settings, family),
            port: readyPort,
            isIpv4Compatible: family === "IPv6" || family === "DualStack",
          },
        }),
    accessLogs: own.accessLogs,
    ...(own.tracing === undefined ? {} : { tracing: own.tracing }),
    ...(own.metrics === undefined ? {} : { metrics: own.metrics }),
    ...(spec.bootstrap === undefined ? {} : { bootstrap: readBootstrapOverride(spec.bootstrap) }),
    ...(own.requestIdTracing === undefined ? {} : { requestIdTracing: own.requestIdTracing }),
    ...(secret === undefined
      ? {}
      : { controlPlaneCertificate: certificate, controlPlaneTls: certificateOf(certificate, secret) }),
    moduleServer: settings.moduleServer,
    ...(spec.telemetry?.metrics?.enableVirtualHostStats === true ? { hasVirtualHostStats: true } : {}),
    ...(spec.telemetry?.metrics?.enableGRPCStats === undefined
      ? {}
      : { hasGrpcStats: spec.telemetry.metrics.enableGRPCStats }),
  }
}

function certificateOf(name: string, secret: Secret): TlsCertificate {
  const content = {
    type: "inline" as const,
    chain: bytesOf(secret, "tls.crt"),
    key: new SecretBytes(bytesOf(secret, "tls.key")),
  }
  return { name, content }
}

function filterOrderRule({
  name,
  before,
  after,
}: {
  name: string
  before?: string
  after?: string
}): FilterOrderRule[] {
  if (before !== undefined) return [{ name, position: "before", of: before }]
  return after === undefined ? [] : [{ name, position: "after", of: after }]
}

function httpListener(settings: Settings, state: GatewayState, draft: ListenerDraft): HttpListener {
  const { gateway, spec } = draft
  const metadata = {
    kind: "Gateway",
    ...placeOf(gateway),
    sectionName: spec.name,
    ...ownAnnotations(gateway),
  } satisfies ResourceMetadata
  const frontend = frontendFor(state.tls.frontend, spec)
  const validation = frontend?.type === "valid" ? frontend.validation : undefined
  return {
    name: draft.irName,
    gateway: { namespace: gateway.metadata.namespace, name: gateway.metadata.name, listener: spec.name },
    ...placement(settings, state.envoyProxy.spec, spec.port),
    hostname: spec.hostname ?? "*",
    ...(draft.tls === undefined
      ? {}
      : { tls: validation === undefined ? draft.tls : { ...draft.tls, clientValidation: validation } }),
    ...(draft.isTlsOverlapping ? { isTlsOverlapping: true } : {}),
    ...(state.envoyProxy.spec.preserveRouteOrder === true ? { isRouteOrderPreserved: true } : {}),
    origin: originOf(draft),
    metadata,
  }
}

function l4Listener(
  settings: Settings,
  state: GatewayState,
  draft: ListenerDraft,
  protocol: "TLS" | "TCP" | "UDP",
): L4Listener {
  return {
    name: draft.irName,
    protocol,
    ...placement(settings, state.envoyProxy.spec, draft.spec.port),
    hostname: draft.spec.hostname ?? "*",
    ...(draft.tls === undefined ? {} : { tls: draft.tls }),
    origin: originOf(draft),
  }
}

function placement(settings: Settings, spec: EnvoyProxySpec, externalPort: number) {
  const family = spec.ipFamily
  const isKept =
    spec.provider?.kubernetes?.useListenerPortAsContainerPort === true ||
    (isOnHost(settings) && settings.profile !== "host")
  const port = !isKept && externalPort < settings.shiftPortsBelow ? externalPort + 10_000 : externalPort
  return {
    address: bindAddress(settings, family),
    ...(family === "DualStack" ? { isIpv4Compatible: true } : {}),
    externalPort,
    port,
  }
}

function bindAddress(settings: Settings, family: IpFamily | undefined): string {
  if (settings.profile === "host") return settings.bindAddress
  return family === "IPv6" || family === "DualStack" ? "::" : "0.0.0.0"
}

function placeOf(gateway: Gateway): { readonly namespace: string; readonly name: string } {
  return { namespace: gateway.metadata.namespace, name: gateway.metadata.name }
}

function originOf(draft: ListenerDraft): HttpListener["origin"] {
  const { owner, index } = draft
  return { object: `${owner.kind}/${owner.namespace}/${owner.name}`, field: `spec.listeners[${index}]` }
}
