// What comes of applying a policy to one of its targets, for its status.
import { type ObjectKey, objectKey, type World } from "../../world/world.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import type { AncestorRef } from "./ancestors.ts"
import { type ExtensionResult, errorText, type FeatureError } from "./envoy-extension-policy/result.ts"
import type { PolicyKind } from "./policy-kind.ts"
import { parentPoliciesFor, type ScopedPolicy } from "./scopes.ts"
import type { ListenerOutcome, Outcome, RouteParentView } from "./status.ts"
import { type Attachment, gatewayOfTarget, type Target } from "./targets.ts"

/** What is read to apply a policy. */
export interface OutcomeReads extends World {
  attachments(kind: PolicyKind, target: Target): readonly Attachment[]
  routeParents(route: ObjectKey): readonly RouteParentView[] | undefined
  /** A policy translated; key: policy, parent to merge with or nothing, Gateway, `route` or `gateway`, with spaces between. */
  results(key: string): ExtensionResult
  /** Whether a route's policy merges with its parents. */
  isMerging(policy: ObjectKey): boolean
}

/** What comes of a policy on one target: on a Gateway, on the parents of a route, or (merging) on each listener of these. @param className counts only Gateways of this class; absent: all */
export function outcomeOf(
  reads: OutcomeReads,
  kind: PolicyKind,
  policyKey: ObjectKey,
  target: Target,
  className: string | undefined,
): Outcome {
  if (target.kind === "Gateway" || target.kind === "ListenerSet") {
    const gateway = gatewayOfTarget(reads, target)
    return gateway === undefined ? {} : outcomeFrom([reads.results(`${policyKey}  ${gateway} gateway`)])
  }
  const isOfClass = ({ gateway }: RouteParentView): boolean =>
    className === undefined ||
    reads.get("Gateway", gateway.namespace, gateway.name)?.spec.gatewayClassName === className
  const parents = (reads.routeParents(objectKey(target.kind, target.namespace, target.name)) ?? []).filter(isOfClass)
  if (reads.isMerging(policyKey)) return mergedOutcome(kind, reads, policyKey, target, parents)
  const results = parents.map(({ gateway: g, listeners }) => {
    const result = reads.results(`${policyKey}  ${g.namespace}/${g.name} route`)
    // Where no listener takes the route, what depends on the Gateway is not looked at.
    return listeners.length > 0 ? result : { ...result, errors: result.errors.filter(isOfAllParents) }
  })
  return outcomeFrom(results)
}

function mergedOutcome(
  kind: PolicyKind,
  reads: OutcomeReads,
  policyKey: ObjectKey,
  target: Target,
  parents: readonly RouteParentView[],
): Outcome {
  const tlsUses: TlsPolicyUse[] = []
  const listeners = parents.flatMap(({ gateway, listeners: all }) =>
    all.map((listener): ListenerOutcome => {
      const { name: sectionName, irName: listenerIrName, set } = listener
      const { kind: routeKind, namespace, name } = target
      const standing = { gateway, listener: sectionName, listenerIrName, ...(set === undefined ? {} : { set }) }
      const [scoped] = parentPoliciesFor(reads, kind, { kind: routeKind, namespace, name, ...standing })
      const carrier = `${gateway.namespace}/${gateway.name}`
      const result = reads.results(`${policyKey} ${scoped?.policy ?? ""} ${carrier} route`)
      tlsUses.push(...result.tlsUses)
      const ancestor: AncestorRef =
        set === undefined ? { kind: "Gateway", ...gateway, sectionName } : { kind: "ListenerSet", ...set, sectionName }
      const { error, isPending } = outcomeFrom([result])
      return {
        ancestor,
        ...(error === undefined ? {} : { error }),
        ...(isPending === undefined ? {} : { isPending }),
        ...(scoped === undefined
          ? {}
          : {
              parent: {
                policy: scoped.policy,
                gateway: carrier,
                scope: scopeTarget(scoped, gateway, sectionName, set),
              },
            }),
      }
    }),
  )
  return { listeners, tlsUses }
}

/** Where a parent's policy is attached. */
function scopeTarget(
  { scope }: ScopedPolicy,
  gateway: { readonly namespace: string; readonly name: string },
  section: string,
  set: { readonly namespace: string; readonly name: string } | undefined,
): Target {
  const isOfSet = scope === "set" || scope === "set-listener"
  const object = isOfSet && set !== undefined ? { kind: "ListenerSet", ...set } : { kind: "Gateway", ...gateway }
  return scope === "set-listener" || scope === "gateway-listener" ? { ...object, section } : object
}

/** Wasm is translated once for all parents of a route, other lists for each of them. Source: Envoy Gateway 1.9. */
function outcomeFrom(results: readonly ExtensionResult[]): Outcome {
  const errors = results.flatMap((result, i) => result.errors.filter((error) => i === 0 || !isOfAllParents(error)))
  const text = errorText(errors)
  return {
    ...(text === undefined ? {} : { error: text }),
    ...(results.some(({ isPending }) => isPending) ? { isPending: true } : {}),
    tlsUses: results.flatMap(({ tlsUses }) => tlsUses),
  }
}

function isOfAllParents({ feature }: FeatureError): boolean {
  return feature === "Wasm"
}
