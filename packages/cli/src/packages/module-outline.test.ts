import { inspectModule } from "@attache/wasm-host"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createModuleOutline } from "./module-outline.ts"

const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

function leb(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]
}

const section = (id: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([id, ...leb(content.length)]), content])
const custom = (name: string, size: number): Buffer =>
  section(0, Buffer.concat([Buffer.from([name.length, ...Buffer.from(name)]), Buffer.alloc(size, 0x61)]))
const module = (...sections: readonly Uint8Array[]): Buffer => Buffer.concat([Buffer.from(magic), ...sections])

function outlined(bytes: Uint8Array, pieceBytes: number): Uint8Array {
  const outline = createModuleOutline(bytes.length)
  for (let at = 0; at < bytes.length; at += pieceBytes) outline.write(bytes.subarray(at, at + pieceBytes))
  return outline.bytes
}

describe("createModuleOutline", () => {
  const names = section(0, Buffer.from("\u0004name\u0001\u0004\u0001\u0000\u0001a", "latin1"))
  const marker = section(
    7,
    Buffer.concat([Buffer.from([1, 23]), Buffer.from("proxy_abi_version_0_2_1"), Buffer.from([0, 0])]),
  )
  const modules: Readonly<Record<string, Uint8Array>> = {
    "a whole one": module(
      section(1, Buffer.from([1, 0x60, 0, 0])),
      section(3, Buffer.from([1, 0])),
      marker,
      section(10, Buffer.concat([Buffer.from([1, ...leb(9_000)]), Buffer.alloc(9_000)])),
      section(11, Buffer.from("proxy-wasm-0.2.4 ~lib/")),
      names,
      custom("producers", 100),
    ),
    "long sections beside the names": module(custom(".debug_info", 300_000), marker, names, custom("x", 200)),
    "a section cut short": module(marker).subarray(0, 20),
    "a size without end": module(Buffer.from([10, 255, 255, 255, 255, 255, 255])),
    "a size of four gigabytes": module(Buffer.from([11, 255, 255, 255, 255, 15, 1, 2, 3])),
    "nothing behind the head": module(),
    "no Wasm": Buffer.from("hello, this is text and no module at all"),
    "an empty file": Buffer.alloc(0),
  }

  it.each(Object.entries(modules))("tells of %s what the module tells", (_name, bytes) => {
    for (const pieceBytes of [1, 7, 65_536])
      expect(inspectModule(outlined(bytes, pieceBytes))).toEqual(inspectModule(bytes))
  })

  it("tells the same of any bytes, in any pieces", () => {
    const part = fc.tuple(fc.constantFrom(0, 1, 3, 7, 10, 11), fc.uint8Array({ maxLength: 40 }))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.integer({ min: 1, max: 30 }), (parts, pieceBytes) => {
        const bytes = module(...parts.map(([id, content]) => section(id, content)))
        expect(inspectModule(outlined(bytes, pieceBytes))).toEqual(inspectModule(bytes))
      }),
    )
  })

  it("keeps little of what is long", () => {
    const bytes = module(section(10, Buffer.alloc(100_000, 1)), custom("x", 20_000_000))
    const kept = outlined(bytes, 4_096)
    expect(kept.subarray(0, 20)).toEqual(bytes.subarray(0, 20))
    expect(kept.filter((byte) => byte !== 0).length).toBeLessThan(9_000_000)
  })
})
