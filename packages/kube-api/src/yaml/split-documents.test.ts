import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseAllDocuments } from "yaml"
import { readYaml } from "./documents.ts"
import { firstLine, splitDocuments } from "./split-documents.ts"

const texts = (text: string): readonly string[] => splitDocuments(text).map((part) => part.text)

describe("splitDocuments", () => {
  it.each<[string, string, readonly string[]]>([
    ["nothing", "", []],
    ["comments only", "# a\n\n  # b\n", []],
    ["one document", "a: 1\n", ["a: 1\n"]],
    ["a marker at the start", "---\na: 1\n", ["---\na: 1\n"]],
    ["two documents", "a: 1\n---\nb: 2\n", ["a: 1\n", "---\nb: 2\n"]],
    ["no line end at the end", "a: 1\n---\nb: 2", ["a: 1\n", "---\nb: 2"]],
    ["content behind a marker", "--- {a: 1}\n--- b\n", ["--- {a: 1}\n", "--- b\n"]],
    ["comments before a marker", "# licence\n---\na: 1\n", ["---\na: 1\n"]],
    ["a directive", "%YAML 1.1\n---\na: 1\n", ["---\na: 1\n"]],
    ["an end marker", "a: 1\n...\n", ["a: 1\n"]],
    ["a directive behind an end marker", "a: 1\n...\n%YAML 1.1\n---\nb: 2\n", ["a: 1\n", "---\nb: 2\n"]],
    ["a document behind an end marker", "a: 1\n...\nb: 2\n", ["a: 1\n", "b: 2\n"]],
    ["carriage returns", "a: 1\r\n---\r\nb: 2\r\n", ["a: 1\r\n", "---\r\nb: 2\r\n"]],
    ["a marker within a block scalar, which ends it", "a: |\n  x\n---\nb: 2\n", ["a: |\n  x\n", "---\nb: 2\n"]],
    ["an indented marker, which is none", "a: |\n  ---\n  x\n", ["a: |\n  ---\n  x\n"]],
    ["more than three signs, which are none", "----\n", ["----\n"]],
    ["signs with a text behind, which are none", "---a\n...b\n", ["---a\n...b\n"]],
    ["a percent sign in a text", "a: |\n  %x\n% y\n", ["a: |\n  %x\n% y\n"]],
    ["a byte order mark", "\uFEFF---\nb: 1\n", ["---\nb: 1\n"]],
  ])("splits %s", (_name, text, want) => {
    expect(texts(text)).toEqual(want)
  })

  it("tells how many lines stand before each piece", () => {
    expect(splitDocuments("a: 1\n---\nb: 2\n...\n\n# c\nd: 3\n").map(({ offset }) => offset)).toEqual([0, 1, 4])
  })

  it("knows the first line of content", () => {
    const lines = splitDocuments("# c\n\n%YAML 1.1\n---\n# d\na: 1\n--- {b: 1}\n---\n\nc: 1").map(firstLine)
    expect(lines).toEqual([6, 7, 10])
  })
})

const scalar = fc.constantFrom(
  "x",
  "1",
  "'a b'",
  '"--- a"',
  "|\n    ---\n    y",
  ">-\n    a\n\n    ...\n    b",
  "[1, {c: d}]",
)
const block = fc
  .uniqueArray(fc.constantFrom("a", "b", "c", "'---'", '"..."'), { minLength: 1 })
  .chain((keys) => fc.tuple(...keys.map((key) => scalar.map((value) => `${key}: ${value}\n`))))
  .map((lines) => lines.join(""))
const prelude = fc.constantFrom("", "# comment\n", "\n", "%YAML 1.1\n", "%YAML 1.1\n# c\n")
const document = fc.tuple(prelude, block, fc.constantFrom("", "...\n", "...\n\n# c\n", "# c\n"))

/** A stream of documents. A directive needs an end marker before it, everything needs a marker after the first. */
const stream = fc.array(document, { maxLength: 5 }).map((documents) => {
  let text = ""
  let isEnded = true
  for (const [before, body, after] of documents) {
    if (before.startsWith("%") && !isEnded) text += "...\n"
    text += `${before}---\n${body}${after}`
    isEnded = after.startsWith("...")
  }
  return text
})

describe("splitting before reading", () => {
  it("gives what reading the whole gives", () => {
    fc.assert(
      fc.property(stream, fc.constantFrom("\n", "\r\n"), fc.boolean(), (lines, lineEnd, hasMark) => {
        const text = (hasMark ? "\uFEFF" : "") + lines.replaceAll("\n", lineEnd)
        const whole = parseAllDocuments(text, { version: "1.1" })
        const want = "empty" in whole ? [] : whole.map((one) => one.toJS() as unknown)
        const { documents, diagnostics } = readYaml(text, "f")
        expect(diagnostics).toEqual([])
        expect(documents.map(({ value }) => value)).toEqual(want)
      }),
    )
  })
})
