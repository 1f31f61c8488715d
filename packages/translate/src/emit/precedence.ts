// What happens when two features fill the same singular slot: data, with the reason for each row, so that the order in
// which features are called never decides.

/** Messages whose fields features fill. */
export type SlotOwner =
  | "route"
  | "forward"
  | "listener"
  | "hcm"
  | "router"
  | "filter-chain"
  | "tcp-proxy"
  | "udp-proxy"
  | "cluster"
  | "http-options"

/** `over` beats `under`, or both lists are joined with `over` in front. */
export interface PrecedenceRow {
  readonly in: SlotOwner
  readonly field: string
  readonly over: string
  readonly under: string
  readonly how: "replace" | "join"
  /** Where the rule comes from. */
  readonly source: string
}

/** The rows. A pair that is missing here is a mistake of ours and throws. */
export const precedence: readonly PrecedenceRow[] = [
  {
    in: "route",
    field: "responseHeadersToAdd",
    over: "direct-response",
    under: "header-modifier",
    how: "join",
    source: "Envoy Gateway 1.9: the content type of an HTTPRouteFilter's response stands before its headers",
  },
]

/** Contributions of one message by the features that made them. */
export interface Filled {
  readonly feature: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** One set of fields out of many, settled by {@link precedence}. Fields that are `undefined` count as absent. */
export function settle(owner: SlotOwner, parts: readonly Filled[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  const by: Record<string, string> = {}
  for (const part of parts) {
    for (const field in part.fields) {
      const value = part.fields[field]
      if (value === undefined) continue
      const other = by[field]
      if (other === undefined) {
        fields[field] = value
        by[field] = part.feature
        continue
      }
      const row = rowFor(owner, field, other, part.feature)
      const isWinner = row.over === part.feature
      if (row.how === "replace") {
        if (isWinner) fields[field] = value
      } else {
        const [first, second] = isWinner ? [value, fields[field]] : [fields[field], value]
        fields[field] = [...(first as readonly unknown[]), ...(second as readonly unknown[])]
      }
      if (isWinner) by[field] = part.feature
    }
  }
  return fields
}

function rowFor(owner: SlotOwner, field: string, a: string, b: string): PrecedenceRow {
  const row = precedence.find(
    (r) => r.in === owner && r.field === field && ((r.over === a && r.under === b) || (r.over === b && r.under === a)),
  )
  if (row === undefined) throw new Error(`no precedence for ${owner}.${field} between ${a} and ${b}`)
  return row
}
