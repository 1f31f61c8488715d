// Listeners that cannot stand together. Only listeners without a finding of their own take part, except where noted.
import { compare } from "../../world/order.ts"
import { type ListenerDraft, note } from "./listener-draft.ts"

/**
 * Marks conflicts among the listeners of one Gateway, or of all Gateways that share a proxy.
 *
 * Source: Envoy Gateway 1.9: protocol, then hostname, then one layer 4 listener a port, then (merged) the whole tuple.
 */
export function markConflicts(listeners: readonly ListenerDraft[], isMerged: boolean): void {
  for (const group of groupBy(listeners.filter(isUnspoilt), (l) => `${gatewayOf(l)}|${l.spec.port}`).values()) {
    markProtocolConflicts(group)
    markHostnameConflicts(group.filter(isUnspoilt))
    markLayer4Conflicts(group, "TCP")
    markLayer4Conflicts(group, "UDP")
  }
  if (!isMerged) return
  for (const group of groupBy(listeners.filter(isUnspoilt), (l) => String(l.spec.port)).values())
    markProtocolConflicts(group)
}

/** Marks listeners of merged Gateways whose port, protocol and hostname another listener already took. */
export function markMergedConflicts(listeners: readonly ListenerDraft[]): void {
  const taken = new Set<string>()
  for (const listener of listeners) {
    const { protocol, hostname, port } = listener.spec
    const tuple = `${protocol}:${hostname ?? ""}:${port}`
    if (taken.has(tuple)) {
      note(
        listener,
        "Conflicted",
        "True",
        "HostnameConflict",
        "Port, protocol and hostname tuple must be unique for every listener",
      )
    }
    taken.add(tuple)
  }
}

const isUnspoilt = (listener: ListenerDraft): boolean => listener.conditions.length === 0

const gatewayOf = (listener: ListenerDraft): string =>
  `${listener.gateway.metadata.namespace}/${listener.gateway.metadata.name}`

const familyOf = (listener: ListenerDraft): string => {
  const { protocol } = listener.spec
  return protocol === "HTTPS" || protocol === "TLS" ? "HTTPS/TLS" : protocol
}

function markProtocolConflicts(group: readonly ListenerDraft[]): void {
  const members = group.filter((l) => l.spec.protocol !== "UDP")
  const families = groupBy(members, familyOf)
  if (families.size < 2) return
  const message = `All listeners for a given port must use a compatible protocol, conflicting listeners: ${namesOf(members)}`
  const owned = [...families]
    .filter(([, list]) => list.some((l) => l.owner.kind === "Gateway"))
    .map(([family]) => family)
  const losers =
    owned.length > 1
      ? members
      : owned.length === 1
        ? members.filter((l) => familyOf(l) !== owned[0])
        : losersAmongSets(members)
  for (const listener of losers) markConflict(listener, "ProtocolConflict", message)
}

/** Sets only: the first protocol wins, but a set that conflicts with itself loses entirely. */
function losersAmongSets(members: readonly ListenerDraft[]): readonly ListenerDraft[] {
  const setOf = (l: ListenerDraft): string => `${l.owner.namespace}/${l.owner.name}`
  const torn = new Set(
    [...groupBy(members, setOf)].filter(([, list]) => new Set(list.map(familyOf)).size > 1).map(([set]) => set),
  )
  const winner = members.find((l) => !torn.has(setOf(l)))
  return members.filter((l) => torn.has(setOf(l)) || winner === undefined || familyOf(l) !== familyOf(winner))
}

function markHostnameConflicts(group: readonly ListenerDraft[]): void {
  const members = group.filter((l) => ["HTTP", "HTTPS", "TLS"].includes(l.spec.protocol))
  for (const same of groupBy(members, (l) => l.spec.hostname ?? "").values()) {
    if (same.length < 2) continue
    const message = `All listeners for a given port must use a unique hostname, conflicting listeners: ${namesOf(same)}`
    const own = same.filter((l) => l.owner.kind === "Gateway")
    const winner = own.length > 1 ? undefined : (own[0] ?? winnerAmongSets(same))
    for (const listener of same) if (listener !== winner) markConflict(listener, "HostnameConflict", message)
  }
}

/** The first of several sets' listeners, unless its own set has the name twice. */
function winnerAmongSets(same: readonly ListenerDraft[]): ListenerDraft | undefined {
  const [first] = same
  const ofFirst = same.filter((l) => l.owner.namespace === first?.owner.namespace && l.owner.name === first?.owner.name)
  return ofFirst.length === 1 ? first : undefined
}

function markLayer4Conflicts(group: readonly ListenerDraft[], protocol: "TCP" | "UDP"): void {
  const [, ...rest] = group.filter((l) => l.spec.protocol === protocol)
  const message = `Only one ${protocol} listener is allowed in a given port`
  for (const listener of rest) {
    // A set's listener that lost before is told the first reason in its other conditions.
    if (isUnspoilt(listener)) markConflict(listener, "ProtocolConflict", message)
    else note(listener, "Conflicted", "True", "ProtocolConflict", message)
  }
}

function markConflict(listener: ListenerDraft, reason: string, message: string): void {
  note(listener, "Conflicted", "True", reason, message)
  if (listener.owner.kind !== "ListenerSet") return
  note(listener, "Accepted", "False", reason, message)
  note(listener, "Programmed", "False", reason, message)
}

function namesOf(listeners: readonly ListenerDraft[]): string {
  return listeners
    .map((l) => `${l.owner.namespace}/${l.owner.name}/${l.spec.name}`)
    .sort(compare)
    .join(", ")
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
