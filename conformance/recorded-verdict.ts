// What a real Envoy said to a recorded case, as the corpus's index tells it.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** A refusal of a recorded resource. */
export interface RecordedRefusal {
  /** Proxy key. */
  readonly proxy: string
  /** Such as `Listener`. */
  readonly type: string
  /** Envoy's words, white space as single blanks; long ones are cut. */
  readonly words: string
  readonly isCut: boolean
}

/** The verdict on a case: all accepted, something refused, or neither, because there was nothing to ask or a file was missing. */
export interface RecordedVerdict {
  readonly type: "accepted" | "refused" | "nothing published" | "not exercised"
  /** Empty unless something was refused. */
  readonly refusals: readonly RecordedRefusal[]
}

/** Verdicts by name of the case; empty when the corpus has no index. */
export function recordedVerdicts(folder: string): ReadonlyMap<string, RecordedVerdict> {
  const file = join(folder, "index.json")
  if (!existsSync(file)) return new Map()
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: readonly { name: string; envoy: string }[] }
  return new Map(cases.map(({ name, envoy }) => [name, readVerdict(envoy)]))
}

/** Reads the text of a verdict: `accepted`, `nothing published`, or `rejected: KEY: TYPE: WORDS | KEY: TYPE: WORDS`. */
export function readVerdict(text: string): RecordedVerdict {
  if (text.startsWith("accepted")) return { type: "accepted", refusals: [] }
  if (text === "nothing published") return { type: "nothing published", refusals: [] }
  const list = /^rejected: (.*)$/s.exec(text)?.[1]
  if (list === undefined) return { type: "not exercised", refusals: [] }
  const refusals = list.split(" | ").flatMap((entry): readonly RecordedRefusal[] => {
    const [, proxy, type, said] = /^([^:]+): ([A-Za-z]+): (.*)$/s.exec(entry) ?? []
    if (proxy === undefined || type === undefined || said === undefined) return []
    const words = singleBlanks(said).replace(/^Error adding\/updating \w+\(s\) \S+: /, "")
    const isCut = words.endsWith("...")
    return [{ proxy, type, words: isCut ? words.slice(0, -3) : words, isCut }]
  })
  return { type: "refused", refusals }
}

/** A text with single blanks for all white space. */
export function singleBlanks(text: string): string {
  return text.replace(/\s+/g, " ").trim()
}
