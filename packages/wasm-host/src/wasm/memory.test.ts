import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createMemoryAccess } from "./memory.ts"

describe("memory access", () => {
  const size = 4096
  const memory = { buffer: new ArrayBuffer(size), grow: () => -1 }
  const access = createMemoryAccess(() => memory)
  it("reads what it wrote, and only inside", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), fc.uint8Array({ maxLength: 64 }), (address, bytes) => {
        const isInside = address + bytes.length <= size
        expect(access.write(address, bytes)).toBe(isInside)
        expect(access.read(address, bytes.length)).toEqual(isInside ? bytes : undefined)
      }),
    )
  })
  it("writes numbers little endian and unsigned", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), (value) => {
        expect(access.writeU32(8, value)).toBe(true)
        expect(access.readU32(8)).toBe(value)
      }),
    )
    access.writeU64(16, -1n)
    expect(access.read(16, 8)).toEqual(new Uint8Array(8).fill(255))
  })
  it.each([[size - 3], [size], [0xffff_ffff]])("refuses a number at %i", (address) => {
    expect(access.writeU32(address, 1)).toBe(false)
    expect(access.writeU64(address, 1n)).toBe(false)
    expect(access.readU32(address)).toBeUndefined()
  })
  it("gives copies", () => {
    access.write(0, Uint8Array.of(1))
    const copy = access.read(0, 1)
    access.write(0, Uint8Array.of(2))
    expect(copy).toEqual(Uint8Array.of(1))
  })
  it("is empty without a memory", () => expect(createMemoryAccess(() => undefined).read(0, 1)).toBeUndefined())
})
