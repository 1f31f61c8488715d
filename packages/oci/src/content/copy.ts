// Copies artifacts between any two targets: everything below a manifest, content before what names it.
import { AttacheError, unreachable } from "@attache/base"
import { chooseForPlatform } from "../formats/platform.ts"
import { createLimiter } from "./concurrency.ts"
import { type Descriptor, type ImageIndex, isImageIndex, type Manifest, type Platform } from "./descriptor.ts"
import { isManifestType } from "./media-types.ts"
import { parseManifest } from "./read-manifest.ts"
import {
  descriptorOf,
  type FetchedManifest,
  type ManifestRoot,
  manifestOf,
  type PushOutcome,
  type ReadTarget,
  type Target,
} from "./target.ts"

/** What a copy tells while it runs. */
export interface CopyEvent {
  /** `found`: it will be copied; `bytes`: more of it was; `done`: it is there. */
  readonly kind: "found" | "bytes" | "done"
  readonly descriptor: Descriptor
  /** Bytes of it that are there by now. */
  readonly bytes: number
  /** How it came to be there; with `done`. */
  readonly outcome?: PushOutcome
}

/** How a copy is made. */
export interface CopyOptions {
  /** Tag that the copy gets. Default: none. */
  readonly tag?: string
  /** Chooses one manifest of an index and copies that alone. Default: the whole index. */
  readonly platform?: Platform
  /** Whether manifests that refer to what is copied come along, such as signatures: all, or those of some types. Default: none. */
  readonly referrers?: true | readonly string[]
  /** Blobs at the same time. Default 4. */
  readonly concurrency?: number
  /** Most bytes of all blobs together. Default: no limit. More: ATT_OCI_LIMIT before any byte of the one that is too much. */
  readonly limitBytes?: number
  /** Most manifests in all. Default 2000. More: ATT_OCI_LIMIT. */
  readonly limitManifests?: number
  readonly onEvent?: (event: CopyEvent) => void
  readonly signal?: AbortSignal
}

/** What was copied. */
export interface CopyResult {
  /** The manifest that was asked for, or the one chosen for a platform. */
  readonly descriptor: Descriptor
  /** Manifests and blobs by how they came there. */
  readonly counts: Readonly<Record<PushOutcome, number>>
}

/** Default of {@link CopyOptions.concurrency}. */
const defaultConcurrency = 4

/** How deep an index may be in indexes, and a referrer in referrers. */
const maxDepth = 8

/** One copy on its way. */
interface Copying {
  readonly from: ReadTarget
  readonly to: Target
  readonly options: CopyOptions
  readonly counts: Record<PushOutcome, number>
  /** By digest: content that several manifests share travels once. */
  readonly running: Map<string, Promise<void>>
  readonly limited: <T>(action: () => Promise<T>) => Promise<T>
  /** Bytes of the blobs met so far. */
  readonly met: { bytes: number }
  readonly signal: AbortSignal
  /** Manifests met so far, in the order they were met. */
  readonly manifests: { readonly descriptor: Descriptor; readonly depth: number }[]
}

/**
 * Copies a manifest or index with all it names.
 *
 * What the receiver has is not sent again, so a copy that was interrupted goes on by being made anew. Within a registry
 * blobs are mounted. The first failure ends the rest. Errors: ATT_OCI_LIMIT, ATT_OCI_PLATFORM, and those of both targets.
 *
 * @param wanted what was resolved, or fetched, which saves a round trip
 */
export async function copy(
  from: ReadTarget,
  to: Target,
  wanted: ManifestRoot,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const failed = new AbortController()
  const copying: Copying = {
    from,
    to,
    options,
    counts: { existed: 0, mounted: 0, pushed: 0 },
    running: new Map(),
    limited: createLimiter(options.concurrency ?? defaultConcurrency),
    met: { bytes: 0 },
    signal: options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]),
    manifests: [],
  }
  try {
    const root = await chooseRoot(copying, wanted)
    const descriptor = descriptorOf(root)
    await once(copying, descriptor, () => copyManifest(copying, root, 0, options.tag))
    if (options.referrers !== undefined) await copyReferrers(copying, options.referrers)
    return { descriptor, counts: copying.counts }
  } catch (error) {
    failed.abort(error)
    // Nobody may write any more when we have left.
    await Promise.allSettled(copying.running.values())
    throw error
  }
}

async function chooseRoot({ from, options, signal }: Copying, wanted: ManifestRoot): Promise<ManifestRoot> {
  if (options.platform === undefined) return wanted
  const fetched = await manifestOf(from, wanted, { signal })
  const manifest = read(fetched, from)
  return isImageIndex(manifest) ? chooseForPlatform(manifest.manifests, options.platform, from.name) : fetched
}

function read({ descriptor, bytes }: FetchedManifest, from: ReadTarget): Manifest | ImageIndex {
  return parseManifest(bytes, descriptor.mediaType, `${from.name}@${descriptor.digest}`)
}

/** Copies once whatever has this digest. */
function once(copying: Copying, { digest }: Descriptor, action: () => Promise<void>): Promise<void> {
  const known = copying.running.get(digest)
  if (known !== undefined) return known
  const run = action()
  // Whoever waits hears of it; nobody may wait yet.
  run.catch(() => {})
  copying.running.set(digest, run)
  return run
}

async function copyManifest(copying: Copying, wanted: ManifestRoot, depth: number, tag?: string): Promise<void> {
  const descriptor = descriptorOf(wanted)
  const { from, to, options, signal } = copying
  const { limitManifests = 2000 } = options
  if (depth > maxDepth) throw tooMuch(from, `is deeper than ${maxDepth} manifests`, maxDepth)
  copying.manifests.push({ descriptor, depth })
  const count = copying.manifests.length
  if (count > limitManifests) throw tooMuch(from, `names more than ${limitManifests} manifests`, limitManifests)
  note(copying, descriptor, "found", 0)
  const fetched = await copying.limited(() => manifestOf(from, wanted, { signal }))
  const manifest = read(fetched, from)
  const isThere =
    !isSentAnyhow(copying, manifest, tag) && (await copying.limited(() => to.exists(descriptor, { signal })))
  if (!isThere) await copyChildren(copying, manifest, depth)
  // A tree that was there already may have new referrers all the same.
  else if (options.referrers !== undefined) await copyManifests(copying, childrenOf(manifest), depth + 1)
  // One that is there is sent once more where it gets a tag: a registry would have to be asked for it otherwise.
  const outcome = !isThere || tag !== undefined ? await pushManifest(copying, fetched, tag) : "existed"
  settle(copying, descriptor, isThere ? "existed" : outcome)
}

/**
 * Whether asking for a manifest would only be one round trip more: with a tag it is sent in any case, and its blobs, as few as
 * here, are asked for side by side.
 */
function isSentAnyhow({ options }: Copying, manifest: Manifest | ImageIndex, tag: string | undefined): boolean {
  return (
    tag !== undefined && !isImageIndex(manifest) && manifest.layers.length < (options.concurrency ?? defaultConcurrency)
  )
}

function childrenOf(manifest: Manifest | ImageIndex): readonly Descriptor[] {
  return isImageIndex(manifest) ? manifest.manifests.filter(({ mediaType }) => isManifestType(mediaType)) : []
}

function copyManifests(copying: Copying, list: readonly Descriptor[], depth: number): Promise<unknown> {
  return Promise.all(list.map((each) => once(copying, each, () => copyManifest(copying, each, depth))))
}

function copyChildren(copying: Copying, manifest: Manifest | ImageIndex, depth: number): Promise<unknown> {
  if (!isImageIndex(manifest)) {
    // The longest way first: what is small travels beside it.
    const blobs = [manifest.config, ...manifest.layers]
      .filter((each) => !isElsewhere(each))
      .sort((a, b) => b.size - a.size)
    return Promise.all(blobs.map((each) => once(copying, each, () => copyBlob(copying, each))))
  }
  return Promise.all(manifest.manifests.map((each) => once(copying, each, () => copyChild(copying, each, depth + 1))))
}

function copyChild(copying: Copying, descriptor: Descriptor, depth: number): Promise<void> {
  return isManifestType(descriptor.mediaType) ? copyManifest(copying, descriptor, depth) : copyBlob(copying, descriptor)
}

/** Layers that registries do not hold. Source: OCI image specification 1.1, "Non-Distributable Layers"; Docker "foreign" layers. */
function isElsewhere({ mediaType, urls }: Descriptor): boolean {
  return urls !== undefined && urls.length > 0 && /\.(nondistributable|foreign)\./.test(mediaType)
}

function pushManifest(
  { to, signal }: Copying,
  { descriptor, bytes }: FetchedManifest,
  tag?: string,
): Promise<PushOutcome> {
  return to.push(descriptor, bytes, { signal, ...(tag === undefined ? {} : { tag }) })
}

async function copyBlob(copying: Copying, descriptor: Descriptor): Promise<void> {
  const { from, to, options, signal } = copying
  const { limitBytes } = options
  copying.met.bytes += descriptor.size
  if (limitBytes !== undefined && copying.met.bytes > limitBytes) {
    throw tooMuch(from, `has more than ${limitBytes} bytes of blobs`, limitBytes)
  }
  note(copying, descriptor, "found", 0)
  let bytes = 0
  const onBytes = (count: number): void => {
    bytes += count
    note(copying, descriptor, "bytes", bytes)
  }
  const mount = mountSource(from, to)
  const outcome = await copying.limited(() => {
    signal.throwIfAborted()
    const content = (offset: number) => from.fetch(descriptor, { offset, signal })
    return to.push(descriptor, content, { signal, onBytes, ...(mount === undefined ? {} : { mountFrom: mount }) })
  })
  settle(copying, descriptor, outcome)
}

function mountSource(from: ReadTarget, to: Target): string | undefined {
  const [a, b] = [from.mountable, to.mountable]
  return a !== undefined && a.registry === b?.registry && a.repository !== b.repository ? a.repository : undefined
}

/** After the tree, one manifest after the other: a referrer may itself name what it refers to. */
async function copyReferrers(copying: Copying, types: true | readonly string[]): Promise<void> {
  const { from, signal, manifests } = copying
  for (let i = 0; i < manifests.length; i++) {
    const { descriptor, depth } = manifests[i] ?? unreachable("a list that only grows")
    const found = await from.referrers(descriptor, undefined, { signal })
    const wanted = found.filter(({ artifactType = "" }) => types === true || types.includes(artifactType))
    await copyManifests(copying, wanted, depth + 1)
  }
}

function settle(copying: Copying, descriptor: Descriptor, outcome: PushOutcome): void {
  copying.counts[outcome]++
  const event: CopyEvent = { kind: "done", descriptor, bytes: descriptor.size, outcome }
  copying.options.onEvent?.(event)
}

function note({ options }: Copying, descriptor: Descriptor, kind: "found" | "bytes", bytes: number): void {
  options.onEvent?.({ kind, descriptor, bytes })
}

function tooMuch(from: ReadTarget, what: string, limit: number): AttacheError {
  return new AttacheError("ATT_OCI_LIMIT", `the artifact at ${from.name} ${what}`, {
    facts: { from: from.name, limit },
  })
}
