// What the quarantine means for the statuses of objects.
import type { ObjectStatus } from "@attache/translate"
import type { QuarantinedPart } from "./record.ts"

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/**
 * Statuses in which objects with withdrawn parts say so: a route that has others left is `PartiallyInvalid`, all else is not
 * `Accepted` any more. Patches say it by themselves.
 */
export function statusesWithin(
  statuses: readonly ObjectStatus[],
  quarantined: readonly QuarantinedPart[],
): readonly ObjectStatus[] {
  if (quarantined.length === 0) return statuses
  const byObject = Map.groupBy(quarantined, ({ object }) => object)
  return statuses.map((each) => {
    const parts = byObject.get(`${each.kind}/${each.namespace ?? ""}/${each.name}`)
    if (parts === undefined || each.kind === "EnvoyPatchPolicy") return each
    return { ...each, status: withCondition(each.status, conditionFor(parts)) as ObjectStatus["status"] }
  })
}

function conditionFor(parts: readonly QuarantinedPart[]): Condition {
  const texts = parts.map(({ field, message }) => `Envoy refuses ${field === "" ? "it" : field}: ${message}`)
  const message = [...new Set(texts)].join("\n").slice(0, 32_768)
  return parts.some(({ isWhole }) => isWhole)
    ? { type: "Accepted", status: "False", reason: "UnsupportedValue", message }
    : { type: "PartiallyInvalid", status: "True", reason: "UnsupportedValue", message }
}

/** Puts a condition into every list of conditions of a parent or ancestor. */
function withCondition(value: unknown, condition: Condition): unknown {
  if (Array.isArray(value)) return value.map((each) => withCondition(each, condition))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === "conditions" ? replaced(member as readonly Condition[], condition) : withCondition(member, condition),
    ]),
  )
}

function replaced(conditions: readonly Condition[], condition: Condition): readonly Condition[] {
  const known = conditions.findIndex(({ type }) => type === condition.type)
  if (known < 0) return [...conditions, condition]
  return conditions.map((each, i) => (i === known ? { ...each, ...condition } : each))
}
