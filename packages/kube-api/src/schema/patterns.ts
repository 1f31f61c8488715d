import { RE2JS } from "re2js"

const compiled = new Map<string, (text: string) => boolean>()

/** Texts up to this many characters are matched by the engine of the language; its worst cases need longer ones. */
const plainLimit = 256

/**
 * Whether a text contains a match of a schema's pattern (RE2 syntax).
 *
 * Patterns come from the schemas we ship and texts from users: long texts go to a linear engine, so that none can stall us.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let test = compiled.get(pattern)
  if (test === undefined) {
    test = compile(pattern)
    compiled.set(pattern, test)
  }
  return test(text)
}

function compile(pattern: string): (text: string) => boolean {
  let linear: RE2JS | undefined
  const slow = (text: string): boolean => {
    linear ??= RE2JS.compile(pattern)
    return linear.matcher(text).find()
  }
  // Inline flags and classes that mean something else here are left to the engine whose syntax they are.
  if (/\(\?[a-zA-Z]|\\[pPzAQ]|\[\[:/.test(pattern)) return slow
  try {
    const plain = new RegExp(pattern, "u")
    return (text) => (text.length <= plainLimit ? plain.test(text) : slow(text))
  } catch {
    return slow
  }
}
