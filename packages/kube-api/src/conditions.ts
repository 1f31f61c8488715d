/** A condition of a status. Its time is set by whoever stores it. */
export interface Condition {
  readonly type: string
  readonly status: "True" | "False" | "Unknown"
  readonly reason: string
  readonly message: string
  readonly observedGeneration?: number
  readonly lastTransitionTime?: string
}

/** Longest message a condition can hold, in bytes. Source: Kubernetes `metav1.Condition`. */
const maxMessageBytes = 32_768
const cutMark = " (message truncated)."

/**
 * Conditions with one more: one of the same type is replaced where it stands, an unchanged one leaves the list as it is.
 *
 * Messages that no condition can hold are cut at a character and end with ` (message truncated).`
 */
export function setCondition(conditions: readonly Condition[], condition: Condition): readonly Condition[] {
  const added = { ...condition, message: cut(condition.message) }
  const index = conditions.findIndex(({ type }) => type === added.type)
  const old = conditions[index]
  if (old === undefined) return [...conditions, added]
  return isSame(old, added) ? conditions : conditions.with(index, added)
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.observedGeneration === b.observedGeneration
  )
}

function cut(message: string): string {
  const bytes = Buffer.from(message)
  if (bytes.length <= maxMessageBytes) return message
  let end = maxMessageBytes - cutMark.length
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end).toString("utf8") + cutMark
}
