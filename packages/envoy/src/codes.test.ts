import { readdir, readFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { codes } from "./codes.ts"

const folder = dirname(fileURLToPath(import.meta.url))

async function textOf(isWanted: (name: string) => boolean): Promise<string> {
  const names = (await readdir(folder)).filter(
    (name) => name !== "codes.ts" && name !== "codes.test.ts" && isWanted(name),
  )
  return (await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))).join("\n")
}

describe("codes", () => {
  it("are each raised by the source and produced by a test", async () => {
    const isTest = (name: string) => /\.(test|e2e)\.ts$/.test(name)
    const [source, tests] = await Promise.all([textOf((name) => !isTest(name)), textOf(isTest)])
    for (const code of Object.keys(codes)) {
      expect(source, code).toContain(`"${code}"`)
      expect(tests, code).toContain(`"${code}"`)
    }
  })

  it("have causes and cures that read as half sentences", () => {
    for (const { cause, cure } of Object.values(codes)) {
      for (const text of [cause, cure]) expect(text).toMatch(/[^.]$/)
    }
  })
})
