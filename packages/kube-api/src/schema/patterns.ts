// Patterns of schemas and rules, in RE2's syntax.
import { createRequire } from "node:module"
import { isBacktrackingSafe } from "./backtracking.ts"

type Re2 = typeof import("re2js")
type Linear = ReturnType<Re2["RE2JS"]["compile"]>

interface Pattern {
  /** Absent where only the linear engine will do. */
  readonly plain: RegExp | undefined
  readonly source: string
  linear: Linear | undefined
}

const patterns = new Map<string, Pattern>()
let re2: Re2 | undefined

/** Longest text that is given to the engine of the language: even safe patterns cost it the square of the length. */
const plainLimit = 256

/**
 * Whether a text contains a match of a pattern. Throws on a pattern that is none.
 *
 * Texts come from users: where the language's own engine could take more than a moment, a linear one is used.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const known = patternOf(pattern)
  return canBePlain(known, text) ? known.plain.test(text) : linearOf(known).test(text)
}

/** The first match of a pattern in a text; undefined when there is none. Throws on a pattern that is none. */
export function findPattern(pattern: string, text: string): string | undefined {
  const matcher = linearOf(patternOf(pattern)).matcher(text)
  return matcher.find() ? (matcher.group() ?? undefined) : undefined
}

function patternOf(source: string): Pattern {
  const known = patterns.get(source)
  if (known !== undefined) return known
  const pattern: Pattern = { source, plain: plainOf(source), linear: undefined }
  patterns.set(source, pattern)
  return pattern
}

/** Inline flags, and what has another meaning or none here, are left to the engine whose syntax they are. */
function plainOf(source: string): RegExp | undefined {
  if (/\(\?[^:]|\\[pPzAQCsSbB]|\[\[:/.test(source) || !isBacktrackingSafe(source)) return undefined
  try {
    return new RegExp(source, "u")
  } catch {
    return undefined
  }
}

/** A dot stands for these line breaks in RE2 only. */
function canBePlain(pattern: Pattern, text: string): pattern is Pattern & { readonly plain: RegExp } {
  return pattern.plain !== undefined && text.length <= plainLimit && !/[\r\u2028\u2029]/.test(text)
}

function linearOf(pattern: Pattern): Linear {
  re2 ??= (typeof require === "function" ? require("re2js") : createRequire(import.meta.url)("re2js")) as Re2
  pattern.linear ??= re2.RE2JS.compile(pattern.source)
  return pattern.linear
}
