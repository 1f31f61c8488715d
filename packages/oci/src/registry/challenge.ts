/** How a registry wants to be asked again. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Longest header that is read, in characters. */
const maxHeaderLength = 16_384

/** A token, the separator after it, and a value in quotes or not. Source: RFC 9110 section 11. */
const part = /\s*,?\s*([\w!#$%&'*+.^`|~-]+)(?:(\s*=\s*)(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y

/** The challenges of a `WWW-Authenticate` header, several headers being joined by commas; what cannot be read ends the list. */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  const text = (header ?? "").slice(0, maxHeaderLength)
  part.lastIndex = 0
  for (let found = part.exec(text); found !== null; found = part.exec(text)) {
    const [, name = "", equals, quoted, plain] = found
    if (equals === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() })
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "")
  }
  return challenges
}
