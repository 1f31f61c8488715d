import type { ByteStream } from "../src/archive/byte-reader.ts"

/** A stream of bytes in pieces of one length. */
export async function* streamOf(bytes: Uint8Array | string, pieceBytes = 700): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(bytes)
  for (let at = 0; at < all.length; at += pieceBytes) yield all.subarray(at, at + pieceBytes)
}

/** All bytes of a stream, without limit. */
export async function bytesOf(stream: ByteStream): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** A stream that counts what is taken from it, and says whether it was ended. */
export function watched(stream: ByteStream): {
  readonly stream: ByteStream
  readonly taken: () => number
  readonly isEnded: () => boolean
} {
  let taken = 0
  let isEnded = false
  const run = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of stream) {
        taken += piece.length
        yield piece
      }
    } finally {
      isEnded = true
    }
  }
  return { stream: run(), taken: () => taken, isEnded: () => isEnded }
}

/** So many bytes of the same value, a piece at a time. */
export async function* repeated(byte: number, count: number, pieceBytes = 65_536): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(pieceBytes, byte)
  for (let left = count; left > 0; left -= pieceBytes) yield left < pieceBytes ? piece.subarray(0, left) : piece
}
