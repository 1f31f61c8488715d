import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { codes } from "./codes.ts"

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.startsWith("codes."))
  .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, name), "utf8") }))

const textOf = (isTest: boolean): string =>
  files
    .filter(({ name }) => name.endsWith(".test.ts") === isTest)
    .map(({ text }) => text)
    .join("\n")

describe("codes", () => {
  it("are each raised by the source and produced by a test", () => {
    for (const code of Object.keys(codes)) {
      expect(textOf(false), code).toContain(`"${code}"`)
      expect(textOf(true), code).toContain(`"${code}"`)
    }
  })

  it("have causes and cures that read as half sentences", () => {
    for (const { cause, cure } of Object.values(codes))
      for (const text of [cause, cure]) expect(text).toMatch(/^(?:[a-z]|EndpointSlice|YAML).*[^.]$/)
  })
})
