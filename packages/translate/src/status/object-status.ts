// Statuses in the form the API server stores them, without times. Only what translation decides: a Gateway's Accepted and
// Programmed are added by whoever runs the proxies.
import type {
  Backend,
  Condition,
  EnvoyPatchPolicy,
  EnvoyProxy,
  Gateway,
  GatewayClass,
  ListenerSet,
} from "@attache/kube-api"
import { backendConditions } from "../attach/backends/backend-status.ts"
import { classEnvoyProxy, envoyProxyError, gatewayEnvoyProxy } from "../attach/gateways/envoy-proxy.ts"
import { gatewayClassConditions, managedClass } from "../attach/gateways/gateway-class.ts"
import { withGeneration } from "../attach/gateways/gateway-group.ts"
import type { ListenerDraft } from "../attach/gateways/listener-draft.ts"
import { isOnHost } from "../attach/gateways/view.ts"
import { attachedSets, listenersOfSet, setConditions } from "../attach/listener-sets/set-status.ts"
import type { PolicyAncestor } from "../attach/policies/ancestors.ts"
import { extensionServerAncestors, isExtensionServerPolicy } from "../attach/policies/extension-server-policies.ts"
import type { AttachQueries } from "../attach/queries.ts"
import type { Emitter } from "../emit/queries.ts"
import { type AnyObject, keyOf, type ObjectKey, type World } from "../world/world.ts"
import { patchPolicyStatus } from "./patch-policy-status.ts"

/** Status of one object. */
export interface ObjectStatus {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly status: Readonly<Record<string, unknown>>
}

/** What statuses are made of: attachment, and what came of patches. */
export type StatusReads = AttachQueries & Pick<Emitter, "patchFailures">

const group = "gateway.networking.k8s.io"

/** Status of an object, or undefined when translation has nothing to say of it. */
export function objectStatus(world: World, queries: StatusReads, key: ObjectKey): ObjectStatus | undefined {
  const object = world.lookup(key)
  if (object === undefined) return undefined
  const status = statusOf(world, queries, key, object)
  if (status === undefined) return undefined
  const { apiVersion, kind, metadata } = object
  return { apiVersion, kind, namespace: metadata.namespace ?? "", name: metadata.name, status }
}

function statusOf(
  world: World,
  queries: StatusReads,
  key: ObjectKey,
  object: AnyObject,
): Readonly<Record<string, unknown>> | undefined {
  switch (object.kind) {
    case "GatewayClass":
      return classStatus(world, object as GatewayClass)
    case "EnvoyProxy":
      return envoyProxyStatus(world, object as EnvoyProxy)
    case "Gateway":
      return gatewayStatus(queries, object as Gateway)
    case "ListenerSet":
      return listenerSetStatus(queries, object as ListenerSet)
    case "HTTPRoute":
    case "GRPCRoute":
    case "TLSRoute":
    case "TCPRoute":
    case "UDPRoute":
      return routeStatus(world, queries, key, object)
    case "Backend":
      return backendStatus(world, object as Backend)
    case "EnvoyExtensionPolicy":
      return policyStatus(world, queries.policies.ancestors(key))
    case "EnvoyPatchPolicy":
      return patchPolicyStatus(world, queries.patchFailures, object as EnvoyPatchPolicy)
    case "BackendTLSPolicy":
      return tlsPolicyStatus(world, queries, key, object)
    default:
      return isExtensionServerPolicy(world, object)
        ? policyStatus(world, extensionServerAncestors({ ...world, ...queries }, object))
        : undefined
  }
}

function classStatus(world: World, object: GatewayClass) {
  const managed = managedClass(world, object.metadata.name)
  const conditions = managed === undefined ? [] : gatewayClassConditions(world, managed)
  return conditions.length === 0 ? undefined : { conditions }
}

function envoyProxyStatus(world: World, object: EnvoyProxy) {
  const { namespace, name } = object.metadata
  const error = envoyProxyError(world, object.spec)
  const conditions: Condition[] = [
    withGeneration(
      object,
      error === undefined
        ? { type: "Accepted", status: "True", reason: "Accepted", message: "EnvoyProxy has been accepted." }
        : { type: "Accepted", status: "False", reason: "InvalidParameters", message: error },
    ),
  ]
  if (error === undefined && object.spec.luaValidation !== undefined) {
    const message = "spec.luaValidation is deprecated, use spec.lua.validationType instead"
    conditions.push(withGeneration(object, { type: "Warning", status: "True", reason: "DeprecatedField", message }))
  }
  const ancestors = world.members("users-of-envoy-proxy", `${namespace}/${name}`).flatMap((key) => {
    const user = world.lookup(key)
    const ref = user === undefined ? undefined : ancestorOfProxy(world, object, user)
    return ref === undefined ? [] : [{ ancestorRef: ref, controllerName: undefined, conditions }]
  })
  return ancestors.length === 0 ? undefined : { ancestors }
}

function ancestorOfProxy(world: World, object: EnvoyProxy, user: AnyObject) {
  if (user.kind === "GatewayClass") {
    const managed = managedClass(world, user.metadata.name)
    if (managed === undefined || !isSame(classEnvoyProxy(world, managed).object, object)) return undefined
    return { group, kind: "GatewayClass", name: user.metadata.name }
  }
  const gateway = user as Gateway
  if (managedClass(world, gateway.spec.gatewayClassName) === undefined) return undefined
  if (!isSame(gatewayEnvoyProxy(world, gateway), object)) return undefined
  return { group, kind: "Gateway", namespace: gateway.metadata.namespace, name: gateway.metadata.name }
}

/** Results keep the object they were made of, also when an equal one came in its place: identity would not do. */
function isSame(a: AnyObject | undefined, b: AnyObject): boolean {
  return a !== undefined && keyOf(a) === keyOf(b)
}

function gatewayStatus(queries: AttachQueries, object: Gateway) {
  const { namespace, name } = object.metadata
  const proxyKey = queries.gateway(namespace, name)?.proxyKey
  const state =
    proxyKey === undefined
      ? undefined
      : queries.group(proxyKey)?.gateways.find(({ gateway }) => isSame(gateway, object))
  if (state === undefined) return undefined
  const telemetry = queries.telemetry(`${namespace}/${name}`)
  const conditions =
    telemetry.error === undefined
      ? state.conditions
      : [
          ...state.conditions.filter((c) => c.type !== "Accepted"),
          withGeneration(object, {
            type: "Accepted",
            status: "False",
            reason: "InvalidParameters",
            message: telemetry.error,
          }),
        ]
  const own = state.listeners.filter((listener) => listener.owner.kind === "Gateway")
  const attachedListenerSets = attachedSets(state)
  return {
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(state.isAccepted ? { listeners: own.map((listener) => listenerStatus(queries, listener)) } : {}),
    ...(attachedListenerSets === 0 ? {} : { attachedListenerSets }),
  }
}

function listenerStatus(queries: AttachQueries, listener: ListenerDraft) {
  return {
    name: listener.spec.name,
    supportedKinds: listener.kinds.map((kind) => ({ group, kind })),
    attachedRoutes: queries.attachedRoutes(listener.irName, listener.kinds),
    conditions: listener.conditions,
  }
}

function listenerSetStatus(queries: AttachQueries, object: ListenerSet) {
  const { parentRef } = object.spec
  const namespace = parentRef.namespace ?? object.metadata.namespace
  const proxyKey = queries.gateway(namespace, parentRef.name)?.proxyKey
  const states = proxyKey === undefined ? [] : (queries.group(proxyKey)?.gateways ?? [])
  for (const state of states) {
    const attached = state.sets.find(({ set }) => isSame(set, object))
    if (attached === undefined) continue
    const listeners = listenersOfSet(state, object).map((listener) => listenerStatus(queries, listener))
    const conditions = setConditions(state, attached).map((c) => withGeneration(object, c))
    return { conditions, ...(listeners.length === 0 ? {} : { listeners }) }
  }
  return undefined
}

function routeStatus(world: World, queries: AttachQueries, key: ObjectKey, object: AnyObject) {
  const attachment = queries.attachment(key)
  if (attachment === undefined || attachment.parents.length === 0) return undefined
  const controllerName = world.settings().controllerName
  const parents = attachment.parents.map(({ parentRef, conditions, listeners }) => {
    const others = new Set(listeners.flatMap((listener) => queries.overlaps(key, listener)))
    const all = others.size === 0 ? conditions : [...conditions, overlapCondition([...others])]
    return { parentRef, controllerName, conditions: all.map((c) => withGeneration(object, c)) }
  })
  return { parents }
}

function overlapCondition(others: readonly ObjectKey[]): Condition {
  const names = others.map((other) => other.replace("/", " ")).join(", ")
  const message = `Overlapping match conditions with route(s): ${names}`
  return { type: "RouteRulesOverlap", status: "True", reason: "RouteRulesOverlap", message }
}

function backendStatus(world: World, object: Backend) {
  const conditions = backendConditions(world, object, isOnHost(world.settings()))
  return { conditions: conditions.map((c) => withGeneration(object, c)) }
}

function tlsPolicyStatus(world: World, queries: AttachQueries, key: ObjectKey, object: AnyObject) {
  const { controllerName } = world.settings()
  const ancestors = queries.tlsPolicies.ancestors(key).map(({ ancestorRef, conditions }) => ({
    ancestorRef,
    controllerName,
    conditions: conditions.map((c) => withGeneration(object, c)),
  }))
  return ancestors.length === 0 ? undefined : { ancestors }
}

function policyStatus(world: World, ancestors: readonly PolicyAncestor[]) {
  if (ancestors.length === 0) return undefined
  const { controllerName } = world.settings()
  return {
    ancestors: ancestors.map(({ ancestorRef, conditions }) => ({
      ancestorRef: { group, ...ancestorRef },
      controllerName,
      conditions,
    })),
  }
}
