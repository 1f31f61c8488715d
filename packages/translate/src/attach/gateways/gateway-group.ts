// The Gateways that share one proxy, with all that is decided among them: which are accepted, which listeners stand,
// which conflict. One Gateway alone unless its class merges Gateways.
import { type Condition, type EnvoyProxySpec, type Gateway, setCondition } from "@attache/kube-api"
import { byAge } from "../../world/order.ts"
import type { World } from "../../world/world.ts"
import { type AttachedSet, draftSet, setsOf } from "../listener-sets/attach-sets.ts"
import { markConflicts, markMergedConflicts } from "./conflicts.ts"
import { type EffectiveEnvoyProxy, effectiveEnvoyProxy, isMergingGateways } from "./envoy-proxy.ts"
import { gatewaysOfClass, managedClass, managedClasses } from "./gateway-class.ts"
import { type GatewayTls, readGatewayTls } from "./gateway-tls.ts"
import { draftListener, type ListenerDraft, ownerOf } from "./listener-draft.ts"
import { checkListener, concludeListener } from "./listener-spec.ts"
import { markTlsOverlap } from "./tls-overlap.ts"

/** One Gateway after validation. */
export interface GatewayState {
  readonly gateway: Gateway
  /** False: it has no listeners and its routes get no status. */
  readonly isAccepted: boolean
  readonly envoyProxy: EffectiveEnvoyProxy
  /** Conditions of the Gateway that translation decides, those already on the object included. */
  readonly conditions: readonly Condition[]
  /** Its own, then those of its ListenerSets; empty for a Gateway that is not accepted. */
  readonly listeners: readonly ListenerDraft[]
  /** ListenerSets that name it, oldest first. */
  readonly sets: readonly AttachedSet[]
  readonly tls: GatewayTls
}

/** All Gateways of one proxy. */
export interface GatewayGroup {
  /** `namespace/name` of the Gateway, or the class name when Gateways are merged. */
  readonly proxyKey: string
  readonly className: string
  readonly isMerged: boolean
  /** In order of age. */
  readonly gateways: readonly GatewayState[]
}

/** Keys of all proxies: one for each Gateway of our classes, one for each class that merges them. */
export function proxyKeys(world: World): readonly string[] {
  return managedClasses(world).flatMap((name) => {
    const gatewayClass = managedClass(world, name)
    const gateways = gatewaysOfClass(world, name)
    if (gatewayClass === undefined || gateways.length === 0) return []
    return isMergingGateways(world, gatewayClass) ? [name] : gateways.map((key) => key.slice("Gateway/".length))
  })
}

/** Key of the proxy that carries a Gateway, or undefined when the Gateway is not ours. */
export function proxyKeyOf(world: World, namespace: string, name: string): string | undefined {
  const gateway = world.get("Gateway", namespace, name)
  const gatewayClass = gateway === undefined ? undefined : managedClass(world, gateway.spec.gatewayClassName)
  if (gatewayClass === undefined) return undefined
  return isMergingGateways(world, gatewayClass) ? gatewayClass.metadata.name : `${namespace}/${name}`
}

/** Validates the Gateways of a proxy together. Undefined: nobody has that key. */
export function readGatewayGroup(world: World, proxyKey: string): GatewayGroup | undefined {
  const slash = proxyKey.indexOf("/")
  const isMerged = slash < 0
  const single = isMerged ? undefined : world.get("Gateway", proxyKey.slice(0, slash), proxyKey.slice(slash + 1))
  const className = isMerged ? proxyKey : single?.spec.gatewayClassName
  if (className === undefined || managedClass(world, className) === undefined) return undefined
  const gateways = isMerged
    ? gatewaysOfClass(world, className)
        .map((key) => world.lookup(key) as Gateway)
        .sort(byAge)
    : [single as Gateway]
  const states = gateways.map((gateway) => readGateway(world, className, gateway, isMerged))
  const listeners = states.flatMap((state) => state.listeners)
  for (const { listeners: own, tls } of states) for (const listener of own) checkListener(world, listener, tls.frontend)
  markConflicts(listeners, isMerged)
  if (isMerged) markMergedConflicts(listeners)
  for (const listener of listeners) concludeListener(listener)
  markTlsOverlap(listeners)
  return { proxyKey, className, isMerged, gateways: states }
}

function readGateway(world: World, className: string, gateway: Gateway, isMerged: boolean): GatewayState {
  const gatewayClass = managedClass(world, className)
  if (gatewayClass === undefined) throw new Error(`class ${className} is gone`)
  const envoyProxy = effectiveEnvoyProxy(world, gatewayClass, gateway)
  const existing = gateway.status?.conditions ?? []
  const sets = setsOf(world, gateway)
  const tls = readGatewayTls(world, gateway, envoyProxy)
  const failure = failureOf(gateway, envoyProxy, isMerged)
  if (failure !== undefined) {
    const conditions = setCondition(
      existing,
      withGeneration(gateway, { type: "Accepted", status: "False", ...failure }),
    )
    return { gateway, isAccepted: false, envoyProxy, conditions, listeners: [], sets, tls }
  }
  const own = (gateway.spec.listeners ?? []).map((spec, index) => draftListener(gateway, ownerOf(gateway), spec, index))
  const listeners = [...own, ...sets.flatMap(({ set, isAllowed }) => (isAllowed ? draftSet(gateway, set) : []))]
  const conditions = tls.conditions.reduce(
    (list, c) => setCondition(list, withGeneration(gateway, c)),
    existing as readonly Condition[],
  )
  return { gateway, isAccepted: true, envoyProxy, conditions, listeners, sets, tls }
}

function failureOf(
  gateway: Gateway,
  envoyProxy: EffectiveEnvoyProxy,
  isMerged: boolean,
): { reason: string; message: string } | undefined {
  if (envoyProxy.error !== undefined)
    return { reason: "InvalidParameters", message: `Invalid parametersRef:: ${envoyProxy.error}` }
  if (isMerged && isMergingBackends(envoyProxy.spec)) {
    return { reason: "InvalidParameters", message: "mergeGateways and mergeBackends cannot both be enabled" }
  }
  for (const { type } of gateway.spec.addresses ?? []) {
    if (type !== undefined && type !== "IPAddress" && type !== "Hostname") {
      return { reason: "UnsupportedAddress", message: `Gateway has an address with an unsupported type: ${type}` }
    }
  }
  const refused = gateway.status?.conditions?.find((c) => c.type === "Accepted" && c.status === "False")
  return refused === undefined ? undefined : { reason: refused.reason, message: refused.message }
}

/** Whether routes of one proxy share clusters (EnvoyProxy `mergeBackends`). */
export function isMergingBackends(spec: EnvoyProxySpec): boolean {
  return spec.mergeBackends !== undefined
}

/** A condition with the generation of the object it is about. */
export function withGeneration(
  object: { readonly metadata: { readonly generation?: number } },
  condition: Condition,
): Condition {
  const generation = object.metadata.generation
  return generation === undefined ? condition : { ...condition, observedGeneration: generation }
}
