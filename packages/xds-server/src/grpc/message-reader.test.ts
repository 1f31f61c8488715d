import { gzipSync } from "node:zlib"
import { isAttacheError } from "@attache/base"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createMessageReader, messagePrefix } from "./message-reader.ts"

const framed = (bytes: Uint8Array, mark = 0): Buffer => {
  const prefix = messagePrefix(bytes.length)
  prefix[0] = mark
  return Buffer.concat([prefix, bytes])
}

function read(chunks: readonly Uint8Array[], options: { limitBytes?: number; isPacked?: boolean } = {}) {
  const got: Uint8Array[] = []
  const reader = createMessageReader({ limitBytes: 100, isPacked: false, ...options, onMessage: (b) => got.push(b) })
  try {
    for (const chunk of chunks) reader.push(chunk)
    return got.map((bytes) => Buffer.from(bytes).toString("hex"))
  } catch (error) {
    return isAttacheError(error) ? error.code : String(error)
  }
}

describe("a message reader", () => {
  it("gives the same messages however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), fc.array(fc.nat(60)), (messages, cuts) => {
        const bytes = Buffer.concat(messages.map((message) => framed(message)))
        const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length])].sort(
          (a, b) => a - b,
        )
        const chunks = places.slice(1).map((end, at) => bytes.subarray(places[at], end))
        expect(read(chunks)).toEqual(messages.map((message) => Buffer.from(message).toString("hex")))
      }),
    )
  })

  it("unpacks what is packed, where that was said", () => {
    const packed = framed(gzipSync("hello"), 1)
    expect(read([packed], { isPacked: true })).toEqual([Buffer.from("hello").toString("hex")])
    expect(read([framed(Buffer.from("hi"))], { isPacked: true })).toEqual([Buffer.from("hi").toString("hex")])
    expect(read([packed])).toBe("ATT_XDS_BAD_REQUEST")
    expect(read([framed(Buffer.from("x"), 2)])).toBe("ATT_XDS_BAD_REQUEST")
    expect(read([framed(Buffer.from("x"), 1)], { isPacked: true })).toBe("ATT_XDS_BAD_REQUEST")
  })

  it("refuses what is too large by its length, and what becomes too large", () => {
    expect(read([messagePrefix(101)])).toBe("ATT_XDS_REQUEST_TOO_LARGE")
    expect(read([framed(gzipSync(Buffer.alloc(101)), 1)], { isPacked: true })).toBe("ATT_XDS_REQUEST_TOO_LARGE")
  })
})
