import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type FaultEntry, faultReference, faultReferencePath, faults } from "./fault-reference.ts"
import { repositoryRoot } from "./workspace.ts"

describe("faultReference", () => {
  it("gives each defect a row, with who is blamed", () => {
    const entries: readonly FaultEntry[] = [
      { name: "Kind: a thing", by: "Envoy", object: "Kind/bad", field: "spec.x", text: /a|b/, answer: 500 },
      { name: "a file", by: "schema", object: "", text: /c/, also: [{ object: "Kind/other" }] },
    ]
    const page = faultReference(entries)
    expect(page).toContain("| Kind | a thing | Envoy | Kind/bad `spec.x` | `a\\|b` | 500 |\n")
    expect(page).toContain("|  | a file | schema | the file, Kind/other | `c` |  |\n")
    expect(page).toContain("2 defects are noticed: 1 by Envoy, 1 by the schema.")
  })

  it("is what is committed", () => {
    const path = join(repositoryRoot, faultReferencePath)
    expect(existsSync(path), "npm run generate writes it").toBe(true)
    expect(readFileSync(path, "utf8")).toBe(faultReference(faults))
  })
})

describe("the list of defects", () => {
  it("has each name once, and more than thirty that Envoy alone notices", () => {
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length)
    expect(faults.filter(({ by }) => by === "Envoy").length).toBeGreaterThanOrEqual(30)
    expect(2 * faults.length).toBeGreaterThanOrEqual(60)
  })
})
