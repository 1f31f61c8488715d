import { gzipSync, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { paxRecord, rawTar } from "../../test/raw-tar.ts"
import { unwrapModule } from "./unwrap.ts"

const wasm = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 42])
const limit = 1_000_000
const file = { name: "m.wasm", content: wasm }

describe("unwrapModule", () => {
  it.each<[string, Uint8Array]>([
    ["a plain module", wasm],
    ["gzip", gzipSync(wasm)],
    ["zstd", zstdCompressSync(wasm)],
    ["gzip in gzip", gzipSync(gzipSync(wasm))],
    ["tar", rawTar(file)],
    ["tar in gzip", gzipSync(rawTar(file))],
    ["gzip in tar", rawTar({ name: "m.wasm.gz", content: gzipSync(wasm) })],
    ["tar with a folder first", rawTar({ name: "./", type: "5" }, file)],
    ["tar with extended headers", rawTar({ name: "pax", type: "x", content: paxRecord("mtime", "1") }, file)],
    ["tar whose names would escape", rawTar({ name: "../../etc/passwd", content: wasm })],
    ["tar of two files", rawTar(file, { name: "b", content: "no" })],
  ])("finds the module in %s", async (_name, download) => {
    expect(Buffer.from(await unwrapModule(download, limit))).toEqual(wasm)
  })

  it.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), "ATT_OCI_NOT_WASM"],
    ["a web page", Buffer.from("<!doctype html>"), "ATT_OCI_NOT_WASM"],
    ["gzip of nothing", gzipSync(""), "ATT_OCI_NOT_WASM"],
    ["damaged gzip", gzipSync(wasm).subarray(0, 15), "ATT_ARCHIVE_DAMAGED"],
    ["gzip magic alone", Uint8Array.of(0x1f, 0x8b), "ATT_ARCHIVE_DAMAGED"],
    ["tar without files", rawTar({ name: "d/", type: "5" }), "ATT_ARCHIVE_DAMAGED"],
    ["tar that ends early", rawTar(file).subarray(0, 515), "ATT_ARCHIVE_DAMAGED"],
    ["tar of something else", rawTar({ name: "readme", content: "hello" }, file), "ATT_OCI_NOT_WASM"],
    ["tar that lies about a size", rawTar({ ...file, size: "77777777777" }), "ATT_ARCHIVE_DAMAGED"],
    ["a bomb", gzipSync(Buffer.alloc(2 * limit)), "ATT_ARCHIVE_TOO_LARGE"],
    ["a bomb in gzip", gzipSync(gzipSync(Buffer.alloc(2 * limit))), "ATT_ARCHIVE_TOO_LARGE"],
    [
      "archives without end",
      Array.from({ length: 9 }).reduce<Uint8Array>((inner) => gzipSync(inner), wasm),
      "ATT_OCI_NOT_WASM",
    ],
  ])("refuses %s", async (_name, download, code) => {
    await expect(unwrapModule(download, limit)).rejects.toMatchObject({ code })
  })

  it("gives a module or a named error for any bytes", async () => {
    const heads = fc.constantFrom(Buffer.from([0x1f, 0x8b, 8]), rawTar(file).subarray(0, 512), Buffer.alloc(0))
    await fc.assert(
      fc.asyncProperty(heads, fc.uint8Array({ maxLength: 2_000 }), async (head, tail) => {
        await unwrapModule(Buffer.concat([head, tail]), limit).then(
          (module) => expect(module.subarray(0, 4)).toEqual(wasm.subarray(0, 4)),
          (error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^ATT_(ARCHIVE|OCI)_/) }),
        )
      }),
    )
  })
})
