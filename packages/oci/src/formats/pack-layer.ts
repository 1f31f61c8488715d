import { createHash } from "node:crypto"
import type { ByteStream } from "../archive/byte-reader.ts"
import { compress } from "../archive/compress.ts"
import type { PackFile } from "../archive/pack-file.ts"
import { writeTar } from "../archive/write-tar.ts"
import { type Spool, spool } from "./spool.ts"

/** A layer ready to be sent. */
export interface PackedLayer extends Spool {
  /** Digest before compression, which image configs list. */
  readonly diffId: string
}

/** One gzip tar layer of files: the same files give the same layer. Errors: those of {@link writeTar}. */
export async function packLayer(files: readonly PackFile[]): Promise<PackedLayer> {
  const hash = createHash("sha256")
  const hashed = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of writeTar(files) as ByteStream) {
      hash.update(piece)
      yield piece
    }
  }
  const packed = await spool(compress(hashed(), "gzip"))
  return { ...packed, diffId: `sha256:${hash.digest("hex")}` }
}
