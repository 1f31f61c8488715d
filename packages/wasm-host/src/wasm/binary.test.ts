import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { buildGuest } from "../testing/guest.ts"
import { readLayout } from "./binary.ts"
import { limitMemory } from "./memory-limit.ts"

const guest = buildGuest({ callbacks: { proxy_on_tick: [["proxy_log", 2, 0, 0]] }, hasNames: true })

describe("readLayout", () => {
  it("reads imports, exports, memory and names", () => {
    const layout = readLayout(guest)
    expect(layout?.imports).toEqual([
      {
        module: "env",
        name: "proxy_log",
        kind: "function",
        signature: { params: ["i32", "i32", "i32"], results: ["i32"] },
      },
    ])
    expect(layout?.exports.map(({ name }) => name)).toEqual([
      "memory",
      "proxy_abi_version_0_2_1",
      "malloc",
      "proxy_on_tick",
    ])
    expect(layout?.exports.at(-1)?.signature).toEqual({ params: ["i32"], results: [] })
    expect(layout?.memories).toEqual([{ initial: 2 }])
    expect(layout?.functionNames.get(3)).toBe("proxy_on_tick")
  })
  it("takes any bytes without throwing", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => readLayout(any) === undefined || any.length >= 8))
  })
  it("takes any change of a byte without throwing", () => {
    fc.assert(
      fc.property(fc.nat({ max: guest.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
        readLayout(guest.map((b, i) => (i === at ? value : b)))
      }),
    )
  })
  it("takes any beginning without throwing", () => {
    for (let length = 0; length < guest.length; length++) readLayout(guest.slice(0, length))
  })
})

describe("limitMemory", () => {
  it.each([
    [16384, 16384],
    [4, 4],
  ])("gives the memory a maximum of %i", (pages, maximum) => {
    const layout = readLayout(guest)
    if (layout === undefined) throw new Error("unreachable")
    const limited = limitMemory(layout, pages)
    expect(readLayout(limited.bytes)?.memories).toEqual([{ initial: 2, maximum }])
    expect(limited.shift).toBe(limited.bytes.length - guest.length)
    expect(limitMemory(readLayout(limited.bytes) ?? layout, 99999).bytes).toEqual(limited.bytes)
  })
})
