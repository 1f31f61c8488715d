import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Diagnostic, isAttacheError } from "@attache/base"
import {
  annotationsOf,
  copy,
  createLayout,
  type Descriptor,
  type ExtensionFormat,
  formatPlatform,
  inspectImage,
  type Target,
  writeExtension,
  writeExtensionIndex,
} from "@attache/oci"
import { slowly } from "../output/slowly.ts"
import { createByteProgress } from "./byte-progress.ts"
import type { ExtensionSource } from "./extension-source.ts"
import { type LockFile, movedTag, noteInLock } from "./lock-file.ts"
import { modulesOf } from "./module-digests.ts"
import { type OpenedReference, tagged } from "./registry-access.ts"

/** How an extension is pushed. */
export interface PushExtensionOptions {
  readonly format: ExtensionFormat
  readonly lockFile?: LockFile
  /** Whether a tag that somebody moved since it was locked is moved on. */
  readonly update: boolean
  readonly signal: AbortSignal
}

/** An extension that was pushed. */
export interface PushedExtension {
  readonly reference: string
  readonly digest: string
  readonly format: ExtensionFormat
  readonly kind: string
  readonly name: string
  readonly version: string
  /** None where it runs on every one. */
  readonly platforms: readonly string[]
  /** sha256 digests of the files that proxies load, by platform. */
  readonly modules: Readonly<Record<string, string>>
}

/**
 * Packs an extension, sends it, tags it last of all, and notes it in the lock file.
 *
 * It is packed on this machine first: what is refused leaves nothing in the registry. Errors: those of packing and sending.
 *
 * @returns what was pushed, or the finding that the tag was moved by others (ATT_LOCK_MOVED), with nothing pushed
 */
export async function pushExtension(
  contents: ExtensionSource["contents"],
  to: OpenedReference,
  { format, lockFile, update, signal }: PushExtensionOptions,
): Promise<PushedExtension | Diagnostic> {
  const folder = await mkdtemp(join(tmpdir(), "attache-push-"))
  try {
    const layout = createLayout(folder)
    const { root, modules } = await slowly(`packing for ${to.text}`, async () => {
      const packed = await pack(layout, contents, format, signal)
      return { root: packed, modules: modulesOf(await inspectImage(layout, packed, { signal })) }
    })
    const key = tagged(to)
    const moved = lockFile === undefined || update ? undefined : await movedByOthers(to, lockFile, key, root, signal)
    if (moved !== undefined) return moved
    const progress = createByteProgress(`pushing ${to.text}`)
    const tag = to.within === "" ? {} : { tag: to.within }
    await copy(layout, to.target, root, { ...tag, onEvent: progress.onEvent, signal }).finally(progress.end)
    if (lockFile !== undefined) noteInLock(lockFile, key, { digest: root.digest, modules })
    const [first] = contents
    return {
      reference: key,
      digest: root.digest,
      format,
      kind: first?.kind ?? "",
      name: first?.name ?? "",
      version: first?.version ?? "",
      platforms: contents.flatMap(({ platform }) => (platform === undefined ? [] : [formatPlatform(platform)])),
      modules,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function pack(
  layout: Target,
  contents: ExtensionSource["contents"],
  format: ExtensionFormat,
  signal: AbortSignal,
): Promise<Descriptor> {
  const manifests: Descriptor[] = []
  for (const content of contents) manifests.push(await writeExtension(layout, content, { format, signal }))
  const [only, ...others] = manifests
  const [first] = contents
  if (only !== undefined && others.length === 0) return only
  return writeExtensionIndex(layout, manifests, {
    signal,
    ...(first === undefined ? {} : { annotations: annotationsOf(first, "image") }),
  })
}

async function movedByOthers(
  { target, within }: OpenedReference,
  lockFile: LockFile,
  key: string,
  root: Descriptor,
  signal: AbortSignal,
): Promise<Diagnostic | undefined> {
  if (!Object.hasOwn(lockFile.lock, key)) return undefined
  const there = await target.resolve(within, { signal }).catch((error: unknown) => {
    if (isAttacheError(error) && (error.code === "ATT_OCI_NOT_FOUND" || error.code === "ATT_OCI_LAYOUT"))
      return undefined
    throw error
  })
  if (there === undefined || there.digest === root.digest) return undefined
  return movedTag(lockFile, key, there.digest)
}
