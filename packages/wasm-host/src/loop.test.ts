import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createLoop, loopLimits } from "./loop.ts"

const overflow = (): never => {
  throw new Error("overflow")
}

describe("the loop", () => {
  it("runs tasks by time, then by age, and cancelled ones never", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 20 }), fc.boolean())), (plan) => {
        const loop = createLoop(overflow)
        const ran: number[] = []
        const cancels = plan.map(([ms], i) => loop.after(ms, () => void ran.push(i)))
        plan.forEach(([, isCancelled], i) => {
          if (isCancelled) cancels[i]?.()
        })
        loop.advance(100)
        const want = plan
          .map(([ms, isCancelled], i) => ({ ms, isCancelled, i }))
          .filter(({ isCancelled }) => !isCancelled)
          .sort((a, b) => a.ms - b.ms || a.i - b.i)
        expect(ran).toEqual(want.map(({ i }) => i))
        expect(loop.now()).toBe(100)
      }),
    )
  })
  it("stops where the condition holds", () => {
    const loop = createLoop(overflow)
    loop.after(5, () => {})
    loop.after(9, () => {})
    expect(loop.runUntil(() => loop.now() >= 5, 100)).toBe(true)
    expect(loop.now()).toBe(5)
    expect(loop.runUntil(() => false, 1)).toBe(false)
  })
  it("ends what goes on without time passing, and what waits in too great a number", () => {
    const loop = createLoop(overflow)
    const again = (): void => void loop.after(0, again)
    again()
    expect(() => loop.advance(1)).toThrow("overflow")
    const full = createLoop(overflow)
    expect(() => {
      for (let i = 0; i <= loopLimits.waiting; i++) full.after(1, () => {})
    }).toThrow("overflow")
  })
})
