import { constants, createGzip, createZstdCompress } from "node:zlib"
import type { ByteStream } from "./byte-reader.ts"
import type { Compression } from "./decompress.ts"
import { through } from "./through.ts"

/**
 * Compressed bytes as they come, without time, name or operating system in them.
 *
 * The same bytes, in whatever pieces, give the same result as long as Node's zlib stays the same; what must never change is therefore
 * identified by the uncompressed bytes (an image's `diff_ids`, a module's own digest).
 */
export function compress(source: ByteStream, compression: Compression): ByteStream {
  if (compression === "none") return source
  const asIs = (error: unknown): unknown => error
  if (compression === "gzip") return withoutSystem(through(evenPieces(source), createGzip({ level: 6 }), asIs))
  const params = { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 }
  return through(evenPieces(source), createZstdCompress({ params }), asIs)
}

/** Pieces of one length. Both compressors end blocks where their input does, so that the result depends on the pieces. */
async function* evenPieces(source: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  let held = Buffer.alloc(pieceBytes)
  let length = 0
  for await (const piece of source) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + pieceBytes - length)
      held.set(part, length)
      at += part.length
      length += part.length
      if (length < pieceBytes) continue
      yield held
      held = Buffer.alloc(pieceBytes)
      length = 0
    }
  }
  if (length > 0) yield held.subarray(0, length)
}

const pieceBytes = 131_072

/** Byte 9 of a gzip header is the system it was made on: 255, unknown. Source: RFC 1952, 2.3. */
async function* withoutSystem(stream: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0
  for await (const piece of stream) {
    const index = 9 - at
    at += piece.length
    if (index < 0 || index >= piece.length) {
      yield piece
      continue
    }
    const copy = Uint8Array.from(piece)
    copy[index] = 255
    yield copy
  }
}
