/** A text as Envoy Gateway puts it into conditions: first letter in upper case, one full stop at the end. */
export function sentence(text: string): string {
  if (text === "") return ""
  const start = text.charAt(0).toUpperCase() + text.slice(1)
  return start.endsWith(".") ? start : `${start}.`
}

/** Several errors in one text, as Go's aggregate prints them: one stands alone, more stand as `[a, b]`, repeats once. */
export function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)]
  return distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(", ")}]`
}
