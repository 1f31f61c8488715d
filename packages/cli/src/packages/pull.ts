import { existsSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import { type Diagnostic, isAttacheError, sha256Hex } from "@attache/base"
import { preferredCacheDirectory } from "@attache/envoy"
import {
  copy,
  createLayout,
  type Extension,
  type FetchedManifest,
  holdsLinks,
  maxExtensionBytes,
  type Platform,
  type ReadTarget,
  readExtension,
  unpackExtension,
  unpackModule,
} from "@attache/oci"
import { slowly } from "../output/slowly.ts"
import { createByteProgress } from "./byte-progress.ts"
import { maxCopyBytes } from "./copy.ts"
import { hostPlatform } from "./extension-source.ts"
import { checkLockedModule, type LockedPackage, type LockFile, movedTag, noteInLock } from "./lock-file.ts"
import { type LoadedFile, moduleOf, platformKey } from "./module-digests.ts"
import { placeFiles } from "./place-files.ts"
import { type OpenedReference, tagged } from "./registry-access.ts"

/** How an extension is pulled. */
export interface PullExtensionOptions {
  /** Where its files go. */
  readonly folderFor: (extension: Extension) => string
  /** Default: that of this machine. */
  readonly platform?: Platform
  readonly lockFile?: LockFile
  /** Whether a tag that has moved since it was locked is taken. */
  readonly update: boolean
  /** Whether files that are in the way are replaced. */
  readonly force: boolean
  /** Judges it before any of its content is fetched; findings refuse it. */
  readonly judge?: (extension: Extension) => Promise<readonly Diagnostic[]>
  readonly signal: AbortSignal
}

/** An extension that was pulled. */
export interface PulledExtension {
  readonly reference: string
  /** Of what the reference names. */
  readonly digest: string
  /** Of the manifest for the platform. */
  readonly manifest: string
  readonly kind: string
  readonly name?: string
  readonly version?: string
  /** `any`, or such as `linux/amd64`. */
  readonly platform: string
  readonly path: string
  /** The file that the proxy loads. */
  readonly module?: LoadedFile
  readonly files: readonly string[]
  /** What keeps a proxy from loading it. */
  readonly warnings: readonly Diagnostic[]
}

/**
 * Fetches an extension into a folder: a tag is held against the lock, every byte against its digest.
 *
 * What has arrived of an interrupted pull is kept in the cache, and the next one goes on there.
 * Errors: ATT_LOCK_MODULE, and those of reading and unpacking.
 *
 * @returns what was pulled, or findings that refuse it, with nothing written
 */
export async function pullExtension(
  from: OpenedReference,
  options: PullExtensionOptions,
): Promise<PulledExtension | readonly Diagnostic[]> {
  const { signal, force } = options
  const found = await examine(from, options)
  if ("refusals" in found) return found.refusals
  const { extension } = found
  const path = options.folderFor(extension)
  return withContent(from, extension, path, signal, async (target) => {
    const loaded = await moduleOf(target, extension, signal)
    checkTaken(from, extension, loaded.module, options)
    const { entries, warnings } = await slowly(`unpacking to ${path}`, () => {
      return placeFiles(path, force, (folder) => unpack(target, extension, folder, signal))
    })
    const files = entries.flatMap((entry) => (entry.kind === "folder" ? [] : [entry.path]))
    const all = { ...loaded, warnings: [...loaded.warnings, ...warnings] }
    return noteTaken(from, extension, { path, files, ...all }, options)
  })
}

/** All files; of a Wasm module in the image of a system, which is full of links, the module alone. */
async function unpack(target: ReadTarget, extension: Extension, folder: string, signal: AbortSignal) {
  try {
    return { entries: await unpackExtension(target, extension, folder, { signal }), warnings: [] }
  } catch (error) {
    if (extension.kind !== "wasm" || !isAttacheError(error) || !holdsLinks(error)) throw error
    const entries = await unpackModule(target, extension, folder, { signal })
    const { code, message } = error
    const warning: Diagnostic = { code, severity: "warning", message: `${message}; the module alone was taken` }
    return { entries, warnings: [warning] }
  }
}

/**
 * Fetches what a reference names, packed as it is, into a folder that becomes an OCI image layout.
 *
 * Lock and signatures count as for {@link pullExtension}. Errors: those of copying.
 */
export async function pullPacked(
  from: OpenedReference,
  options: PullExtensionOptions,
): Promise<PulledExtension | readonly Diagnostic[]> {
  const { target, within, reference, text } = from
  const { signal, platform } = options
  const found = await examine(from, options)
  if ("refusals" in found) return found.refusals
  const { extension } = found
  const path = options.folderFor(extension)
  const isNew = !existsSync(path)
  const layout = createLayout(path)
  const wanted = platform === undefined ? extension.root : extension.manifest
  const { onEvent, end } = createByteProgress(`pulling ${text}`)
  try {
    await copy(target, layout, wanted, { onEvent, limitBytes: maxCopyBytes, signal }).finally(end)
    const loaded = await moduleOf(layout, extension, signal)
    checkTaken(from, extension, loaded.module, options)
    // Last of all: what is refused has no name.
    if (reference.digest === undefined && within !== "") await layout.tag(wanted, within, { signal })
    return noteTaken(from, extension, { path, files: [], ...loaded }, options)
  } catch (error) {
    if (isNew && !mayPass(error, signal)) await rm(path, { recursive: true, force: true })
    throw error
  }
}

/** Whether the same command may succeed another time, and then goes on with what has arrived. */
function mayPass(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || (isAttacheError(error) && error.retry !== "never")
}

/** The extension that a reference means now, or why it is not taken. */
async function examine(
  from: OpenedReference,
  options: PullExtensionOptions,
): Promise<{ readonly extension: Extension } | { readonly refusals: readonly Diagnostic[] }> {
  const { target, within } = from
  const root = await target.fetchManifest(within, { signal: options.signal })
  const lockFile = lockFor(from, options)
  const moved =
    lockFile === undefined || options.update ? undefined : movedTag(lockFile, tagged(from), root.descriptor.digest)
  if (moved !== undefined) return { refusals: [moved] }
  const extension = await extensionFor(target, root, options)
  const refusals = (await options.judge?.(extension)) ?? []
  return refusals.some(({ severity }) => severity === "error") ? { refusals } : { extension }
}

/** A digest cannot move, so there is nothing to lock. */
function lockFor({ reference }: OpenedReference, { lockFile }: PullExtensionOptions): LockFile | undefined {
  return reference.digest === undefined ? lockFile : undefined
}

function takenFrom({ root, kind, platform }: Extension, module: LoadedFile | undefined): LockedPackage {
  const modules = module === undefined ? {} : { [platformKey(kind, platform)]: `sha256:${module.sha256}` }
  return { digest: root.digest, modules }
}

function checkTaken(
  from: OpenedReference,
  extension: Extension,
  module: LoadedFile | undefined,
  options: PullExtensionOptions,
): void {
  const lockFile = lockFor(from, options)
  if (lockFile !== undefined) checkLockedModule(lockFile, tagged(from), takenFrom(extension, module))
}

function noteTaken(
  from: OpenedReference,
  extension: Extension,
  { path, files, module, warnings }: Pick<PulledExtension, "path" | "files" | "module" | "warnings">,
  options: PullExtensionOptions,
): PulledExtension {
  const lockFile = lockFor(from, options)
  const key = tagged(from)
  if (lockFile !== undefined) noteInLock(lockFile, key, takenFrom(extension, module))
  const { kind, name, version, platform, root, manifest } = extension
  return {
    reference: key,
    digest: root.digest,
    manifest: manifest.digest,
    kind,
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    platform: platformKey(kind, platform),
    path,
    ...(module === undefined ? {} : { module }),
    files,
    warnings,
  }
}

/** What is meant for this machine, unless a platform is named; modules that run everywhere are taken from any. */
async function extensionFor(
  target: ReadTarget,
  root: FetchedManifest,
  { platform, signal }: PullExtensionOptions,
): Promise<Extension> {
  try {
    return await readExtension(target, root, { platform: platform ?? hostPlatform(), signal })
  } catch (error) {
    if (platform !== undefined || !isAttacheError(error) || error.code !== "ATT_OCI_PLATFORM") throw error
    const other = await readExtension(target, root, { signal }).catch(() => undefined)
    if (other?.kind === "wasm" || other?.kind === "lua") return other
    throw error
  }
}

/**
 * Works with the content on this disk. Of two that pull to different folders, neither takes the other's away.
 *
 * Nothing of it is left in the cache, but for what the same command would go on with.
 */
async function withContent<T>(
  { target, reference, text }: OpenedReference,
  { manifest }: Extension,
  folder: string,
  signal: AbortSignal,
  work: (target: ReadTarget) => Promise<T>,
): Promise<T> {
  if (reference.kind === "layout") return work(target)
  const key = sha256Hex(`${target.name}\n${manifest.digest}\n${resolve(folder)}`).slice(0, 32)
  const place = join(preferredCacheDirectory(), "pulls", key)
  const layout = createLayout(place)
  const progress = createByteProgress(`pulling ${text}`)
  const limitBytes = maxExtensionBytes.library
  try {
    await copy(target, layout, manifest, { onEvent: progress.onEvent, limitBytes, signal }).finally(progress.end)
    const done = await work(layout)
    await rm(place, { recursive: true, force: true })
    return done
  } catch (error) {
    if (!mayPass(error, signal)) await rm(place, { recursive: true, force: true })
    throw error
  }
}
