/** One module that a source file names. */
export interface ImportSpecifier {
  readonly specifier: string
  /** From 1. */
  readonly line: number
}

/**
 * Modules that TypeScript or JavaScript source names: imports and re-exports of values and types, dynamic imports with a
 * literal, and `import.meta.resolve`.
 *
 * A scanner, not a parser: TypeScript 7 has no parser to call. It knows comments, strings, templates and regular
 * expressions, so that text which only looks like an import does not count.
 */
export function importSpecifiersOf(source: string): readonly ImportSpecifier[] {
  const { code, strings } = withoutTexts(source)
  const found: ImportSpecifier[] = []
  for (const match of code.matchAll(importForms)) {
    const specifier = strings[Number(match[1])]
    if (specifier === undefined) continue
    found.push({ specifier, line: code.slice(0, match.index + match[0].length).split("\n").length })
  }
  return found
}

/** A string is written as its number between two such marks, which occur in no source. */
const mark = "\u0001"

// The first form takes anything but a string or a semicolon between the keyword and `from`, over several lines.
const importForms =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the mark stands for a string
  /\b(?:(?:import|export)\b[^;\u0001()=]*?\bfrom\s*|import\s*|import\s*\(\s*|import\s*\.\s*meta\s*\.\s*resolve\s*\(\s*)\u0001(\d+)\u0001/g

interface Blanked {
  /** The source without comments, templates and regular expressions, strings replaced by marks, lines kept. */
  readonly code: string
  readonly strings: readonly string[]
}

/** Alternatives in the order of trying: comments, strings, templates, and what may be a regular expression. */
const texts =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g

function withoutTexts(source: string): Blanked {
  const strings: string[] = []
  let code = ""
  let at = 0
  texts.lastIndex = 0
  for (let match = texts.exec(source); match !== null; match = texts.exec(source)) {
    const text = match[0]
    code += source.slice(at, match.index)
    at = match.index + text.length
    if (text.startsWith('"') || text.startsWith("'")) {
      code += mark + strings.length + mark
      strings.push(text.slice(1, -1))
    } else if (text.startsWith("/") && !/^\/[/*]/.test(text) && !regexMayFollow(code)) {
      // A division: go on right behind the sign.
      code += "/"
      at = match.index + 1
      texts.lastIndex = at
    } else {
      code += "\n".repeat(text.split("\n").length - 1)
    }
  }
  return { code: code + source.slice(at), strings }
}

/** Whether a slash after this code begins a regular expression: after an operator, an opening bracket or a keyword. */
function regexMayFollow(code: string): boolean {
  const before = code.trimEnd()
  return (
    before === "" || /[=(,:[!&|?{};+\-*%<>~^]$/.test(before) || /\b(?:return|typeof|case|in|of|await)$/.test(before)
  )
}
