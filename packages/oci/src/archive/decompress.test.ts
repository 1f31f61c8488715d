import { gzipSync, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bytesOf, repeated, streamOf, watched } from "../../test/byte-streams.ts"
import { compress } from "./compress.ts"
import { type Compression, compressionOf, decompress } from "./decompress.ts"

const text = Buffer.from("some content, some content")
const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])

describe("compressionOf", () => {
  it.each<[string, Uint8Array, Compression]>([
    ["gzip", gzipSync(text), "gzip"],
    ["zstd", zstdCompressSync(text), "zstd"],
    ["anything else", text, "none"],
    ["nothing", new Uint8Array(), "none"],
  ])("knows %s", (_name, bytes, want) => expect(compressionOf(bytes)).toBe(want))
})

describe("decompress", () => {
  it.each<[string, Uint8Array, Compression, Uint8Array]>([
    ["what is not compressed", text, "none", text],
    ["gzip", gzipSync(text), "gzip", text],
    ["several gzip members", Buffer.concat([gzipSync(text), gzipSync(text)]), "gzip", Buffer.concat([text, text])],
    ["gzip filled up with zeros", Buffer.concat([gzipSync(text), Buffer.alloc(600)]), "gzip", text],
    ["gzip of nothing", gzipSync(""), "gzip", Buffer.alloc(0)],
    ["zstd", zstdCompressSync(text), "zstd", text],
    ["zstd of nothing", zstdCompressSync(Buffer.alloc(0)), "zstd", Buffer.alloc(0)],
    [
      "several zstd frames",
      Buffer.concat([zstdCompressSync(text), zstdCompressSync(text)]),
      "zstd",
      Buffer.concat([text, text]),
    ],
    [
      "skippable zstd frames around others",
      Buffer.concat([skippable, zstdCompressSync(text), skippable]),
      "zstd",
      text,
    ],
  ])("expands %s", async (_name, bytes, compression, want) => {
    for (const pieceBytes of [1, 7, 100_000]) {
      expect(await bytesOf(decompress(streamOf(bytes, pieceBytes), compression))).toEqual(Buffer.from(want))
    }
  })

  it("gives back what was compressed, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5_000 }),
        fc.constantFrom<Compression>("gzip", "zstd", "none"),
        fc.integer({ min: 1, max: 999 }),
        async (bytes, compression, pieceBytes) => {
          const packed = await bytesOf(compress(streamOf(bytes, pieceBytes), compression))
          expect(await bytesOf(decompress(streamOf(packed, pieceBytes), compression))).toEqual(Buffer.from(bytes))
        },
      ),
      { numRuns: 60 },
    )
  })

  it("gives bytes or a named error for any bytes", async () => {
    const heads = fc.constantFrom(
      Buffer.from([0x1f, 0x8b, 8, 0]),
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
      zstdCompressSync(text).subarray(0, 12),
    )
    await fc.assert(
      fc.asyncProperty(heads, fc.uint8Array({ maxLength: 300 }), async (head, tail) => {
        const bytes = Buffer.concat([head, tail])
        await bytesOf(decompress(streamOf(bytes), compressionOf(bytes), { expandedBytes: 1_000_000 })).catch(
          (error) => {
            expect(error.code).toMatch(/^ATT_ARCHIVE_(DAMAGED|TOO_LARGE|BOMB)$/)
          },
        )
      }),
      { numRuns: 200 },
    )
  })

  it.each<Compression>(["gzip", "zstd", "none"])("lets the source's own error through (%s)", async (compression) => {
    const own = new Error("connection lost")
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield (await bytesOf(compress(streamOf(text), compression))).subarray(0, 12)
      throw own
    }
    await expect(bytesOf(decompress(source(), compression))).rejects.toBe(own)
  })

  it.each<Compression>(["gzip", "zstd"])("takes no more of the source than it needs (%s)", async (compression) => {
    const source = watched(compress(repeated(7, 400_000_000), compression))
    await expect(bytesOf(decompress(source.stream, compression, { expandedBytes: 1_000_000 }))).rejects.toMatchObject({
      code: "ATT_ARCHIVE_TOO_LARGE",
    })
    expect(source.taken()).toBeLessThan(300_000)
  })
})

describe("compress", () => {
  it("writes nothing of time, name and system", async () => {
    const packed = await bytesOf(compress(streamOf(text, 3), "gzip"))
    expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
  })

  it("does not depend on the pieces that content comes in", async () => {
    const content = Buffer.concat(Array.from({ length: 3_000 }, (_, i) => Buffer.from(`line ${i * 7_919}\n`)))
    for (const compression of ["gzip", "zstd"] as const) {
      const packed = await Promise.all(
        [1_000, 65_536, 1_000_000].map((size) => bytesOf(compress(streamOf(content, size), compression))),
      )
      expect(new Set(packed.map((bytes) => bytes.toString("base64"))).size).toBe(1)
    }
  })
})
