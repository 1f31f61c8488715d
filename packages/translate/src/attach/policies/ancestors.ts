import { type Condition, setCondition } from "@attache/kube-api"
import { compare } from "../../world/order.ts"

/** Object whose behaviour a policy changes, as statuses name it. */
export interface AncestorRef {
  readonly kind: "Gateway" | "ListenerSet"
  readonly namespace: string
  readonly name: string
  readonly sectionName?: string
}

/** One ancestor of a policy and what it is told. */
export interface PolicyAncestor {
  readonly ancestorRef: AncestorRef
  conditions: readonly Condition[]
}

interface Ancestor {
  readonly ancestorRef: { readonly namespace?: string; readonly name: string }
  readonly conditions: readonly Condition[]
}

/** Most ancestors a status can hold. Source: Gateway API, PolicyStatus. */
const maxAncestors = 16

/**
 * Notes a condition of an ancestor: one of the same type is replaced, an ancestor that is new comes last.
 *
 * A list that outgrows what a status can hold by more than one loses its least important ancestor at once, so that one
 * which comes back later has only what it is told then. Source: Envoy Gateway 1.9, `SetConditionForPolicyAncestor`.
 */
export function noteCondition(ancestors: PolicyAncestor[], ref: AncestorRef, condition: Condition): void {
  const found = ancestorOf(ancestors, ref)
  if (found !== undefined) {
    found.conditions = setCondition(found.conditions, condition)
    return
  }
  ancestors.push({ ancestorRef: ref, conditions: setCondition([], condition) })
  if (ancestors.length <= maxAncestors + 1) return
  let worst = 0
  for (const [index, ancestor] of ancestors.entries()) {
    if (byImportance(ancestors[worst] ?? ancestor, ancestor) < 0) worst = index
  }
  ancestors.splice(worst, 1)
}

/** Whether an ancestor has been told whether the policy is accepted. */
export function isSettled(ancestors: readonly PolicyAncestor[], ref: AncestorRef): boolean {
  return ancestorOf(ancestors, ref)?.conditions.some((c) => c.type === "Accepted") ?? false
}

function ancestorOf(ancestors: readonly PolicyAncestor[], ref: AncestorRef): PolicyAncestor | undefined {
  return ancestors.find(
    ({ ancestorRef: a }) =>
      a.kind === ref.kind && a.namespace === ref.namespace && a.name === ref.name && a.sectionName === ref.sectionName,
  )
}

/**
 * Cuts a list of ancestors to what a status can hold: refused ones first, then overridden ones, then by namespace and name.
 *
 * Lists that fit stay as they are.
 */
export function ancestorsInOrder<A extends Ancestor>(ancestors: readonly A[]): readonly A[] {
  if (ancestors.length <= maxAncestors) return ancestors
  const kept = [...ancestors].sort(byImportance).slice(0, maxAncestors)
  const last = kept[maxAncestors - 1]
  if (last === undefined) return kept
  const message = `Ancestors have been truncated because the number of policy ancestors exceeds ${maxAncestors}.`
  const conditions = setCondition(last.conditions, {
    type: "Aggregated",
    status: "True",
    reason: "Aggregated",
    message,
  })
  return [...kept.slice(0, -1), { ...last, conditions }]
}

function byImportance(a: Ancestor, b: Ancestor): number {
  return (
    rank(a) - rank(b) ||
    compare(a.ancestorRef.namespace ?? "", b.ancestorRef.namespace ?? "") ||
    compare(a.ancestorRef.name, b.ancestorRef.name)
  )
}

function rank({ conditions }: Ancestor): number {
  if (conditions.some((c) => c.type === "Accepted" && c.status === "False")) return 0
  return conditions.some((c) => c.type === "Overridden" && c.status === "True") ? 1 : 2
}
