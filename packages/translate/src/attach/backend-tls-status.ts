import type { TlsPolicyUse } from "./backend-tls.ts"
import type { Condition } from "./route-error.ts"
import { sentence } from "./sentence.ts"

/** A use of a BackendTLSPolicy and the parent of the route, or the policy, it was used for; the reference as the user wrote it. */
export interface TlsPolicyAncestor<Ref> {
  readonly ancestor: Ref
  readonly use: TlsPolicyUse
}

/** Status of a policy for one ancestor. */
export interface AncestorConditions<Ref> {
  readonly ancestorRef: Ref
  readonly conditions: readonly Condition[]
}

/**
 * Ancestors of a BackendTLSPolicy, in the order of its uses, each once.
 *
 * A policy in conflict stands under the ancestors of the one it lost to as well. `sameRef` tells when two references mean one ancestor. Source: Envoy
 * Gateway 1.9.
 */
export function backendTlsAncestors<Ref>(
  uses: readonly TlsPolicyAncestor<Ref>[],
  conflict: { readonly with: string; readonly ancestors: readonly Ref[] } | undefined,
  sameRef: (a: Ref, b: Ref) => boolean,
): readonly AncestorConditions<Ref>[] {
  const result: AncestorConditions<Ref>[] = []
  for (const { ancestor, use } of uses) {
    if (!result.some((r) => sameRef(r.ancestorRef, ancestor)))
      result.push({ ancestorRef: ancestor, conditions: conditionsOf(use) })
  }
  if (conflict === undefined) return result
  const conflicted: Condition = {
    type: "Accepted",
    status: "False",
    reason: "Conflicted",
    message: `Policy conflicts with BackendTLSPolicy ${conflict.with}.`,
  }
  for (const ancestor of conflict.ancestors) {
    const index = result.findIndex((r) => sameRef(r.ancestorRef, ancestor))
    const before = result[index]
    if (before === undefined) result.push({ ancestorRef: ancestor, conditions: [conflicted] })
    else
      result[index] = { ...before, conditions: before.conditions.map((c) => (c.type === "Accepted" ? conflicted : c)) }
  }
  return result
}

function conditionsOf({ error }: TlsPolicyUse): readonly Condition[] {
  if (error === undefined) {
    return [
      { type: "ResolvedRefs", status: "True", reason: "ResolvedRefs", message: "Resolved all the Object references." },
      { type: "Accepted", status: "True", reason: "Accepted", message: "Policy has been accepted." },
    ]
  }
  const message = sentence(error.message)
  return [
    { type: "Accepted", status: "False", reason: "NoValidCACertificate", message },
    { type: "ResolvedRefs", status: "False", reason: error.reason, message },
  ]
}
