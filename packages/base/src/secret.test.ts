import { format, inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { Secret } from "./secret.ts"

const canary = "canary-7f3a"
const secret = new Secret(new TextEncoder().encode(canary))

describe("Secret", () => {
  it.each<[string, string]>([
    ["text", `${secret}`],
    ["concatenation", `a${String(secret)}`],
    ["JSON", JSON.stringify({ secret })],
    ["inspection", inspect({ secret }, { depth: 9, showHidden: true })],
    ["inspection without its own", inspect(secret, { customInspect: false, showHidden: true })],
    ["%o", format("%o %O %s %j", secret, secret, secret, secret)],
    ["a copy", inspect(structuredClone(secret))],
    ["properties", JSON.stringify(Object.entries(secret))],
  ])("does not show in %s", (_name, text) => {
    expect(text).not.toContain(canary)
    expect(text).not.toContain(Buffer.from(canary).toString("base64"))
    expect(text).not.toMatch(/99,\s*97,\s*110|63 61 6e/)
  })

  it("gives its bytes to who asks for them", () => {
    expect(new TextDecoder().decode(secret.reveal())).toBe(canary)
  })
})
