// An OCI image layout on disk as a target. Source: OCI image specification 1.1, "Image Layout".
import { unlinkSync } from "node:fs"
import { AttacheError } from "@attache/base"
import type { Descriptor } from "../content/descriptor.ts"
import { isManifestType } from "../content/media-types.ts"
import { maxManifestBytes, parseManifest } from "../content/read-manifest.ts"
import type { Content, FetchedManifest, PushOptions, PushOutcome, Target, TransferOptions } from "../content/target.ts"
import { collect, inlineData, verified, verifyBytes } from "../content/verified.ts"
import { isTag } from "../reference/reference.ts"
import { askedEarly } from "./asked-early.ts"
import type { LockOptions } from "./file-lock.ts"
import { changeIndexFile, readIndexFile, tagOf, withTag } from "./index-file.ts"
import { isWhole } from "./is-whole.ts"
import { createKnownManifests, type KnownManifests } from "./known-manifests.ts"
import {
  blobPath,
  blobSize,
  checkLayout,
  diskError,
  ensureLayout,
  isAbsent,
  readBlob,
  readSmallBlob,
} from "./layout-files.ts"
import { referrersIn } from "./layout-referrers.ts"
import { resolveIn } from "./resolve.ts"
import { writeBlob } from "./write-blob.ts"

/** How a layout is used. */
export interface LayoutOptions {
  /** How long others that write `index.json` are waited for. */
  readonly lock?: Omit<LockOptions, "signal">
}

/** What the operations of one layout share. */
interface Layout {
  readonly directory: string
  readonly known: KnownManifests
  readonly lock: Omit<LockOptions, "signal">
  /** Writes to it, which makes it when it is absent; that it is there is looked at once, and again after a failure. */
  writing<T>(action: () => Promise<T>): Promise<T>
}

/**
 * A layout in a directory, which the first push makes when it is absent or empty.
 *
 * `index.json` names tagged manifests, referrers and manifests that no index of the layout names. Several processes may
 * write at once. Errors: ATT_OCI_LAYOUT, ATT_OCI_LAYOUT_LOCKED and those of the contract.
 */
export function createLayout(directory: string, { lock = {} }: LayoutOptions = {}): Target {
  const name = `oci-layout:${directory}`
  const resolve = (reference: string): Descriptor => {
    checkLayout(directory)
    return resolveIn(directory, readIndexFile(directory), reference, name)
  }
  const fetchManifest = async (wanted: Descriptor | string): Promise<FetchedManifest> => {
    const descriptor = typeof wanted === "string" ? resolve(wanted) : wanted
    if (descriptor.size > maxManifestBytes) throw tooLarge(descriptor)
    return { descriptor, bytes: readSmallBlob(directory, descriptor) }
  }
  let isThere = false
  const writing = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      if (!isThere) ensureLayout(directory)
      isThere = true
      return await action()
    } catch (error) {
      isThere = false
      throw error
    }
  }
  const layout: Layout = { directory, known: createKnownManifests(fetchManifest, name), lock, writing }
  return {
    name,
    resolve: async (reference) => resolve(reference),
    fetch: async (descriptor, options = {}) => {
      const { offset = 0 } = options
      const inline = inlineData(descriptor)
      if (inline !== undefined) return one(inline.subarray(offset))
      const content = readBlob(directory, descriptor, offset, options.signal)
      return verified(content, descriptor, { offset, from: name })
    },
    fetchManifest,
    referrers: async (descriptor, artifactType) => {
      checkLayout(directory)
      return referrersIn(readIndexFile(directory), descriptor, artifactType, layout.known)
    },
    exists: (descriptor) => isWhole(directory, descriptor, layout.known),
    push: async (descriptor, content, options = {}) => {
      if (isManifestType(descriptor.mediaType)) {
        return writing(async () => pushManifest(layout, await manifestBytes(descriptor, content), options))
      }
      const asked = await askedEarly(directory, descriptor, content)
      return writing(() => writeBlob(directory, descriptor, asked, options))
    },
    tag: async (descriptor, reference, options = {}) => {
      checkTag(reference)
      if (blobSize(directory, descriptor.digest) === undefined) throw notFound(name, descriptor.digest)
      const change = (entries: readonly Descriptor[]) => entriesWith(entries, descriptor, reference)
      await writing(() => changeIndexFile(directory, change, { ...lock, ...options }))
    },
    untag: async (reference, options = {}) => {
      checkLayout(directory)
      const change = (entries: readonly Descriptor[]) => entriesWithout(entries, reference, name)
      await writing(() => changeIndexFile(directory, change, { ...lock, ...options }))
    },
    delete: (descriptor, options = {}) => remove(layout, descriptor, options),
    tags: async () => {
      checkLayout(directory)
      const tags = readIndexFile(directory).flatMap((entry) => tagOf(entry) ?? [])
      return [...new Set(tags)].sort()
    },
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes
}

function checkTag(text: string): void {
  if (isTag(text)) return
  throw new AttacheError("ATT_OCI_REFERENCE", `${JSON.stringify(text)} is no tag`, { facts: { tag: text } })
}

function notFound(name: string, reference: string): AttacheError {
  return new AttacheError("ATT_OCI_NOT_FOUND", `${name} has no ${reference}`, { facts: { reference } })
}

function tooLarge({ digest }: Descriptor): AttacheError {
  const text = `manifest ${digest} has more than ${maxManifestBytes} bytes`
  return new AttacheError("ATT_OCI_LIMIT", text, { facts: { digest, limitBytes: maxManifestBytes } })
}

async function manifestBytes(descriptor: Descriptor, content: Content): Promise<FetchedManifest> {
  if (descriptor.size > maxManifestBytes) throw tooLarge(descriptor)
  if (!(content instanceof Uint8Array)) {
    return { descriptor, bytes: await collect(verified(await content(0), descriptor, { from: "the source" })) }
  }
  verifyBytes(content, descriptor, "the source")
  return { descriptor, bytes: content }
}

async function pushManifest(
  { directory, known, lock }: Layout,
  { descriptor, bytes }: FetchedManifest,
  options: PushOptions,
): Promise<PushOutcome> {
  if (options.tag !== undefined) checkTag(options.tag)
  const manifest = parseManifest(bytes, descriptor.mediaType, descriptor.digest)
  const outcome = await writeBlob(directory, descriptor, bytes, options)
  const children = "manifests" in manifest ? manifest.manifests : []
  const { signal } = options
  await changeIndexFile(
    directory,
    async (entries) => {
      const own = entriesWith(entries, descriptor, options.tag)
      const named = await unnamedChildren(own, children, known)
      return named.size === 0 ? own : own.filter((entry) => !named.has(entry))
    },
    { ...lock, ...(signal === undefined ? {} : { signal }) },
  )
  return outcome
}

/** Entries that an index now names, so that `index.json` need not; referrers stay, for that is where they are looked for. */
async function unnamedChildren(
  entries: readonly Descriptor[],
  children: readonly Descriptor[],
  known: KnownManifests,
): Promise<ReadonlySet<Descriptor>> {
  const digests = new Set(children.map(({ digest }) => digest))
  const found = entries.filter((entry) => digests.has(entry.digest) && tagOf(entry) === undefined)
  const superfluous = new Set<Descriptor>()
  for (const entry of found) if ((await known.read(entry)).subject === undefined) superfluous.add(entry)
  return superfluous
}

function entriesWith(
  entries: readonly Descriptor[],
  descriptor: Descriptor,
  tag: string | undefined,
): readonly Descriptor[] {
  const same = entries.filter(({ digest }) => digest === descriptor.digest)
  if (tag === undefined) return same.length > 0 ? entries : [...entries, withTag(descriptor, undefined)]
  if (same.some((entry) => tagOf(entry) === tag)) return entries
  // The entry without a tag has one now, and the manifest that had the tag keeps an entry without.
  const others = entries
    .filter((entry) => entry.digest !== descriptor.digest || tagOf(entry) !== undefined)
    .flatMap((entry) => (tagOf(entry) === tag ? lastWithoutTag(entries, entry) : [entry]))
  return [...others, withTag(descriptor, tag)]
}

function entriesWithout(entries: readonly Descriptor[], tag: string, name: string): readonly Descriptor[] {
  if (!entries.some((entry) => tagOf(entry) === tag)) throw notFound(name, tag)
  return entries.flatMap((entry) => (tagOf(entry) === tag ? lastWithoutTag(entries, entry) : [entry]))
}

/** An entry without its tag, unless its manifest has another entry. */
function lastWithoutTag(entries: readonly Descriptor[], entry: Descriptor): readonly Descriptor[] {
  return entries.some((each) => each !== entry && each.digest === entry.digest) ? [] : [withTag(entry, undefined)]
}

async function remove(
  { directory, lock, writing }: Layout,
  { digest }: Descriptor,
  options: TransferOptions,
): Promise<void> {
  checkLayout(directory)
  const keepOthers = (entries: readonly Descriptor[]): readonly Descriptor[] => {
    const kept = entries.filter((entry) => entry.digest !== digest)
    return kept.length === entries.length ? entries : kept
  }
  await writing(() => changeIndexFile(directory, keepOthers, { ...lock, ...options }))
  try {
    unlinkSync(blobPath(directory, digest))
  } catch (error) {
    throw isAbsent(error) ? notFound(`oci-layout:${directory}`, digest) : diskError(error, directory)
  }
}
