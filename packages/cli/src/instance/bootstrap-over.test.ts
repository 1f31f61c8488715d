import type { Diagnostic } from "@attache/base"
import { describe, expect, it } from "vitest"
import { createBootstrapOver } from "./bootstrap-over.ts"

const base = { node: { id: "1" } }

describe("createBootstrapOver", () => {
  it("gives what the override makes, without a word", () => {
    const findings: Diagnostic[] = []
    const over = createBootstrapOver(
      (key) => ({ bootstrap: { key } }),
      (found) => findings.push(...found),
    )
    expect([over("a/b", base), findings]).toEqual([{ key: "a/b" }, []])
  })

  it("warns once for each reason and proxy, naming the field", () => {
    const findings: Diagnostic[] = []
    let error: string | undefined = "no such path"
    const over = createBootstrapOver(
      () => ({ bootstrap: base, ...(error === undefined ? {} : { error }) }),
      (found) => findings.push(...found),
    )
    expect(over("a/b", base)).toEqual(base)
    over("a/b", base)
    expect(findings).toMatchObject([{ code: "ATT_RESOURCE_BOOTSTRAP", severity: "warning", field: "spec.bootstrap" }])
    expect(findings[0]?.message).toContain("a/b")
    expect(findings[0]?.message).toContain("no such path")
    over("a/c", base)
    error = undefined
    over("a/b", base)
    error = "no such path"
    over("a/b", base)
    expect(findings).toHaveLength(3)
  })
})
