// index.json: the manifests that a layout names, with their tags.
import { randomUUID } from "node:crypto"
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { AttacheError } from "@attache/base"
import { type Descriptor, isImageIndex } from "../content/descriptor.ts"
import { mediaTypes } from "../content/media-types.ts"
import { parseManifest } from "../content/read-manifest.ts"
import { type LockOptions, withFileLock } from "./file-lock.ts"
import { diskError, isAbsent, partialFolder, replaceFile } from "./layout-files.ts"

/** Annotation that holds the tag. Source: OCI image specification 1.1, "Image Layout". */
export const tagAnnotation = "org.opencontainers.image.ref.name"

/** A layout may hold more than an index in a registry. */
const limits = { bytes: 32 * 1024 * 1024, entries: 50_000 }

/** The entries of `index.json`, none when there is no such file. Errors: ATT_OCI_LAYOUT, ATT_OCI_MANIFEST, ATT_OCI_LIMIT. */
export function readIndexFile(directory: string): readonly Descriptor[] {
  const path = join(directory, "index.json")
  let bytes: Uint8Array
  try {
    const { size } = statSync(path, { throwIfNoEntry: false }) ?? {}
    if (size === undefined) return []
    if (size > limits.bytes) {
      throw new AttacheError("ATT_OCI_LIMIT", `${path} has more than ${limits.bytes} bytes`, { facts: { path } })
    }
    bytes = readFileSync(path)
  } catch (error) {
    if (isAbsent(error)) return []
    throw diskError(error, path)
  }
  // The file need not name its type.
  const index = parseManifest(bytes, mediaTypes.ociIndex, path, limits)
  return isImageIndex(index) ? index.manifests : []
}

/**
 * Changes the entries of a layout that is there, while nobody else does.
 *
 * @param change gives the new entries, or the old list itself when nothing is to be written
 */
export async function changeIndexFile(
  directory: string,
  change: (entries: readonly Descriptor[]) => Promise<readonly Descriptor[]> | readonly Descriptor[],
  options: LockOptions,
): Promise<void> {
  const path = join(directory, "index.json")
  await withFileLock(
    `${path}.lock`,
    async () => {
      const before = readIndexFile(directory)
      const after = await change(before)
      if (after === before) return
      const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: after }
      const bytes = new TextEncoder().encode(JSON.stringify(index))
      replaceFile(path, join(directory, partialFolder, `index.${process.pid}.${randomUUID()}`), bytes)
    },
    options,
  )
}

/** The tag of an entry; undefined when it has none. */
export function tagOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[tagAnnotation]
}

/** An entry with this tag, or with none. */
export function withTag(descriptor: Descriptor, tag: string | undefined): Descriptor {
  const { annotations = {}, ...rest } = descriptor
  const { [tagAnnotation]: _tag, ...others } = annotations
  const all = tag === undefined ? others : { ...others, [tagAnnotation]: tag }
  return Object.keys(all).length === 0 ? rest : { ...rest, annotations: all }
}
