import fc from "fast-check"
import { load, YAML11_SCHEMA } from "js-yaml"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { parseYaml, toYaml } from "./plain.ts"
import { kubernetesSchema } from "./scalars.ts"

describe("parseYaml", () => {
  it.each<[string, unknown]>([
    ["", undefined],
    ["# nothing\n\n", undefined],
    ["a: yes\nb: 010\nc: 0o10\n", { a: "yes", b: 10, c: 8 }],
    ["---\n- 1\n", [1]],
  ])("reads %j", (text, want) => {
    expect(parseYaml(text)).toEqual(want)
  })

  it("throws on bad syntax", () => {
    expect(() => parseYaml("a: [")).toThrow()
  })
})

describe("toYaml", () => {
  it("leaves out what has no value and writes shared parts out", () => {
    const shared = { b: 1 }
    expect(toYaml({ a: undefined, x: shared, y: [shared] })).toBe("x:\n  b: 1\n'y':\n  - b: 1\n")
  })

  it("reads the same whichever version reads it", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("yes", "010", "0o10", "1e3", "12:30:45", "2001-01-01", "~", "a\nb\n", "- a", "<<"),
    )
    fc.assert(
      fc.property(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text))), (data) => {
        const written = toYaml(data)
        expect(parseYaml(written) ?? {}).toEqual(data)
        expect(parse(written)).toEqual(data)
        for (const schema of [kubernetesSchema, YAML11_SCHEMA]) expect(load(written, { schema })).toEqual(data)
      }),
    )
  })
})
