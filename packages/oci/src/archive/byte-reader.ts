import { AttacheError } from "@attache/base"

/** Bytes as they come. Abandoning the iteration releases what is behind it. */
export type ByteStream = AsyncIterable<Uint8Array>

/** A stream read in lengths of the reader's choice. */
export interface ByteReader {
  /** Exactly so many bytes; undefined where the stream ends before the first. Error: ATT_ARCHIVE_DAMAGED. */
  read(count: number): Promise<Uint8Array | undefined>
  /** The next bytes, at least one and up to so many; undefined at the end of the stream. */
  some(limit: number): Promise<Uint8Array | undefined>
  /** The next so many bytes in pieces, without copying. Error: ATT_ARCHIVE_DAMAGED. */
  pieces(count: number): AsyncGenerator<Uint8Array, void, undefined>
  /** Drops the next so many bytes. Error: ATT_ARCHIVE_DAMAGED. */
  skip(count: number): Promise<void>
  /** Whatever is left, in pieces. */
  rest(): AsyncGenerator<Uint8Array, void, undefined>
  /** Ends the stream. */
  close(): Promise<void>
}

/** A reader over a stream, for formats that say how long their parts are. */
export function createByteReader(stream: ByteStream): ByteReader {
  const iterator = stream[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array()

  async function some(limit: number): Promise<Uint8Array | undefined> {
    while (held.length === 0) {
      const next = await iterator.next()
      if (next.done === true) return undefined
      held = next.value
    }
    const piece = held.subarray(0, limit)
    held = held.subarray(piece.length)
    return piece
  }

  async function* pieces(count: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let left = count; left > 0; ) {
      const piece = await some(left)
      if (piece === undefined) throw endedEarly()
      left -= piece.length
      yield piece
    }
  }

  return {
    some,
    pieces,
    async read(count) {
      const first = await some(count)
      if (first === undefined || first.length === count) return first
      const parts = [first]
      for await (const piece of pieces(count - first.length)) parts.push(piece)
      return Buffer.concat(parts)
    },
    async skip(count) {
      for await (const _ of pieces(count));
    },
    async *rest() {
      for (let piece = await some(65_536); piece !== undefined; piece = await some(65_536)) {
        yield piece
      }
    },
    async close() {
      await iterator.return?.()
    },
  }
}

/** The error of an archive that stops in the middle of something. */
export function endedEarly(): AttacheError {
  return new AttacheError("ATT_ARCHIVE_DAMAGED", "the archive ends too early")
}

/** A stream in memory. Larger than the limit: ATT_ARCHIVE_TOO_LARGE. */
export async function collectBytes(stream: ByteStream, limitBytes: number, what = "content"): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of stream) {
    length += piece.length
    if (length > limitBytes) {
      throw new AttacheError("ATT_ARCHIVE_TOO_LARGE", `${what} is larger than ${limitBytes} bytes`, {
        facts: { limitBytes },
      })
    }
    pieces.push(piece)
  }
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
}
