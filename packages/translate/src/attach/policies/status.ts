// Status of a policy: which ancestors it has and what each of them is told.
import { type Condition, setCondition } from "@attache/kube-api"
import { type ObjectKey, objectKey } from "../../world/world.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import { type AncestorRef, ancestorsInOrder, type PolicyAncestor } from "./ancestors.ts"
import { type OverrideReads, overriddenMessage } from "./overrides.ts"
import type { PolicyKind } from "./policy-kind.ts"
import { hasSection, type PolicyObject, type Target, winnerOf } from "./targets.ts"

/** A managed parent of a route, as the route's attachment resolved it. */
export interface RouteParentView {
  readonly kind: "Gateway" | "ListenerSet"
  readonly namespace: string
  readonly name: string
  readonly sectionName?: string
  /** Gateway that carries it in the end. */
  readonly gateway: { readonly namespace: string; readonly name: string }
  /** Listeners it resolved to. */
  readonly listeners: readonly {
    readonly name: string
    readonly irName: string
    readonly set?: { readonly namespace: string; readonly name: string }
  }[]
}

/** What came of applying a policy to one target. */
export interface Outcome {
  /** Error text, for all ancestors of the target. */
  readonly error?: string
  readonly isPending?: boolean
  /** BackendTLSPolicies that were looked at for its backends. */
  readonly tlsUses?: readonly TlsPolicyUse[]
  /** Parents it was merged with (route policies with a merge type), one for each listener. */
  readonly merged?: readonly { readonly ancestor: AncestorRef; readonly parent?: ObjectKey; readonly error?: string }[]
}

/** What the status of a policy reads. */
export interface PolicyStatusReads extends OverrideReads {
  targets(kind: PolicyKind, policy: ObjectKey): readonly Target[]
  /** Parents of a route that are ours, in spec order; undefined when the route is unknown. */
  routeParents(route: ObjectKey): readonly RouteParentView[] | undefined
  /** Applies a policy to a target. */
  outcome(kind: PolicyKind, policy: ObjectKey, target: Target): Outcome
  /** Scopes of children that merge this policy into theirs, as a message part; empty when none does. */
  mergedInto(kind: PolicyKind, policy: ObjectKey, target: Target): string
}

/** Ancestors of a policy with their conditions; none when no target is ours. Source: Envoy Gateway 1.9. */
export function policyAncestors(
  reads: PolicyStatusReads,
  kind: PolicyKind,
  policy: PolicyObject,
): readonly PolicyAncestor[] {
  const key = objectKey(policy.kind, policy.metadata.namespace ?? "", policy.metadata.name)
  const ancestors: PolicyAncestor[] = []
  const targets = [...reads.targets(kind, key)].sort((a, b) => passOf(a) - passOf(b))
  for (const target of targets) {
    const refs = ancestorRefs(reads, target)
    if (refs.length === 0) continue
    const problem = placementProblem(reads, kind, key, target)
    if (problem !== undefined) {
      for (const ref of refs) note(policy, ancestors, ref, { type: "Accepted", status: "False", ...problem })
      continue
    }
    noteOutcome(reads, kind, policy, key, target, refs, ancestors)
  }
  return ancestorsInOrder(ancestors)
}

/** Passes in Envoy Gateway's order: rules, routes, ListenerSet listeners, ListenerSets, Gateway listeners, Gateways. */
function passOf({ kind, section }: Target): number {
  const base = kind === "Gateway" ? 4 : kind === "ListenerSet" ? 2 : 0
  return section === undefined ? base + 1 : base
}

function ancestorRefs(reads: PolicyStatusReads, target: Target): readonly AncestorRef[] {
  const { kind, namespace, name, section } = target
  const own = { kind, namespace, name, ...(section === undefined ? {} : { sectionName: section }) }
  if (kind === "Gateway") return reads.gateway(namespace, name)?.isAccepted === true ? [own as AncestorRef] : []
  if (kind === "ListenerSet") return reads.get("ListenerSet", namespace, name) === undefined ? [] : [own as AncestorRef]
  const parents = reads.routeParents(objectKey(kind, namespace, name)) ?? []
  return parents.map((p) => ({
    kind: p.kind,
    namespace: p.namespace,
    name: p.name,
    ...(p.sectionName === undefined ? {} : { sectionName: p.sectionName }),
  }))
}

function placementProblem(
  reads: PolicyStatusReads,
  kind: PolicyKind,
  key: ObjectKey,
  target: Target,
): { readonly reason: string; readonly message: string } | undefined {
  const { section } = target
  if (section !== undefined && !hasSection(reads, target, section)) {
    const message = `No section name ${section} found for ${target.kind} ${target.namespace}/${target.name}`
    return { reason: "TargetNotFound", message }
  }
  const winner = winnerOf(reads.attachments(kind, target), section)
  if (winner === key) return undefined
  const message = `Unable to target ${shownTarget(target)}, another ${kind.kind} has already attached to it`
  return { reason: "Conflicted", message }
}

function shownTarget({ kind, name, section }: Target): string {
  if (kind === "Gateway" || kind === "ListenerSet")
    return section === undefined ? `${kind} ${name}` : `Listener ${name}/${section}`
  return section === undefined ? `${kind} ${name}` : `RouteRule ${name}/${section}`
}

function noteOutcome(
  reads: PolicyStatusReads,
  kind: PolicyKind,
  policy: PolicyObject,
  key: ObjectKey,
  target: Target,
  refs: readonly AncestorRef[],
  ancestors: PolicyAncestor[],
): void {
  const outcome = reads.outcome(kind, key, target)
  const tell = (ref: AncestorRef, condition: Condition): void => note(policy, ancestors, ref, condition)
  for (const { ancestor, parent, error } of outcome.merged ?? []) {
    if (error !== undefined) tell(ancestor, { type: "Accepted", status: "False", reason: "Invalid", message: error })
    else if (parent !== undefined) {
      const message = `Merged with policy ${parent.slice(parent.indexOf("/") + 1)}`
      tell(ancestor, { type: "Merged", status: "True", reason: "Merged", message })
    }
  }
  for (const ref of refs) {
    if (outcome.error !== undefined)
      tell(ref, { type: "Accepted", status: "False", reason: "Invalid", message: outcome.error })
    else if (outcome.isPending === true) {
      tell(ref, {
        type: "Accepted",
        status: "False",
        reason: "Pending",
        message: "Waiting for a module that this policy needs.",
      })
    }
    for (const message of kind.deprecations(policy))
      tell(ref, { type: "Warning", status: "True", reason: "DeprecatedField", message })
    if (!isSettled(ancestors, ref))
      tell(ref, { type: "Accepted", status: "True", reason: "Accepted", message: "Policy has been accepted." })
    const overridden = overriddenMessage(reads, kind, target)
    if (overridden !== "") tell(ref, { type: "Overridden", status: "True", reason: "Overridden", message: overridden })
    const merged = reads.mergedInto(kind, key, target)
    if (merged !== "") tell(ref, { type: "Merged", status: "True", reason: "Merged", message: merged })
  }
}

function isSettled(ancestors: readonly PolicyAncestor[], ref: AncestorRef): boolean {
  return find(ancestors, ref)?.conditions.some((c) => c.type === "Accepted") ?? false
}

function find(ancestors: readonly PolicyAncestor[], ref: AncestorRef): PolicyAncestor | undefined {
  return ancestors.find(
    ({ ancestorRef: a }) =>
      a.kind === ref.kind && a.namespace === ref.namespace && a.name === ref.name && a.sectionName === ref.sectionName,
  )
}

function note(policy: PolicyObject, ancestors: PolicyAncestor[], ref: AncestorRef, condition: Condition): void {
  const { generation } = policy.metadata
  const observed = generation === undefined ? condition : { ...condition, observedGeneration: generation }
  let ancestor = find(ancestors, ref)
  if (ancestor === undefined) {
    ancestor = { ancestorRef: ref, conditions: [] }
    ancestors.push(ancestor)
  }
  ancestor.conditions = setCondition(ancestor.conditions, observed)
}
