import fc from "fast-check"
import { dump } from "js-yaml"
import { describe, expect, it } from "vitest"
import { stringify } from "yaml"
import type { PathStep } from "../schema/path.ts"
import { type Position, readYaml } from "./documents.ts"

const values = (text: string): readonly unknown[] => readYaml(text, "f").documents.map(({ value }) => value)
const codesOf = (text: string): readonly string[] => readYaml(text, "f").diagnostics.map(({ code }) => code)

describe("readYaml", () => {
  it.each<[string, string, readonly unknown[]]>([
    ["nothing", "", []],
    ["documents without content", "---\n---\n# a\n---\n~\n", []],
    ["keys of other types, as texts", "y: 1\n010: 2\n1.5: 3\n", [{ true: 1, 8: 2, 1.5: 3 }]],
    ["merges", "a: &a {x: 1}\nb: {<<: *a, z: 2}\n", [{ a: { x: 1 }, b: { x: 1, z: 2 } }]],
    ["JSON with tabs and escapes", '{\n\t"a": "\\/\\ud83d\\ude00",\t"b":[1,{}]}', [{ a: "/😀", b: [1, {}] }]],
    ["a byte order mark", "\uFEFFa: 1\n", [{ a: 1 }]],
    ["lone carriage returns", "a: 1\r---\rb: 2\r", [{ a: 1 }, { b: 2 }]],
    [
      "names that objects have anyway",
      "__proto__: 1\nconstructor: 2\n",
      [JSON.parse('{"__proto__": 1, "constructor": 2}')],
    ],
  ])("reads %s", (_name, text, want) => {
    expect(values(text)).toEqual(want)
    expect(codesOf(text)).toEqual([])
  })

  it.each<[string, string, string, Position]>([
    ["a key given twice", "a: 1\nb: 2\na: 3\n", "ATT_YAML_SYNTAX", { line: 3, column: 1 }],
    ["a tab for indentation", "a:\n\tb: 1\n", "ATT_YAML_SYNTAX", { line: 2, column: 1 }],
    ["a bracket that stays open", "a: 1\n---\nb: [1\n", "ATT_YAML_SYNTAX", { line: 4, column: 1 }],
    ["a key that is a list", "[a]: 1\n", "ATT_YAML_SYNTAX", { line: 1, column: 1 }],
    ["a tag of an application", "a: !foo b\n", "ATT_YAML_SYNTAX", { line: 1, column: 4 }],
    ["an alias of nothing", "a: *b\n", "ATT_YAML_SYNTAX", { line: 1, column: 5 }],
    ["infinity", "a:\n  - 1\n  - .inf\n", "ATT_YAML_NUMBER", { line: 3, column: 5 }],
    ["no number", "a: .nan\n", "ATT_YAML_NUMBER", { line: 1, column: 1 }],
  ])("refuses %s, at its place", (_name, text, code, place) => {
    const { diagnostics } = readYaml(text, "f.yaml")
    expect(diagnostics).toMatchObject([{ code, severity: "error", file: "f.yaml", ...place }])
  })

  it("keeps the documents before and behind one that cannot be read", () => {
    expect(values("a: 1\n---\n[\n---\nb: 2\n")).toEqual([{ a: 1 }, { b: 2 }])
  })

  it.each<[string, string]>([
    ["9007199254740993", "9007199254740992"],
    ["0x20000000000001", "9007199254740992"],
    ["123456789012345678901", "123456789012345683968"],
  ])("warns when %s loses digits", (source, read) => {
    const text = `a: 1\n---\nb:\n  c: ${source}\n`
    expect(readYaml(text, "f").diagnostics).toMatchObject([
      { code: "ATT_YAML_NUMBER", severity: "warning", line: 4, column: 3, message: expect.stringContaining(read) },
    ])
    expect(values(text)).toHaveLength(2)
  })

  it.each(["1e300", "12345678901234567890.0", "'9007199254740993'", "9007199254740991"])(
    "says nothing of %s",
    (source) => {
      expect(codesOf(`a: ${source}\n`)).toEqual([])
    },
  )

  it("never throws, whatever the text is", () => {
    const lines = fc.array(
      fc.constantFrom(
        "- a",
        "a: b",
        " b: [",
        "]",
        "---",
        "...",
        "&a",
        "*a",
        "? x",
        ": y",
        "|",
        "  z",
        "\t",
        "'",
        "%A",
        "<<: *a",
        "{a",
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          lines.map((all) => all.join("\n")),
        ),
        (text) => {
          const { documents } = readYaml(text, "f")
          for (const { positionOf } of documents) expect(positionOf(["a", 0, "b"]).line).toBeGreaterThan(0)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe("limits of readYaml", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"]
  for (let i = 1; i < 12; i++) {
    const [name, last] = [`a${i}`, i === 1 ? "a" : `a${i - 1}`]
    bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${last}`).join(", ")}]`)
  }
  const merges = ["a: &a {x0: 1}"]
  for (let i = 1; i < 30_000; i++) merges.push(`m${i}: {<<: *a}`)

  it.each<[string, string, Parameters<typeof readYaml>[2]]>([
    ["aliases of aliases", bomb.join("\n"), {}],
    ["an alias of itself", "a: &a [*a]\n", {}],
    ["very many merges", merges.join("\n"), {}],
    ["deep nesting", `${"[".repeat(200)}${"]".repeat(200)}`, {}],
    ["deep nesting of blocks", Array.from({ length: 200 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"), {}],
    ["a depth of one's own", "a: {b: {c: 1}}", { depth: 2 }],
    ["many bytes", "a: é", { bytes: 4 }],
    ["many documents", "a: 1\n---\nb: 1\n", { documents: 1 }],
    ["many values", "[1, 2, 3]", { nodes: 3 }],
  ])("name %s", (_name, text, limits) => {
    const { documents, diagnostics } = readYaml(text, "f", limits)
    expect(diagnostics.map(({ code }) => code)).toContain("ATT_YAML_LIMIT")
    expect(documents).toEqual([])
  })

  it("leave the other documents alone", () => {
    expect(values(`a: 1\n---\n${bomb.join("\n")}\n---\nb: 2\n`)).toEqual([{ a: 1 }, { b: 2 }])
  })
})

/** All paths of a value with the name or index they end in. */
function pathsOf(value: unknown, path: readonly PathStep[] = []): readonly (readonly PathStep[])[] {
  if (typeof value !== "object" || value === null) return [path]
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [path, ...steps.flatMap((step) => pathsOf((value as Record<PathStep, unknown>)[step], [...path, step]))]
}

const key = fc.oneof(
  fc.stringMatching(/^[a-z][a-zA-Z]{0,8}$/),
  fc.constantFrom("on", "010", "a/b", "a.b", "x y", "", "~", "'", '"', "#", "é😀"),
)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.constant(null),
    tie("list"),
    tie("record"),
  ),
  list: fc.array(tie("tree"), { maxLength: 4 }),
  record: fc.dictionary(key, tie("tree"), { maxKeys: 5 }),
}))
const record = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5 })

describe("positionOf", () => {
  it.each<[string, (value: unknown) => string]>([
    ["blocks", (value) => stringify(value, { version: "1.1" })],
    ["blocks of another writer", (value) => dump(value)],
    ["flow", (value) => dump(value, { flowLevel: 0 })],
    ["JSON", (value) => JSON.stringify(value, null, 2)],
  ])("points to the key, in %s", (_name, print) => {
    fc.assert(
      fc.property(record, (value) => {
        const text = `---\n---\n${print(value)}`
        const [document] = readYaml(text, "f").documents
        expect(document?.value).toEqual(value)
        const lines = text.split("\n")
        for (const path of pathsOf(value)) {
          const { line, column } = document?.positionOf(path) ?? { line: 0, column: 0 }
          const rest = (lines[line - 1] ?? "").slice(column - 1)
          const last = path.at(-1)
          expect(rest, JSON.stringify(path)).not.toBe("")
          if (typeof last === "string" && /^[a-zA-Z]+$/.test(last))
            expect(rest.replace(/^['"]/, "")).toMatch(new RegExp(`^${last}\\b`))
        }
      }),
    )
  })

  it.each<[readonly PathStep[], Position]>([
    [[], { line: 3, column: 1 }],
    [["a"], { line: 3, column: 1 }],
    [["b c"], { line: 4, column: 1 }],
    [["b c", 1, "z"], { line: 4, column: 13 }],
    [["true"], { line: 5, column: 1 }],
    [["l", 0], { line: 7, column: 5 }],
    [["l", 1], { line: 8, column: 5 }],
    [["l", 2], { line: 11, column: 5 }],
    [["l", 3], { line: 12, column: 5 }],
    [["l", 4], { line: 13, column: 5 }],
    [["l", 9], { line: 6, column: 1 }],
    [["a", "b", "c"], { line: 3, column: 1 }],
    [["none"], { line: 3, column: 1 }],
  ])("of %j is %j", (path, want) => {
    const text = `# c
---
a: &x 1
"b c": [1, {z: 'q'}]
on: 010
l:
  - a: 1
  - |
    foo
    bar
  - *x
  - !!str 1
  - 'quoted'
`
    expect(readYaml(text, "f").documents[0]?.positionOf(path)).toEqual(want)
  })
})
