import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { type BareGuest, startBareGuest } from "./testing/bare-guest.ts"

let guest: BareGuest

beforeAll(async () => {
  guest = await startBareGuest("copy-header")
}, 60_000)

describe("text between host and guest", () => {
  it("passes well-formed text unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(Buffer.from(guest.request(2, Buffer.from(value))).toString()).toBe(Buffer.from(value).toString())
      }),
    )
  })

  it("reads ill-formed UTF-8 as browsers do", () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .array(fc.constantFrom(0x2f, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0xf0, 0x90, 0xf4, 0x8f, 0xff))
        .map((b) => Uint8Array.from(b)),
    )
    fc.assert(
      fc.property(bytes, (value) => {
        expect(Buffer.from(guest.request(2, value)).toString()).toBe(decoder.decode(value))
      }),
      { numRuns: 2000 },
    )
  })

  it("keeps memory flat over many streams and gives large blocks back", () => {
    const { memory } = guest.exports
    guest.request(2, new Uint8Array(300_000).fill(0x61))
    for (let id = 2; id < 2000; id++) guest.request(id, new Uint8Array(3000).fill(0x62))
    const before = memory.buffer.byteLength
    for (let id = 2000; id < 60_000; id++) guest.request(id, new Uint8Array(3000).fill(0x62))
    expect(memory.buffer.byteLength).toBe(before)
    expect(before).toBeLessThan(4 * 1024 * 1024)
  })

  it("says where it aborted", () => {
    expect(() => guest.request(90_000, undefined)).toThrow("unreachable")
    expect(guest.logged()).toBe("abort: x-in is absent (copy-header.ts:6:25)")
  })
})

describe("thousands of streams at once", () => {
  it("keep what they hold, whatever is collected meanwhile", async () => {
    const keeping = await startBareGuest("keep-header")
    const living = new Set<number>()
    let next = 2
    fc.assert(
      fc.property(
        fc.array(fc.record({ ends: fc.boolean(), place: fc.nat() }), { minLength: 2000, maxLength: 4000 }),
        (steps) => {
          for (const { ends, place } of steps) {
            const id = ends ? [...living][place % (living.size || 1)] : undefined
            if (id === undefined) {
              keeping.begin(next, Buffer.from(`kept by ${next}`))
              living.add(next)
              next += 1 + (place % 3)
            } else {
              expect(Buffer.from(keeping.end(id)).toString()).toBe(`kept by ${id}`)
              living.delete(id)
            }
          }
        },
      ),
      { numRuns: 5 },
    )
    for (let i = 0; i < 5000; i++) keeping.begin(next + i, Buffer.from(`kept by ${next + i}`))
    for (let i = 0; i < 5000; i++) expect(Buffer.from(keeping.end(next + i)).toString()).toBe(`kept by ${next + i}`)
    for (const id of living) expect(Buffer.from(keeping.end(id)).toString()).toBe(`kept by ${id}`)
    expect(keeping.exports.memory.buffer.byteLength).toBeLessThan(8 * 1024 * 1024)
  }, 60_000)
})
