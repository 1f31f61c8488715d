import { describe, expect, it } from "vitest"
import { importSpecifiersOf } from "./import-specifiers.ts"

const named = (source: string): readonly string[] => importSpecifiersOf(source).map(({ specifier }) => specifier)

describe("importSpecifiersOf", () => {
  it.each<[string, string, readonly string[]]>([
    ["a default import", 'import a from "a"', ["a"]],
    ["names over lines", 'import {\n  a,\n  type B,\n} from "./b.ts"', ["./b.ts"]],
    ["types", 'import type { A } from "a"\nexport type { B } from "b"', ["a", "b"]],
    ["a side effect", 'import "reflect-metadata"', ["reflect-metadata"]],
    ["a namespace", "import * as c from 'c'", ["c"]],
    ["re-exports", 'export { a } from "a"; export * from "b"', ["a", "b"]],
    ["attributes", 'import lock from "./lock.json" with { type: "json" }', ["./lock.json"]],
    ["dynamic imports", 'const a = await import("a")\nconst b = import(\n  "b"\n)', ["a", "b"]],
    ["resolution", 'import.meta.resolve("@attache/envoy-api/descriptors/x")', ["@attache/envoy-api/descriptors/x"]],
    ["a computed import", "await import(name)", []],
    ["comments", '// import "a"\n/* import "b"\n import "c" */\nimport "d" // import "e"', ["d"]],
    ["strings", "const text = 'import \"a\"'\nconst other = \"from 'b'\"", []],
    ["templates", 'const text = `\nimport { a } from "a"\n`\nimport "b"', ["b"]],
    ["quotes in regular expressions", "const quote = /[\"'`]/g\nimport 'a'", ["a"]],
    ["slashes in regular expressions", 'const path = /[/"]\\/"/\nimport "a"', ["a"]],
    ["divisions", 'const half = a / 2, b = "x" / 3\nimport "a" // b / c', ["a"]],
    ["an exported value", 'export const a = "a"\nexport function from(): string { return "b" }', []],
    ["a type position", 'let a: import("a").B', ["a"]],
    ["an address in a string", 'const url = "https://example.com/a" // "\nimport "a"', ["a"]],
  ])("reads %s", (_name, source, want) => {
    expect(named(source)).toEqual(want)
  })

  it("tells the line of the module's name", () => {
    expect(importSpecifiersOf('/*\n*/\nimport {\n  a,\n} from "a"\n')).toEqual([{ specifier: "a", line: 5 }])
  })
})
