import { sentence } from "./sentence.ts"

/** Condition types that errors of a route end in. */
export type RouteErrorType = "Accepted" | "ResolvedRefs" | "BackendsAvailable"

/** Something wrong with a route. The message stands as Envoy Gateway 1.9 words it, before it is made a sentence. */
export interface RouteError {
  readonly type: RouteErrorType
  readonly reason: string
  readonly message: string
}

/** A condition of a status, without time and observed generation. */
export interface Condition {
  readonly type: string
  readonly status: "True" | "False"
  readonly reason: string
  readonly message: string
}

/** Errors of one type as one: reasons distinct, sorted and joined with a comma; messages are sentences, one a line. */
export function joinErrors(errors: readonly RouteError[]): readonly RouteError[] {
  const byType = new Map<RouteErrorType, RouteError[]>()
  for (const error of errors) {
    const same = byType.get(error.type)
    if (same === undefined) byType.set(error.type, [error])
    else same.push(error)
  }
  return [...byType].map(([type, same]) => ({
    type,
    reason: [...new Set(same.map((e) => e.reason))].sort().join(","),
    message: same.map((e) => sentence(e.message)).join("\n"),
  }))
}

/** Conditions with one more: one of the same type is replaced where it stands. */
export function setCondition(conditions: readonly Condition[], condition: Condition): readonly Condition[] {
  const index = conditions.findIndex((c) => c.type === condition.type)
  return index < 0 ? [...conditions, condition] : conditions.with(index, condition)
}
