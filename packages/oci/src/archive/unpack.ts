import { chmod, mkdir, mkdtemp, open, rename, rm, rmdir, stat, unlink } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { AttacheError, errorFrom } from "@attache/base"
import type { ByteStream } from "./byte-reader.ts"
import { type Compression, decompress } from "./decompress.ts"
import { type ArchiveLimits, archiveLimits } from "./limits.ts"
import { createOverlay, type Overlay, type OverlayNode } from "./overlay.ts"
import { type ReadTarOptions, readTar, type TarEntry } from "./read-tar.ts"
import { safeEntryPath } from "./safe-path.ts"

/** One archive to unpack, or one file to lay over what is there. */
export type LayerSource = {
  /** The bytes, verified as they come; an error instead of the end says that they are not what they should be. */
  readonly open: () => Promise<ByteStream>
} & ({ readonly compression: Compression } | { readonly file: string; readonly size: number })

/** How archives are unpacked. */
export interface UnpackOptions {
  /** For all layers together. */
  readonly limits?: Partial<ArchiveLimits>
  /** See {@link ReadTarOptions}. */
  readonly absolute?: ReadTarOptions["absolute"]
  /** Whether a folder that is there is replaced as a whole. Default false: ATT_ARCHIVE_FOLDER. */
  readonly replace?: boolean
  /** The path under which one in an archive is written. Default: the same. */
  readonly rename?: (path: string) => string
}

/** A file or folder that was unpacked. */
export interface UnpackedEntry extends OverlayNode {
  readonly path: string
}

/**
 * Unpacks layers, the lowest first, into a folder that appears whole or not at all.
 *
 * Everything happens in a folder beside it, which takes the name only after the last byte was verified, and is removed
 * otherwise. Files are 0644 or 0755, folders 0755. Links, devices and paths that lead out are refused.
 * Errors: ATT_ARCHIVE_*, and those of the sources.
 *
 * @returns what is there now, sorted by path
 */
export async function unpackLayers(
  folder: string,
  layers: readonly LayerSource[],
  options: UnpackOptions = {},
): Promise<readonly UnpackedEntry[]> {
  const target = resolve(folder)
  const temporary = await makeTemporary(target)
  try {
    const overlay = createOverlay()
    const used = { expandedBytes: 0, entries: 0 }
    for (const [index, layer] of layers.entries()) {
      if (index > 0) overlay.beginLayer()
      await unpackLayer(temporary, layer, overlay, used, options)
    }
    await takeName(temporary, target, options.replace === true)
    return overlay.entries().map(([path, node]) => ({ path, ...node }))
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
    throw errorFrom(error, "ATT_ARCHIVE_FOLDER", `cannot unpack to ${target}`, { facts: { path: target } })
  }
}

interface Used {
  expandedBytes: number
  entries: number
}

async function unpackLayer(
  folder: string,
  layer: LayerSource,
  overlay: Overlay,
  used: Used,
  options: UnpackOptions,
): Promise<void> {
  const whole = archiveLimits(options.limits)
  const limits: ArchiveLimits = {
    ...whole,
    expandedBytes: whole.expandedBytes - used.expandedBytes,
    entries: whole.entries - used.entries,
  }
  const rename = options.rename ?? ((path) => path)
  for await (const entry of entriesOf(layer, await layer.open(), limits, used, options)) {
    used.entries++
    if (entry.path !== "") await placeEntry(folder, { ...entry, path: rename(entry.path) }, overlay)
  }
}

async function* entriesOf(
  layer: LayerSource,
  bytes: ByteStream,
  limits: ArchiveLimits,
  used: Used,
  { absolute = "refuse" }: UnpackOptions,
): AsyncGenerator<TarEntry, void, undefined> {
  if ("compression" in layer) {
    yield* readTar(counted(decompress(bytes, layer.compression, limits), used), { limits, absolute })
    return
  }
  const path = safeEntryPath(layer.file, { limits, absolute })
  const content = counted(decompress(bytes, "none", limits), used)
  yield { path, kind: "file", size: layer.size, mode: 0o644, linkName: "", type: "0", content }
}

async function* counted(stream: ByteStream, used: Used): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of stream) {
    used.expandedBytes += piece.length
    yield piece
  }
}

async function placeEntry(root: string, entry: TarEntry, overlay: Overlay): Promise<void> {
  const { path, size } = entry
  const kind = unpackableKind(entry)
  const mode = kind === "folder" || (entry.mode & 0o111) !== 0 ? 0o755 : 0o644
  const { removed, isKept } = overlay.add(path, { kind, size, mode })
  for (const gone of removed) await removeAt(join(root, gone))
  if (!isKept) return
  if (kind === "folder") await mkdir(join(root, path), { recursive: true, mode })
  else await writeFileAt(join(root, path), entry.content, mode)
}

/** File or folder; the rest is refused. Errors: ATT_ARCHIVE_LINK, ATT_ARCHIVE_ENTRY_KIND. */
export function unpackableKind({ kind, path, type }: TarEntry): "file" | "folder" {
  if (kind === "file" || kind === "folder") return kind
  if (kind === "other") {
    throw new AttacheError(
      "ATT_ARCHIVE_ENTRY_KIND",
      `the archive holds ${path}, which is neither file nor folder (${type})`,
      { facts: { path, type } },
    )
  }
  throw new AttacheError("ATT_ARCHIVE_LINK", `the archive holds a link, ${path}`, { facts: { path } })
}

async function removeAt(path: string): Promise<void> {
  await unlink(path).catch(() => rmdir(path))
}

async function writeFileAt(path: string, content: ByteStream, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  // Exclusive: what is there already, a link above all, is never written through.
  const file = await open(path, "wx", mode)
  try {
    for await (const piece of content) await file.writeFile(piece)
    await file.chmod(mode)
  } finally {
    await file.close()
  }
}

async function makeTemporary(target: string): Promise<string> {
  try {
    await mkdir(dirname(target), { recursive: true })
    return await mkdtemp(join(dirname(target), `.${basename(target)}.partial-`))
  } catch (error) {
    throw errorFrom(error, "ATT_ARCHIVE_FOLDER", `cannot unpack to ${target}`, { facts: { path: target } })
  }
}

async function takeName(temporary: string, target: string, replace: boolean): Promise<void> {
  await chmod(temporary, 0o755)
  const isThere = await stat(target).then(
    () => true,
    () => false,
  )
  if (!isThere) return rename(temporary, target)
  if (!replace) {
    throw new AttacheError("ATT_ARCHIVE_FOLDER", `${target} is there already`, {
      hint: "remove it, or name another folder",
      facts: { path: target },
    })
  }
  const old = `${temporary}-old`
  await rename(target, old)
  try {
    await rename(temporary, target)
  } catch (error) {
    await rename(old, target)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}
