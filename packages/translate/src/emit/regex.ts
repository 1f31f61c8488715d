/** A literal text as an RE2 expression. */
export function quoteRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")
}

/** Rewrite that takes a path prefix away together with the slashes behind it. The prefix is the user's, not trimmed. */
export function strippedPrefix(prefix: string): { pattern: { regex: string }; substitution: string } {
  return { pattern: { regex: `^${quoteRegex(prefix)}\\/*` }, substitution: "/" }
}
