// Which EnvoyProxy a Gateway has: its own, its class's and the default, merged level by level.
import { messageOf } from "@attache/base"
import type { EnvoyProxy, EnvoyProxySpec, Gateway, GatewayClass } from "@attache/kube-api"
import type { World } from "../../world/world.ts"
import { mergeSpec } from "../merge-spec.ts"
import { readBootstrapOverride } from "./bootstrap-override.ts"
import { envoyProxyErrors } from "./envoy-proxy-validation.ts"

/** The EnvoyProxy specification that holds for a Gateway. */
export interface EffectiveEnvoyProxy {
  /** Merged over the levels; empty when no level has one. */
  readonly spec: EnvoyProxySpec
  /** Most specific object that took part: its namespace is where references start. */
  readonly object?: EnvoyProxy
  /** Why it cannot be used. */
  readonly error?: string
}

/** EnvoyProxy of a GatewayClass: the object, or that the reference leads nowhere. */
export interface ClassEnvoyProxy {
  readonly isReferenced: boolean
  readonly object?: EnvoyProxy
  /** Why it cannot be used, also when it is missing. */
  readonly error?: string
}

const group = "gateway.envoyproxy.io"

/** Resolves `spec.parametersRef` of a class. */
export function classEnvoyProxy(world: World, gatewayClass: GatewayClass): ClassEnvoyProxy {
  const ref = gatewayClass.spec.parametersRef
  if (ref === undefined) return { isReferenced: false }
  if (ref.group !== group || ref.kind !== "EnvoyProxy") {
    return { isReferenced: true, error: `unsupported parametersRef for gatewayclass ${gatewayClass.metadata.name}` }
  }
  const object = world.get("EnvoyProxy", ref.namespace ?? "", ref.name)
  if (object === undefined)
    return { isReferenced: true, error: `failed to find envoyproxy ${ref.namespace ?? ""}/${ref.name}` }
  return { isReferenced: true, object, ...errorOf(world, object) }
}

function errorOf(world: World, object: EnvoyProxy): { readonly error?: string } {
  const error = envoyProxyError(world, object.spec)
  return error === undefined ? {} : { error }
}

/** Why an EnvoyProxy specification cannot be used, its bootstrap included, or undefined. */
export function envoyProxyError(world: World, spec: EnvoyProxySpec): string | undefined {
  const error = envoyProxyErrors(spec)
  if (error !== undefined || spec.bootstrap === undefined) return error
  return world.bootstrapError(readBootstrapOverride(spec.bootstrap))
}

/** The EnvoyProxy object a Gateway names itself, or undefined. Ignored while Gateways are merged. */
export function gatewayEnvoyProxy(world: World, gateway: Gateway): EnvoyProxy | undefined {
  const ref = gateway.spec.infrastructure?.parametersRef
  if (ref === undefined || ref.group !== group || ref.kind !== "EnvoyProxy") return undefined
  return world.get("EnvoyProxy", gateway.metadata.namespace, ref.name)
}

/** Whether Gateways of a class share one proxy: the class's EnvoyProxy decides, else the default one; a Gateway never does. */
export function isMergingGateways(world: World, gatewayClass: GatewayClass): boolean {
  const spec: EnvoyProxySpec = classEnvoyProxy(world, gatewayClass).object?.spec ?? defaultSpec(world)
  return spec.mergeGateways ?? false
}

/**
 * The EnvoyProxy of a Gateway.
 *
 * The Gateway's goes over its class's by its own merge type, the result over the default by the class's (else the Gateway's).
 * Without a merge type the more specific one is taken whole. Source: Envoy Gateway 1.9.
 */
export function effectiveEnvoyProxy(
  world: World,
  gatewayClass: GatewayClass,
  gateway: Gateway | undefined,
): EffectiveEnvoyProxy {
  const own =
    gateway === undefined || isMergingGateways(world, gatewayClass) ? undefined : gatewayEnvoyProxy(world, gateway)
  const ofClass = classEnvoyProxy(world, gatewayClass)
  const object = own ?? ofClass.object
  if (own === undefined && ofClass.error !== undefined)
    return { spec: {}, error: ofClass.error, ...(object === undefined ? {} : { object }) }
  try {
    const merged = overDefault(world, overClass(own, ofClass.object), ofClass.object ?? own)
    // The first level that speaks of merging backends decides, whatever else is replaced. Source: Envoy Gateway 1.9.
    const mergeBackends =
      own?.spec.mergeBackends ?? ofClass.object?.spec.mergeBackends ?? defaultSpec(world).mergeBackends
    const spec = mergeBackends === undefined ? merged : { ...merged, mergeBackends }
    const error = envoyProxyError(world, spec)
    return { spec, ...(object === undefined ? {} : { object }), ...(error === undefined ? {} : { error }) }
  } catch (error) {
    return { spec: {}, error: messageOf(error), ...(object === undefined ? {} : { object }) }
  }
}

function overClass(own: EnvoyProxy | undefined, ofClass: EnvoyProxy | undefined): EnvoyProxySpec | undefined {
  if (own === undefined) return ofClass?.spec
  const mergeType = own.spec.mergeType
  if (ofClass === undefined || mergeType === undefined || mergeType === "Replace") return own.spec
  return mergeSpec(ofClass.spec, own.spec, mergeType)
}

function overDefault(world: World, spec: EnvoyProxySpec | undefined, decider: EnvoyProxy | undefined): EnvoyProxySpec {
  const base = defaultSpec(world)
  if (spec === undefined) return base
  const mergeType = decider?.spec.mergeType
  return mergeType === undefined || mergeType === "Replace" ? spec : mergeSpec(base, spec, mergeType)
}

function defaultSpec(world: World): EnvoyProxySpec {
  return (world.settings().envoyProxy ?? {}) as EnvoyProxySpec
}
