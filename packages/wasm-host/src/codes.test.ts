import { expect, it } from "vitest"
import { codes } from "./codes.ts"

it("says a cause and a cure for every code", () => {
  for (const [code, { cause, cure }] of Object.entries(codes)) {
    expect(code).toMatch(/^ATT_WASM_[A-Z0-9_]+$/)
    expect(cause.length * cure.length).toBeGreaterThan(0)
    expect(`${cause}${cure}`.endsWith(".")).toBe(false)
  }
})
