// Node's decoder stops after the first zstd frame and says nothing, so the frames are told apart here. Source: RFC 8878.
import { AttacheError } from "@attache/base"
import type { ByteReader } from "./byte-reader.ts"
import { endedEarly } from "./byte-reader.ts"

const magic = 0xfd2fb528
const skippableMagic = 0x184d2a50

/** Largest window of a frame, as power of two: 64 MiB, the most a decoder then holds. */
export const maxWindowLog = 26

/** A zstd frame: whole, in pieces, to be read before the next is asked for. */
export type ZstdFrame = AsyncGenerator<Uint8Array, void, undefined>

/**
 * The frames of a zstd stream; skippable ones are skipped.
 *
 * Errors: ATT_ARCHIVE_DAMAGED (also for frames that want a dictionary), ATT_ARCHIVE_TOO_LARGE (window).
 */
export async function* zstdFrames(reader: ByteReader): AsyncGenerator<ZstdFrame, void, undefined> {
  let frames = 0
  for (let head = await reader.read(4); head !== undefined; head = await reader.read(4)) {
    const word = wordOf(head)
    if ((word & 0xfffffff0) >>> 0 === skippableMagic) {
      await reader.skip(wordOf(await needed(reader, 4)))
      continue
    }
    if (word !== magic) throw damaged("it does not begin as zstd does")
    frames++
    yield frameOf(head, reader)
  }
  if (frames === 0) throw endedEarly()
}

async function* frameOf(head: Uint8Array, reader: ByteReader): ZstdFrame {
  yield head
  const descriptor = await needed(reader, 1)
  const flags = descriptor[0] ?? 0
  yield descriptor
  const isSingle = (flags & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0
  if ((flags & 0x08) !== 0) throw damaged("a reserved bit of a zstd frame is set")
  if (dictionaryBytes > 0) throw damaged("its zstd frames need a dictionary")
  if (!isSingle) yield await windowOf(reader)
  if (sizeBytes > 0) yield await needed(reader, sizeBytes)
  yield* blocksOf(reader)
  if ((flags & 0x04) !== 0) yield await needed(reader, 4)
}

async function windowOf(reader: ByteReader): Promise<Uint8Array> {
  const window = await needed(reader, 1)
  // The exponent counts from 10, and the mantissa below it adds up to seven eighths more.
  if (10 + ((window[0] ?? 0) >> 3) >= maxWindowLog && window[0] !== (maxWindowLog - 10) << 3) {
    throw new AttacheError("ATT_ARCHIVE_TOO_LARGE", `a zstd frame wants a window of more than 2^${maxWindowLog} bytes`)
  }
  return window
}

async function* blocksOf(reader: ByteReader): ZstdFrame {
  for (let isLast = false; !isLast; ) {
    const header = await needed(reader, 3)
    const bits = (header[0] ?? 0) | ((header[1] ?? 0) << 8) | ((header[2] ?? 0) << 16)
    isLast = (bits & 1) !== 0
    const kind = (bits >> 1) & 3
    if (kind === 3) throw damaged("a zstd block has a reserved kind")
    yield header
    yield* reader.pieces(kind === 1 ? 1 : bits >> 3)
  }
}

async function needed(reader: ByteReader, count: number): Promise<Uint8Array> {
  const bytes = await reader.read(count)
  if (bytes === undefined) throw endedEarly()
  return bytes
}

function wordOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
}

function damaged(reason: string): AttacheError {
  return new AttacheError("ATT_ARCHIVE_DAMAGED", `the archive cannot be read: ${reason}`)
}
