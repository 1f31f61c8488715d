import type { ByteStream } from "../archive/byte-reader.ts"
import { decompress } from "../archive/decompress.ts"
import type { ArchiveLimits } from "../archive/limits.ts"
import { readTar, type TarEntry } from "../archive/read-tar.ts"
import type { LayerSource } from "../archive/unpack.ts"
import type { ReadTarget, TransferOptions } from "../content/target.ts"
import type { ExtensionLayer } from "./layout.ts"

/** How layers are read. */
export interface LayerOptions extends TransferOptions {
  readonly limits?: Partial<ArchiveLimits>
}

/**
 * The entries of a layer, as they come; the digest of the layer is verified when the last one was read.
 *
 * A leading slash in a name is the image's root. A file in a layer of its own is the one entry of that layer.
 */
export async function* layerEntries(
  target: ReadTarget,
  layer: ExtensionLayer,
  options: LayerOptions,
): AsyncGenerator<TarEntry, void, undefined> {
  const bytes = await target.fetch(layer.descriptor, transferOf(options))
  if (layer.form === "file") {
    yield entryOfFile(layer.path, layer.descriptor.size, bytes)
    return
  }
  const limits = options.limits ?? {}
  yield* readTar(decompress(bytes, layer.compression, limits), { limits, absolute: "root" })
}

/** A layer to be unpacked. A file in a layer of its own comes as an archive of one file. */
export function layerSource(target: ReadTarget, layer: ExtensionLayer, options: TransferOptions): LayerSource {
  const open = (): Promise<ByteStream> => target.fetch(layer.descriptor, transferOf(options))
  if (layer.form === "tar") return { compression: layer.compression, open }
  return { file: layer.path, size: layer.descriptor.size, open }
}

/** The part of options that a target takes. */
export function transferOf({ signal }: TransferOptions): TransferOptions {
  return signal === undefined ? {} : { signal }
}

function entryOfFile(path: string, size: number, content: ByteStream): TarEntry {
  return { path, kind: "file", size, mode: 0o644, linkName: "", type: "0", content }
}
