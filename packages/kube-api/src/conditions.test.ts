import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Condition, setCondition } from "./conditions.ts"

const accepted: Condition = {
  type: "Accepted",
  status: "True",
  reason: "Accepted",
  message: "ok",
  observedGeneration: 1,
}
const resolved: Condition = { type: "ResolvedRefs", status: "True", reason: "ResolvedRefs", message: "" }

describe("setCondition", () => {
  it("adds a new type behind the others", () => {
    expect(setCondition([accepted], resolved)).toEqual([accepted, resolved])
  })

  it("replaces one of the same type where it stands", () => {
    const changed = { ...accepted, status: "False" as const }
    expect(setCondition([accepted, resolved], changed)).toEqual([changed, resolved])
  })

  it.each([{ status: "Unknown" }, { reason: "Other" }, { message: "other" }, { observedGeneration: 2 }] as const)(
    "notices %j",
    (change) => {
      expect(setCondition([accepted], { ...accepted, ...change })).toEqual([{ ...accepted, ...change }])
    },
  )

  it("leaves the list as it is when nothing changed, with the time of the last change", () => {
    const list = [{ ...accepted, lastTransitionTime: "2024-01-01T00:00:00Z" }]
    expect(setCondition(list, accepted)).toBe(list)
  })

  it("cuts messages that no condition can hold, at a character", () => {
    fc.assert(
      fc.property(fc.integer({ min: 32_700, max: 33_000 }), fc.constantFrom("a", "é", "😀", "a😀"), (size, unit) => {
        const message = unit.repeat(Math.ceil(size / Buffer.byteLength(unit)))
        const [condition] = setCondition([], { ...accepted, message })
        const text = condition?.message ?? ""
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(32_768)
        expect(text.isWellFormed()).toBe(true)
        if (Buffer.byteLength(message) <= 32_768) expect(text).toBe(message)
        else
          expect(message.startsWith(text.replace(/ \(message truncated\)\.$/, ""))).toBe(
            text.endsWith("(message truncated)."),
          )
      }),
    )
  })
})
