import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { codes as ociCodes } from "@attache/oci"
import { describe, expect, it } from "vitest"
import { codes } from "./codes.ts"

const folder = dirname(fileURLToPath(import.meta.url))
const isTest = (name: string) => /\.(test|e2e)\.ts$/.test(name)

function textOf(isWanted: (name: string) => boolean): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && name !== "codes.ts" && name !== "codes.test.ts" && isWanted(name))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n")
}

describe("codes", () => {
  it("are each raised by the source and produced by a test, and no other code is", () => {
    const [source, tests] = [textOf((name) => !isTest(name)), textOf(isTest)]
    for (const code of Object.keys(codes)) {
      expect(source, code).toContain(`"${code}"`)
      expect(tests, code).toContain(`"${code}"`)
    }
    const raised = new Set([...source.matchAll(/"(ATT_[A-Z_]+)"/g)].map(([, code]) => code))
    // Those of images and archives are judged here and raised there.
    const known = { ...ociCodes, ...codes }
    expect([...raised].filter((code) => code !== undefined && !(code in known))).toEqual([])
  })

  it("have causes and cures that read as half sentences", () => {
    for (const { cause, cure } of Object.values(codes)) {
      for (const text of [cause, cure]) expect(text).toMatch(/^[^A-Z].*[^.]$/)
    }
  })
})
