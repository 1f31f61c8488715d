import { constants, createGunzip, createZstdDecompress } from "node:zlib"
import { AttacheError, errorFrom } from "@attache/base"
import { type ByteStream, createByteReader, endedEarly } from "./byte-reader.ts"
import { type ArchiveLimits, archiveLimits, ratioFloorBytes } from "./limits.ts"
import { through } from "./through.ts"
import { maxWindowLog, zstdFrames } from "./zstd-frames.ts"

/** How bytes are compressed; `none` is as they are. */
export type Compression = "gzip" | "zstd" | "none"

/** Which compression bytes begin with, judged by the first four. */
export function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip"
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return "zstd"
  return "none"
}

/**
 * Bytes without their compression, as they come; several gzip members or zstd frames in a row are one content.
 *
 * Memory does not grow with the content. Errors: ATT_ARCHIVE_DAMAGED, ATT_ARCHIVE_TOO_LARGE, ATT_ARCHIVE_BOMB, and those
 * of the source as they are.
 */
export async function* decompress(
  source: ByteStream,
  compression: Compression,
  limits?: Partial<ArchiveLimits>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { expandedBytes, ratio } = archiveLimits(limits)
  const counted = countBytes(source)
  let expanded = 0
  for await (const piece of expandedPieces(counted.stream, compression)) {
    expanded += piece.length
    if (expanded > expandedBytes) {
      throw new AttacheError("ATT_ARCHIVE_TOO_LARGE", `the archive expands to more than ${expandedBytes} bytes`, {
        facts: { limitBytes: expandedBytes },
      })
    }
    if (compression !== "none" && expanded > ratioFloorBytes && expanded > counted.count() * ratio) {
      throw new AttacheError("ATT_ARCHIVE_BOMB", `the archive expands to more than ${ratio} times its size`, {
        facts: { limitRatio: ratio },
      })
    }
    yield piece
  }
}

function expandedPieces(source: ByteStream, compression: Compression): ByteStream {
  if (compression === "none") return source
  if (compression === "gzip") return through(source, createGunzip(), named)
  return inflateZstd(source)
}

async function* inflateZstd(source: ByteStream): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = createByteReader(source)
  try {
    for await (const frame of zstdFrames(reader)) {
      const params = { [constants.ZSTD_d_windowLogMax]: maxWindowLog }
      yield* through(frame, createZstdDecompress({ params }), named)
    }
  } finally {
    await reader.close()
  }
}

function named(error: unknown): AttacheError {
  const code = (error as NodeJS.ErrnoException).code ?? ""
  if (code === "Z_BUF_ERROR") return endedEarly()
  return errorFrom(error, "ATT_ARCHIVE_DAMAGED", "the compressed archive cannot be read")
}

function countBytes(source: ByteStream): { readonly stream: ByteStream; readonly count: () => number } {
  let count = 0
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      count += piece.length
      yield piece
    }
  }
  return { stream: stream(), count: () => count }
}
