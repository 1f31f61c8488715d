// Verdicts of real API servers, recorded: the same objects accepted and refused, with the recorded words.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { loadObjects } from "./load-objects.ts"
import { validateObject } from "./validate-object.ts"

const root = join(import.meta.dirname, "..", "..", "..")
const folder = join(process.env.ATTACHE_GOLDEN ?? join(dirname(root), "shared", "golden"), "validation")
const isThere = existsSync(folder)

interface Case {
  readonly name: string
  readonly object: unknown
  readonly wantErrors: readonly string[]
}

describe("recorded verdicts", () => {
  if (!isThere) it.skip("need the recorded corpus (ATTACHE_GOLDEN)", () => {})

  for (const file of isThere ? readdirSync(folder).filter((name) => name.endsWith(".json")) : []) {
    const cases = JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly Case[]
    it(`${file}: ${cases.length} verdicts and their texts`, () => {
      const wrong = cases.flatMap(({ name, object, wantErrors }) => {
        const { objects } = loadObjects(JSON.stringify(object), { file: name })
        const [loaded] = objects
        const errors = loaded === undefined ? [] : validateObject(loaded).filter(({ severity }) => severity === "error")
        const text = (errors[0]?.detail ?? "").toLowerCase()
        const missing = wantErrors.filter((want) => !text.includes(want.toLowerCase()))
        const isRight = errors.length > 0 === wantErrors.length > 0 && missing.length === 0
        return isRight ? [] : [{ name, missing, detail: errors[0]?.detail }]
      })
      expect(wrong).toEqual([])
    })
  }
})
