// What Envoys say, in the statuses of the objects that it is about.
import type { ObjectStatus } from "@attache/translate"
import type { Lack } from "../proxy-health/fact.ts"
import type { QuarantinedPart } from "../quarantine/record.ts"

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/**
 * Statuses in which objects say what Envoys have against them.
 *
 * With withdrawn parts a route that has others left is `PartiallyInvalid`, a listener that is refused not `Programmed`, all else
 * not `Accepted` any more. Patches say it by themselves. An object one of whose extensions has failed is not `Working`.
 *
 * @param notWorking what does not work, of all proxies
 */
export function statusesWithin(
  statuses: readonly ObjectStatus[],
  quarantined: readonly QuarantinedPart[],
  notWorking: readonly Lack[] = [],
): readonly ObjectStatus[] {
  if (quarantined.length + notWorking.length === 0) return statuses
  const refused = Map.groupBy(quarantined, ({ object }) => object)
  const failed = Map.groupBy(notWorking, ({ object }) =>
    object === undefined ? "" : `${object.kind}/${object.namespace}/${object.name}`,
  )
  return statuses.map((each) => {
    const key = `${each.kind}/${each.namespace ?? ""}/${each.name}`
    const lacks = failed.get(key) ?? []
    const parts = each.kind === "EnvoyPatchPolicy" ? [] : (refused.get(key) ?? [])
    if (lacks.length + parts.length === 0) return each
    const listeners = parts.filter(({ field }) => listenerIn(field) !== undefined)
    const others = parts.filter(({ field }) => listenerIn(field) === undefined)
    const conditions = [
      ...(others.length > 0 ? [refusalCondition(others)] : []),
      ...(lacks.length > 0 ? [workCondition(lacks)] : []),
    ]
    const status = conditions.reduce<unknown>(withCondition, withListeners(each.status, listeners))
    return { ...each, status: status as ObjectStatus["status"] }
  })
}

function refusalCondition(parts: readonly QuarantinedPart[]): Condition {
  const message = refusalText(parts)
  return parts.some(({ isWhole }) => isWhole)
    ? { type: "Accepted", status: "False", reason: "UnsupportedValue", message }
    : { type: "PartiallyInvalid", status: "True", reason: "UnsupportedValue", message }
}

function workCondition(lacks: readonly Lack[]): Condition {
  const message = joined(lacks.map(({ subject, field = subject, reason }) => `${field}: ${reason}`))
  return { type: "Working", status: "False", reason: "ExtensionFailed", message }
}

function refusalText(parts: readonly QuarantinedPart[]): string {
  return joined(parts.map(({ field, message }) => `Envoy refuses ${field === "" ? "it" : field}: ${message}`))
}

function joined(texts: readonly string[]): string {
  return [...new Set(texts)].join("\n").slice(0, 32_768)
}

/** Place of a Gateway's listener; its status stands at the same place. */
function listenerIn(field: string): number | undefined {
  const place = /^spec\.listeners\[(\d+)\]/.exec(field)?.[1]
  return place === undefined ? undefined : Number(place)
}

function withListeners(status: unknown, parts: readonly QuarantinedPart[]): unknown {
  const { listeners = [] } = status as { readonly listeners?: readonly unknown[] }
  if (parts.length === 0) return status
  return {
    ...(status as object),
    listeners: listeners.map((listener, place) => {
      const own = parts.filter(({ field }) => listenerIn(field) === place)
      if (own.length === 0) return listener
      return withCondition(listener, {
        type: "Programmed",
        status: "False",
        reason: "Invalid",
        message: refusalText(own),
      })
    }),
  }
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
