// Status of a policy: which ancestors it has and what each of them is told.
import type { Condition } from "@attache/kube-api"
import { type ObjectKey, objectKey } from "../../world/world.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import type { GatewayView } from "../gateway-view.ts"
import { type AncestorRef, ancestorsInOrder, isSettled, noteCondition, type PolicyAncestor } from "./ancestors.ts"
import { type OverrideReads, ruleMessage, scopeMessages } from "./overrides.ts"
import type { PolicyKind } from "./policy-kind.ts"
import type { ScopeReads } from "./scopes.ts"
import { gatewayOfTarget, hasSection, type PolicyObject, type Target, winnerOf } from "./targets.ts"

/** A managed parent of a route, as the route's attachment resolved it. */
export interface RouteParentView {
  readonly kind: "Gateway" | "ListenerSet"
  readonly namespace: string
  readonly name: string
  readonly sectionName?: string
  /** Gateway that carries it in the end. */
  readonly gateway: { readonly namespace: string; readonly name: string }
  /** Listeners it selects, also such as have no host name in common with the route. */
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
  /** What came of it on single listeners (route policies with a merge type). */
  readonly listeners?: readonly ListenerOutcome[]
  /** BackendTLSPolicies that were looked at for its backends. */
  readonly tlsUses?: readonly TlsPolicyUse[]
}

/** What came of a route policy on one listener. */
export interface ListenerOutcome {
  readonly ancestor: AncestorRef
  /** Policy that it was merged with, and where that one is attached. */
  readonly parent?: { readonly policy: ObjectKey; readonly scope: Target; readonly gateway: string }
  readonly error?: string
  readonly isPending?: boolean
}

/** What the status of a policy reads. */
export interface PolicyStatusReads extends OverrideReads, ScopeReads {
  gateway(namespace: string, name: string): GatewayView | undefined
  targets(kind: PolicyKind, policy: ObjectKey): readonly Target[]
  /** Parents of a route that are ours, in spec order; undefined when the route is unknown. */
  routeParents(route: ObjectKey): readonly RouteParentView[] | undefined
  /** Applies a policy to a target, on Gateways of one class. */
  outcome(kind: PolicyKind, policy: ObjectKey, target: Target, className: string): Outcome
}

/**
 * Ancestors of a policy with their conditions; none when no target is ours.
 *
 * Each GatewayClass is told of apart, with a list of its own, before they are put together. Source: Envoy Gateway 1.9.
 */
export function policyAncestors(
  reads: PolicyStatusReads,
  kind: PolicyKind,
  policy: PolicyObject,
): readonly PolicyAncestor[] {
  const key = objectKey(policy.kind, policy.metadata.namespace ?? "", policy.metadata.name)
  const targets = [...reads.targets(kind, key)].sort((a, b) => passOf(a) - passOf(b))
  const all = targets.map((target) => ({ target, refs: ancestorRefs(reads, target) }))
  const classes = [...new Set(all.flatMap(({ refs }) => refs.map(({ className }) => className)))].sort()
  const lists = classes.map((className) => {
    const ancestors: PolicyAncestor[] = []
    for (const { target, refs } of all) {
      const own = refs.flatMap((one) => (one.className === className ? [one.ref] : []))
      if (own.length > 0) noteTarget({ reads, kind, policy, key, className, ancestors }, target, own)
    }
    return ancestorsInOrder(ancestors)
  })
  return ancestorsInOrder(lists.flat())
}

/** Passes in Envoy Gateway's order: rules, routes, ListenerSet listeners, ListenerSets, Gateway listeners, Gateways. */
function passOf({ kind, section }: Target): number {
  const base = kind === "Gateway" ? 4 : kind === "ListenerSet" ? 2 : 0
  return section === undefined ? base + 1 : base
}

interface ClassedRef {
  readonly className: string
  readonly ref: AncestorRef
}

function ancestorRefs(reads: PolicyStatusReads, target: Target): readonly ClassedRef[] {
  const { kind, namespace, name, section } = target
  const classOf = (gateway: { readonly namespace: string; readonly name: string }): string =>
    reads.get("Gateway", gateway.namespace, gateway.name)?.spec.gatewayClassName ?? ""
  if (kind === "Gateway" || kind === "ListenerSet") {
    const [home = "", carrier = ""] = gatewayOfTarget(reads, target)?.split("/") ?? []
    if (reads.gateway(home, carrier)?.isAccepted !== true) return []
    const ref = { kind, namespace, name, ...(section === undefined ? {} : { sectionName: section }) } as const
    return [{ className: classOf({ namespace: home, name: carrier }), ref }]
  }
  const parents = reads.routeParents(objectKey(kind, namespace, name)) ?? []
  return parents.map((p) => ({
    className: classOf(p.gateway),
    ref: {
      kind: p.kind,
      namespace: p.namespace,
      name: p.name,
      ...(p.sectionName === undefined ? {} : { sectionName: p.sectionName }),
    },
  }))
}

interface Run {
  readonly reads: PolicyStatusReads
  readonly kind: PolicyKind
  readonly policy: PolicyObject
  readonly key: ObjectKey
  readonly className: string
  readonly ancestors: PolicyAncestor[]
}

const accepted: Condition = {
  type: "Accepted",
  status: "True",
  reason: "Accepted",
  message: "Policy has been accepted.",
}

function noteTarget(run: Run, target: Target, refs: readonly AncestorRef[]): void {
  const { reads, kind, policy, key, className, ancestors } = run
  const { generation } = policy.metadata
  const tell = (ref: AncestorRef, condition: Condition): void =>
    noteCondition(
      ancestors,
      ref,
      generation === undefined ? condition : { ...condition, observedGeneration: generation },
    )
  // One condition for all ancestors after the other: which ancestors a long list loses depends on that order.
  const tellAll = (condition: Condition): void => {
    for (const ref of refs) tell(ref, condition)
  }
  const problem = placementProblem(reads, kind, key, target)
  if (problem !== undefined) {
    tellAll({ type: "Accepted", status: "False", ...problem })
    return
  }
  const outcome = reads.outcome(kind, key, target, className)
  for (const one of outcome.listeners ?? []) {
    const condition = listenerCondition(one)
    if (condition !== undefined) tell(one.ancestor, condition)
  }
  const refusal = refusalOf(outcome)
  if (refusal !== undefined) tellAll(refusal)
  for (const ref of refs) if (!isSettled(ancestors, ref)) tell(ref, accepted)
  for (const message of kind.deprecations(policy))
    tellAll({ type: "Warning", status: "True", reason: "DeprecatedField", message })
  const { overridden, merged } = messagesFor(reads, kind, target)
  if (merged !== "") tellAll({ type: "Merged", status: "True", reason: "Merged", message: merged })
  if (overridden !== "") tellAll({ type: "Overridden", status: "True", reason: "Overridden", message: overridden })
}

function messagesFor(reads: PolicyStatusReads, kind: PolicyKind, target: Target) {
  if (target.kind === "Gateway" || target.kind === "ListenerSet") return scopeMessages(reads, kind, target)
  if (target.section !== undefined) return { overridden: "", merged: "" }
  const rules = reads
    .attachments(kind, target)
    .flatMap(({ section }) => (section !== undefined && hasSection(reads, target, section) ? [section] : []))
  return { overridden: ruleMessage(kind, rules), merged: "" }
}

function listenerCondition(outcome: ListenerOutcome): Condition | undefined {
  const refusal = refusalOf(outcome)
  if (refusal !== undefined || outcome.parent === undefined) return refusal
  const { policy } = outcome.parent
  const message = `Merged with policy ${policy.slice(policy.indexOf("/") + 1)}`
  return { type: "Merged", status: "True", reason: "Merged", message }
}

function refusalOf({
  error,
  isPending,
}: {
  readonly error?: string
  readonly isPending?: boolean
}): Condition | undefined {
  if (error !== undefined) return { type: "Accepted", status: "False", reason: "Invalid", message: error }
  if (isPending !== true) return undefined
  const message = "Waiting for a module that this policy needs."
  return { type: "Accepted", status: "False", reason: "Pending", message }
}

function placementProblem(
  reads: PolicyStatusReads,
  kind: PolicyKind,
  key: ObjectKey,
  target: Target,
): { readonly reason: string; readonly message: string } | undefined {
  const { section } = target
  if (section !== undefined && !hasSection(reads, target, section)) return missingSection(target, section)
  const winner = winnerOf(reads.attachments(kind, target), section)
  if (winner === key) return undefined
  const message = `Unable to target ${shownTarget(target)}, another ${kind.kind} has already attached to it`
  return { reason: "Conflicted", message }
}

/** Why a policy cannot be attached to a listener or rule that its target does not have. */
export function missingSection(
  { kind, namespace, name }: Target,
  section: string,
): { readonly reason: string; readonly message: string } {
  return { reason: "TargetNotFound", message: `No section name ${section} found for ${kind} ${namespace}/${name}` }
}

function shownTarget({ kind, name, section }: Target): string {
  if (kind === "Gateway" || kind === "ListenerSet")
    return section === undefined ? `${kind} ${name}` : `Listener ${name}/${section}`
  return section === undefined ? `${kind} ${name}` : `RouteRule ${name}/${section}`
}
