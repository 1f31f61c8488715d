import { RE2JS } from "re2js"

const checked = new Map<string, string | undefined>()
const limit = 10_000

/**
 * Why a text is not an RE2 expression, in Go's words, or undefined.
 *
 * The last 10,000 answers are kept, since routes are attached again far more often than their expressions change.
 */
export function regexError(pattern: string): string | undefined {
  if (checked.has(pattern)) return checked.get(pattern)
  let error: string | undefined
  try {
    RE2JS.compile(pattern)
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause)
  }
  if (checked.size >= limit) checked.clear()
  checked.set(pattern, error)
  return error
}

/** {@link regexError} as Envoy Gateway 1.9 reports it for matches. */
export function matchRegexError(pattern: string): string | undefined {
  const error = regexError(pattern)
  return error === undefined ? undefined : `regex ${JSON.stringify(pattern)} is invalid: ${error}`
}
