// EnvoyPatchPolicies: which proxy each of them changes, and which are accepted. What the patches do is seen after emission.
import type { Condition, EnvoyPatchPolicy } from "@attache/kube-api"
import type { ResourcePatch } from "../../plan/index.ts"
import { byAge } from "../../world/order.ts"
import { type ObjectKey, objectKey, type World } from "../../world/world.ts"
import { isMergingGateways } from "../gateways/envoy-proxy.ts"
import { gatewaysOfClass, managedClass, managedClasses } from "../gateways/gateway-class.ts"
import { proxyKeyOf, withGeneration } from "../gateways/gateway-group.ts"

/** Where a patch policy is attached, and whether it is accepted. */
export interface PatchAttachment {
  /** Proxy that it changes when it is accepted. */
  readonly proxyKey: string
  readonly ancestorRef: {
    readonly group: string
    readonly kind: string
    readonly namespace?: string
    readonly name: string
  }
  readonly accepted: Condition
}

const group = "gateway.networking.k8s.io"

/** Patches of the accepted policies of a proxy: by priority, lowest first, then by age. */
export function patchesOf(world: World, proxyKey: string): readonly ResourcePatch[] {
  if (!world.settings().isPatchPolicyEnabled) return []
  const target = proxyKey.includes("/") ? `Gateway/${proxyKey}` : `GatewayClass//${proxyKey}`
  return world
    .members("policies-of-target", `EnvoyPatchPolicy|${target}`)
    .flatMap((key) => {
      const policy = world.lookup(key) as EnvoyPatchPolicy | undefined
      return policy?.spec.targetRef.group === group ? [policy] : []
    })
    .sort((a, b) => (a.spec.priority ?? 0) - (b.spec.priority ?? 0) || byAge(a, b))
    .flatMap(patchesOfPolicy)
}

function patchesOfPolicy(policy: EnvoyPatchPolicy): readonly ResourcePatch[] {
  const object = patchPolicyKey(policy)
  return (policy.spec.jsonPatches ?? []).map(({ type, name, operation }, index) => ({
    origin: { object, field: `spec.jsonPatches[${index}]` },
    index,
    typeUrl: type,
    name,
    operation,
  }))
}

/**
 * Where a policy is attached; undefined when its target is nobody of ours.
 *
 * The target is looked up by name alone, group and kind are judged afterwards. Source: Envoy Gateway 1.9.
 */
export function attachPatchPolicy(world: World, policy: EnvoyPatchPolicy): PatchAttachment | undefined {
  const { namespace } = policy.metadata
  const { targetRef } = policy.spec
  if (proxyKeyOf(world, namespace, targetRef.name) === `${namespace}/${targetRef.name}`)
    return attach(world, policy, "Gateway", `${namespace}/${targetRef.name}`)
  const isMerging = (name: string): boolean => {
    const gatewayClass = managedClass(world, name)
    return (
      gatewayClass !== undefined && isMergingGateways(world, gatewayClass) && gatewaysOfClass(world, name).length > 0
    )
  }
  if (isMerging(targetRef.name)) return attach(world, policy, "GatewayClass", targetRef.name)
  if (!managedClasses(world).some(isMerging)) return undefined
  const shown = `TargetRef.Group:${targetRef.group} TargetRef.Kind:${targetRef.kind} TargetRef.Namespace:${namespace} TargetRef.Name:${targetRef.name}`
  return {
    proxyKey: targetRef.name,
    ancestorRef: { group, kind: "GatewayClass", name: targetRef.name },
    accepted: refused(policy, "Invalid", `${shown} not found or not accepted (MergeGateways=true).`),
  }
}

function attach(
  world: World,
  policy: EnvoyPatchPolicy,
  kind: "Gateway" | "GatewayClass",
  proxyKey: string,
): PatchAttachment {
  const { namespace } = policy.metadata
  const { targetRef } = policy.spec
  const ancestorRef = { group, kind, ...(kind === "Gateway" ? { namespace } : {}), name: targetRef.name }
  if (!world.settings().isPatchPolicyEnabled) {
    const message = "EnvoyPatchPolicy is disabled in the EnvoyGateway configuration"
    return { proxyKey, ancestorRef, accepted: refused(policy, "Disabled", message) }
  }
  if (targetRef.group !== group || targetRef.kind !== kind) {
    const message =
      `TargetRef.Group:${targetRef.group} TargetRef.Kind:${targetRef.kind}, ` +
      `only TargetRef.Group:${group} and TargetRef.Kind:${kind} is supported.`
    return { proxyKey, ancestorRef, accepted: refused(policy, "Invalid", message) }
  }
  const accepted: Condition = {
    type: "Accepted",
    status: "True",
    reason: "Accepted",
    message: "Policy has been accepted.",
  }
  return { proxyKey, ancestorRef, accepted: withGeneration(policy, accepted) }
}

function refused(policy: EnvoyPatchPolicy, reason: string, message: string): Condition {
  return withGeneration(policy, { type: "Accepted", status: "False", reason, message })
}

/** Key of a policy object. */
export function patchPolicyKey({ metadata }: EnvoyPatchPolicy): ObjectKey {
  return objectKey("EnvoyPatchPolicy", metadata.namespace, metadata.name)
}
