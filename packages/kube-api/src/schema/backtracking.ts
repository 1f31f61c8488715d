/** A group of a pattern while it is read. */
interface Group {
  /** Whether something in it can be left out or repeated, so that its length is open. */
  varies: boolean
  /** First token of each alternative. */
  readonly firsts: (string | undefined)[]
  /** What stands for characters in it, as patterns of one character each. */
  readonly tokens: string[]
}

/**
 * Whether an engine that backtracks reads a pattern in polynomial time: nothing of open length within a repetition, unless each
 * round begins with a character that nothing else in it stands for, such as the dot between labels.
 *
 * Errs to the side of no. Patterns with repetitions side by side are fine: they cost the square of a text's length.
 */
export function isBacktrackingSafe(pattern: string): boolean {
  const open: Group[] = [{ varies: false, firsts: [undefined], tokens: [] }]
  const token = /\\x[0-9a-fA-F]{2}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|[\s\S]/gu
  for (let match = token.exec(pattern); match !== null; match = token.exec(pattern)) {
    const [text] = match
    const group = open.at(-1)
    if (group === undefined) return false
    if (text === "(" || text === "(?:") open.push({ varies: false, firsts: [undefined], tokens: [] })
    else if (text === ")") {
      if (!close(open, repetitionAt(pattern, token.lastIndex))) return false
    } else if (text === "|") group.firsts.push(undefined)
    else if (!/^[*+?^${}]$/.test(text)) {
      const repetition = repetitionAt(pattern, token.lastIndex)
      begin(group, text === "." || repetition !== "" ? any : text)
      group.tokens.push(text === "." ? any : text)
      group.varies ||= isOpen(repetition)
    }
  }
  return open.length === 1
}

/** Any character, which is also said of a beginning that can be left out or repeated. */
const any = "[^]"

function begin({ firsts }: Group, token: string): void {
  firsts[firsts.length - 1] ??= token
}

function close(open: Group[], repetition: string): boolean {
  const group = open.pop()
  const parent = open.at(-1)
  if (group === undefined || parent === undefined) return false
  if (isUnbounded(repetition) && ((group.varies && !isDelimited(group)) || !haveOwnStarts(group))) return false
  parent.varies ||= group.varies || isOpen(repetition)
  begin(parent, repetition === "" ? anyOf(group.firsts) : any)
  parent.tokens.push(...group.tokens)
  return true
}

function anyOf(firsts: Group["firsts"]): string {
  return firsts.includes(undefined) ? any : `(?:${firsts.join("|")})`
}

/** Whether a group has one alternative and its first character is one that can be nothing else in it. */
function isDelimited({ firsts, tokens }: Group): boolean {
  const starts = standsFor(firsts[0])
  const [start] = starts
  return (
    firsts.length === 1 &&
    starts.length === 1 &&
    tokens.slice(1).every((token) => !standsFor(token).includes(start ?? ""))
  )
}

/** Whether no character can begin two alternatives of a group. */
function haveOwnStarts({ firsts }: Group): boolean {
  const starts = firsts.length === 1 ? [] : firsts.flatMap((first) => standsFor(first))
  return new Set(starts).size === starts.length
}

const characters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))

/** The characters of Latin-1 that a token stands for; other scripts have no part of their own in patterns. */
function standsFor(token = any): readonly string[] {
  const one = new RegExp(`^(?:${token})$`)
  return characters.filter((character) => one.test(character))
}

function repetitionAt(pattern: string, at: number): string {
  return /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(pattern.slice(at))?.[0] ?? ""
}

function isOpen(repetition: string): boolean {
  return repetition !== "" && !/^\{\d+\}$/.test(repetition)
}

/** Repetitions of more than a few rounds count as unbounded. */
function isUnbounded(repetition: string): boolean {
  if (repetition === "*" || repetition === "+") return true
  const [, most = "", end] = /^\{(\d+)(?:,(\d*))?\}$/.exec(repetition) ?? []
  if (end === "") return true
  return Number(end ?? most) > 8
}
