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
 * Cuts a list of ancestors to what a status can hold: refused ones first, then overridden ones, then by namespace and name.
 *
 * Lists that fit stay as they are.
 */
export function ancestorsInOrder<A extends Ancestor>(ancestors: readonly A[]): readonly A[] {
  if (ancestors.length <= maxAncestors) return ancestors
  const ranked = [...ancestors].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      compare(a.ancestorRef.namespace ?? "", b.ancestorRef.namespace ?? "") ||
      compare(a.ancestorRef.name, b.ancestorRef.name),
  )
  const kept = ranked.slice(0, maxAncestors)
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

function rank({ conditions }: Ancestor): number {
  if (conditions.some((c) => c.type === "Accepted" && c.status === "False")) return 0
  return conditions.some((c) => c.type === "Overridden" && c.status === "True") ? 1 : 2
}
