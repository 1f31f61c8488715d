/** A condition of a status, as Kubernetes writes it. */
export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** All conditions inside a status, wherever they stand. */
export function conditionsOf(value: unknown): readonly Condition[] {
  if (Array.isArray(value)) return value.flatMap(conditionsOf)
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === "conditions" ? (member as readonly Condition[]) : conditionsOf(member),
  )
}
