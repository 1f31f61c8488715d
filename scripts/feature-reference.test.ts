import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { featureReference, featureReferencePath, purposeOf, readFeatures } from "./feature-reference.ts"
import { repositoryRoot } from "./workspace.ts"

describe("purposeOf", () => {
  it.each([
    [
      "the feature, whatever stands before it",
      "/** Other. */\nexport const a = 1\n/** It. More. */\nexport const b: Feature = {",
      "It.",
    ],
    ["the first export where there is no feature", "/** Listens. */\nexport function listen() {", "Listens."],
    [
      "a comment of several lines",
      "/**\n * Plugins, in\n * order.\n *\n * More.\n */\nexport const w: Feature = {",
      "Plugins, in order.",
    ],
    [
      "a sentence with a dot inside",
      "/** Reads `a.b` of it. More. */\nexport const w: Feature = {",
      "Reads `a.b` of it.",
    ],
    ["nothing", "// Plain.\nexport const w: Feature = {", undefined],
  ])("takes %s", (_, source, purpose) => expect(purposeOf(source)).toBe(purpose))
})

describe("featureReference", () => {
  it("gives each feature a row, and the sum", () => {
    const page = featureReference([
      { name: "cors", purpose: "Origins | rules.", files: 1, lines: 40 },
      { name: "lua", purpose: "Scripts.", files: 2, lines: 60 },
    ])
    expect(page).toContain("| [cors](../../packages/translate/src/features/cors) | Origins \\| rules. | 1 | 40 |\n")
    expect(page).toContain("| 2 features | | 3 | 100 |\n")
  })

  it("is what is committed", () => {
    const path = join(repositoryRoot, featureReferencePath)
    expect(existsSync(path), "npm run generate writes it").toBe(true)
    expect(readFileSync(path, "utf8")).toBe(featureReference(readFeatures()))
  })
})
