import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createSlabs, giveBack, hold, slabBytes } from "./slabs.ts"

describe("slabs", () => {
  it("never write to what somebody still reads", () => {
    const step = fc.record({
      length: fc.integer({ min: 1, max: slabBytes / 4 }),
      isKept: fc.boolean(),
      next: fc.nat(8),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const readers = [createSlabs(), createSlabs()] as const
        const held: { readonly piece: Uint8Array; readonly mark: number }[] = []
        let mark = 0
        for (const { length, isKept, next } of steps) {
          const slabs = readers[next % 2 === 0 ? 0 : 1]
          const room = slabs.room()
          mark = (mark + 1) % 251
          slabs.fill(Math.min(length, room.fill(mark, 0, length).length))
          const piece = slabs.take()
          if (piece !== undefined) held.push({ piece, mark })
          const isWhole = held.every(({ piece, mark }) => piece[0] === mark && piece.at(-1) === mark)
          expect(isWhole).toBe(true)
          if (!isKept) for (const { piece } of held.splice(next, 2)) giveBack(piece)
        }
      }),
      { numRuns: 100 },
    )
  })

  it("use memory again that was given back whole, and no other", () => {
    const memoryOf = (count: number, isGiven: (piece: Uint8Array) => Uint8Array): ReadonlySet<unknown> => {
      const slabs = createSlabs()
      const seen = new Set<unknown>()
      for (let i = 0; i < count; i++) {
        const room = slabs.room()
        seen.add(room.buffer)
        slabs.fill(room.length)
        const piece = slabs.take()
        if (piece !== undefined) giveBack(isGiven(piece))
      }
      return seen
    }
    expect(memoryOf(20, (piece) => piece).size).toBeLessThan(6)
    expect(memoryOf(20, (piece) => piece.slice()).size).toBeGreaterThan(15)
  })

  it("wait for every holder of a piece", () => {
    const memoryOf = (isHeld: boolean): ReadonlySet<unknown> => {
      const slabs = createSlabs()
      const seen = new Set<unknown>()
      for (let i = 0; i < 20; i++) {
        const room = slabs.room()
        seen.add(room.buffer)
        slabs.fill(room.length)
        const piece = slabs.take() ?? new Uint8Array()
        if (isHeld) hold(piece)
        giveBack(piece)
      }
      return seen
    }
    hold(new Uint8Array(3))
    expect(memoryOf(true).size).toBeGreaterThan(15)
    expect(memoryOf(false).size).toBeLessThan(6)
  })

  it("take a piece back once", () => {
    const slabs = createSlabs()
    const [first, second] = [0, 1].map(() => {
      slabs.room()
      slabs.fill(slabBytes / 2)
      return slabs.take()
    })
    if (first === undefined || second === undefined) throw new Error("two pieces")
    giveBack(first)
    giveBack(first)
    const others = Array.from({ length: 10 }, () => {
      const room = slabs.room()
      slabs.fill(room.length)
      slabs.take()
      return room.buffer
    })
    expect(others).not.toContain(second.buffer)
  })
})
