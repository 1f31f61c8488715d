/**
 * Tokens of a JSON Pointer, unescaped; none for the whole document, undefined for a text without any slash.
 *
 * What stands before the first slash is ignored. Source: RFC 6901; evanphx/json-patch 5.9, `findObject`, for texts that are no pointers.
 */
export function parsePointer(text: string): readonly string[] | undefined {
  if (text === "") return []
  const [, ...tokens] = text.split("/")
  return tokens.length === 0 ? undefined : tokens.map(plainToken)
}

/** The JSON Pointer of some tokens; empty for none. */
export function formatPointer(tokens: readonly (string | number)[]): string {
  return tokens.map((token) => `/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")
}

/** A pointer continued by a relative path, with one slash between them; the pointer itself when the path is empty. */
export function joinPointer(pointer: string, path: string): string {
  if (path === "") return pointer
  return `${pointer.endsWith("/") ? pointer.slice(0, -1) : pointer}/${path.startsWith("/") ? path.slice(1) : path}`
}

function plainToken(token: string): string {
  return token.includes("~") ? token.replace(/~[01]/g, (escaped) => (escaped === "~1" ? "/" : "~")) : token
}
