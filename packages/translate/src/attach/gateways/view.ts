import type { EnvoyProxySpec } from "@attache/kube-api"
import type { ClusterStats } from "../../plan/index.ts"
import type { Settings } from "../../world/settings.ts"
import type { World } from "../../world/world.ts"
import type { BackendOptions, GatewayView, ListenerView } from "../gateway-view.ts"
import { labelSelectorError } from "../label-selector.ts"
import type { GatewayGroup, GatewayState } from "./gateway-group.ts"
import type { ListenerDraft } from "./listener-draft.ts"

/** What routes see of one Gateway of a group. */
export function viewGateway(
  world: World,
  group: GatewayGroup,
  namespace: string,
  name: string,
): GatewayView | undefined {
  const state = group.gateways.find(
    ({ gateway }) => gateway.metadata.namespace === namespace && gateway.metadata.name === name,
  )
  if (state === undefined) return undefined
  return {
    namespace,
    name,
    proxyKey: group.proxyKey,
    isAccepted: state.isAccepted,
    listeners: state.listeners.map(viewListener),
    backends: backendOptions(world.settings(), state),
  }
}

function viewListener(draft: ListenerDraft): ListenerView {
  const { spec, owner } = draft
  return {
    name: spec.name,
    irName: draft.irName,
    ...(owner.kind === "ListenerSet" ? { set: { namespace: owner.namespace, name: owner.name } } : {}),
    port: spec.port,
    protocol: spec.protocol,
    ...(spec.hostname === undefined ? {} : { hostname: spec.hostname }),
    isReady: draft.isReady,
    kinds: draft.kinds,
    namespaces: namespacesOf(draft),
    isTlsTerminated: draft.tls !== undefined,
  }
}

function namespacesOf({ spec }: ListenerDraft): ListenerView["namespaces"] {
  const namespaces = spec.allowedRoutes?.namespaces
  const from = namespaces?.from ?? "Same"
  if (from === "All" || from === "Same") return { from }
  const selector = namespaces?.selector
  if (from !== "Selector" || selector === undefined || labelSelectorError(selector) !== undefined)
    return { from: "None" }
  return { from: "Selector", selector: { ...selector } }
}

function backendOptions(settings: Settings, state: GatewayState): BackendOptions {
  const spec: EnvoyProxySpec = state.envoyProxy.spec
  const tls = state.tls.backend
  return {
    routingType: spec.routingType === "Service" ? "Service" : "Endpoint",
    isOnHost: isOnHost(settings),
    ...(spec.ipFamily === undefined ? {} : { ipFamily: spec.ipFamily }),
    ...(spec.mergeBackends === undefined ? {} : { mergeBackends: mergeBackendsOf(spec.mergeBackends) }),
    ...(tls === undefined ? {} : { tls }),
    ...(spec.telemetry?.metrics?.clusterStatName === undefined
      ? {}
      : { clusterStatName: spec.telemetry.metrics.clusterStatName }),
    ...clusterStats(spec),
    luaValidation: spec.lua?.validationType ?? spec.luaValidation ?? "Strict",
    dynamicModules: (spec.dynamicModules ?? []) as unknown as readonly Readonly<Record<string, unknown>>[],
  }
}

/** Statistics of clusters that an EnvoyProxy asks for. */
export function clusterStats(spec: EnvoyProxySpec): { readonly clusterStats?: ClusterStats } {
  const { enablePerEndpointStats, enableRequestResponseSizesStats } = spec.telemetry?.metrics ?? {}
  if (enablePerEndpointStats !== true && enableRequestResponseSizesStats !== true) return {}
  return {
    clusterStats: {
      ...(enablePerEndpointStats === true ? { isPerEndpoint: true } : {}),
      ...(enableRequestResponseSizesStats === true ? { hasRequestResponseSizes: true } : {}),
    },
  }
}

function mergeBackendsOf(
  value: NonNullable<EnvoyProxySpec["mergeBackends"]>,
): NonNullable<BackendOptions["mergeBackends"]> {
  return value.selector === undefined ? {} : { selector: { ...value.selector } }
}

/** Whether proxies run beside the control plane, so that ports stay as written and loopback backends are allowed. */
export function isOnHost(settings: Settings): boolean {
  return settings.isHostInfrastructure || settings.profile === "host"
}
