import { describe, expect, it } from "vitest"
import { errorReference } from "./error-reference.ts"

describe("errorReference", () => {
  it("gives each code a heading of its own below its package", () => {
    const page = errorReference([
      { folder: "oci", codes: { ATT_OCI_A: { cause: "the tag is absent", cure: "push it" } } },
      { folder: "envoy", codes: {} },
    ])
    expect(page).toContain(
      "\n## @attache/oci\n\n### ATT_OCI_A\n\nCause: the tag is absent.\n\nCure: push it.\n\n## @attache/envoy\n",
    )
    expect(page.endsWith("\n")).toBe(true)
  })
})
