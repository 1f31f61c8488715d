import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { tarOf } from "../../test/tar.ts"
import { isWasm, unwrapModule } from "./unwrap.ts"

const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 42)
const url = "http://modules/m.wasm"
const invalid = expect.objectContaining({ code: "ATT_MODULE_INVALID" })

describe("isWasm", () => {
  it("wants magic and version", () => {
    expect(isWasm(wasm)).toBe(true)
    expect(isWasm(wasm.subarray(0, 7))).toBe(false)
    expect(isWasm(Uint8Array.of(1, ...wasm))).toBe(false)
    expect(isWasm(new Uint8Array())).toBe(false)
  })
})

describe("unwrapModule", () => {
  it.each([
    ["a plain module", wasm],
    ["gzip", gzipSync(wasm)],
    ["gzip in gzip", gzipSync(gzipSync(wasm))],
    ["tar", tarOf([{ name: "m.wasm", content: wasm }])],
    ["tar in gzip", gzipSync(tarOf([{ name: "m.wasm", content: wasm }]))],
    ["gzip in tar", tarOf([{ name: "m.wasm.gz", content: gzipSync(wasm) }])],
    ["gzip in tar in gzip", gzipSync(tarOf([{ name: "m", content: gzipSync(wasm) }]))],
    [
      "tar with a folder first",
      tarOf([
        { name: "./", kind: "5" },
        { name: "./m.wasm", content: wasm },
      ]),
    ],
    [
      "tar with extended headers",
      tarOf([
        { name: "pax", kind: "x", content: Buffer.from("30 mtime=1\n") },
        { name: "m", content: wasm },
      ]),
    ],
    ["tar whose names would escape", tarOf([{ name: "../../etc/passwd", content: wasm }])],
    [
      "tar of two files",
      tarOf([
        { name: "a", content: wasm },
        { name: "b", content: Buffer.from("no") },
      ]),
    ],
  ])("finds the module in %s", async (_name, download) => {
    expect(Buffer.from(await unwrapModule(download, url))).toEqual(Buffer.from(wasm))
  })

  it.each([
    ["nothing", new Uint8Array()],
    ["a web page", Buffer.from("<!doctype html>")],
    ["gzip of nothing", gzipSync("")],
    ["damaged gzip", gzipSync(wasm).subarray(0, 15)],
    ["gzip magic alone", Uint8Array.of(0x1f, 0x8b)],
    ["tar without files", tarOf([{ name: "d/", kind: "5" }])],
    ["tar that ends early", tarOf([{ name: "m", content: wasm }]).subarray(0, 515)],
    ["tar with a link first and nothing else", tarOf([{ name: "m", kind: "2" }])],
    [
      "tar of something else",
      tarOf([
        { name: "readme", content: Buffer.from("hello") },
        { name: "m", content: wasm },
      ]),
    ],
    ["tar that lies about a size", withSize(tarOf([{ name: "m", content: wasm }]), "77777777777")],
    ["tar with a size that is no number", withSize(tarOf([{ name: "m", content: wasm }]), "zzz")],
    ["tar with a negative size", withSize(tarOf([{ name: "m", content: wasm }]), "-1")],
  ])("refuses %s", async (_name, download) => {
    await expect(unwrapModule(download, url)).rejects.toThrow(invalid)
  })

  it("ends with archives nested without end", async () => {
    let nested: Uint8Array = wasm
    for (let i = 0; i < 9; i++) nested = gzipSync(nested)
    await expect(unwrapModule(nested, url)).rejects.toThrow(invalid)
  })

  it("stops a bomb at the limit", async () => {
    const bomb = gzipSync(new Uint8Array(1_000_000))
    await expect(unwrapModule(bomb, url, 100_000)).rejects.toThrow(
      expect.objectContaining({ code: "ATT_MODULE_TOO_LARGE" }),
    )
    const nested = gzipSync(gzipSync(new Uint8Array(1_000_000)))
    await expect(unwrapModule(nested, url, 100_000)).rejects.toThrow(
      expect.objectContaining({ code: "ATT_MODULE_TOO_LARGE" }),
    )
  })

  it("gives a module or a named error for any bytes", async () => {
    const heads = fc.constantFrom(
      Buffer.from([0x1f, 0x8b, 8]),
      tarOf([{ name: "x", content: wasm }]).subarray(0, 512),
      Buffer.alloc(0),
    )
    await fc.assert(
      fc.asyncProperty(heads, fc.uint8Array({ maxLength: 2_000 }), async (head, tail) => {
        const bytes = Buffer.concat([head, tail])
        await unwrapModule(bytes, url).then(
          (module) => expect(isWasm(module)).toBe(true),
          (error: unknown) => expect(error).toMatchObject({ code: "ATT_MODULE_INVALID" }),
        )
      }),
    )
  })
})

function withSize(archive: Uint8Array, size: string): Uint8Array {
  const copy = Buffer.from(archive)
  copy.fill(0, 124, 136)
  copy.write(size, 124, "latin1")
  return copy
}
