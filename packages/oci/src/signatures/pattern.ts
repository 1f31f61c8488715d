/**
 * Whether a pattern fits a whole text: `*` is anything, in `segments` anything but a slash, and `**` is anything.
 *
 * Takes time in proportion to pattern times text, whatever they are.
 */
export function isMatch(pattern: string, text: string, unit: "segments" | "text"): boolean {
  const tokens = pattern.match(/\*+|[^*]/gsu) ?? []
  // Positions in the text that the tokens so far can end at.
  let ends = new Set([0])
  for (const token of tokens) {
    const next = new Set<number>()
    if (!token.startsWith("*")) {
      for (const at of ends) if (text.startsWith(token, at)) next.add(at + token.length)
    } else {
      const stopsAtSlash = unit === "segments" && token === "*"
      for (const at of ends) {
        for (let to = at; to <= text.length && !next.has(to); to++) {
          next.add(to)
          if (stopsAtSlash && text[to] === "/") break
        }
      }
    }
    ends = next
  }
  return ends.has(text.length)
}
