import { createHash } from "node:crypto"
import { AttacheError, type Diagnostic, isAttacheError } from "@attache/base"
import type { ArchiveLimits } from "../archive/limits.ts"
import { createOverlay } from "../archive/overlay.ts"
import { type Descriptor, isImageIndex, type Manifest } from "../content/descriptor.ts"
import { parseManifest } from "../content/read-manifest.ts"
import {
  descriptorOf,
  type FetchedManifest,
  type ManifestRoot,
  manifestOf,
  type ReadTarget,
  type TransferOptions,
} from "../content/target.ts"
import type { Annotations } from "./annotations.ts"
import { maxIndexDepth, tooDeep } from "./choose-manifest.ts"
import { type Refusals, wasmRefusals } from "./consumers.ts"
import { layerEntries } from "./layer-entries.ts"
import { maxExtensionBytes, openModule } from "./open-module.ts"
import { isAttestation } from "./platform.ts"
import { type Extension, readExtension } from "./read-extension.ts"

/** How an image is inspected. */
export interface InspectImageOptions<Facts> extends TransferOptions {
  readonly limits?: Partial<ArchiveLimits>
  /** Reads each Wasm module, of so many bytes; what it gives is shown. Default: modules are hashed and not looked into. */
  readonly readModule?: (size: number) => ModuleReader<Facts>
  /** Whether the files of each manifest are listed. Default false: only the file that the proxy loads. */
  readonly files?: boolean
}

/** Reads the bytes of a module as they come. */
export interface ModuleReader<Facts> {
  readonly write: (piece: Uint8Array) => void
  readonly end: () => Facts
}

/** A file in an image. */
export interface ImageFile {
  readonly path: string
  /** In bytes. */
  readonly size: number
  readonly mode: number
  /** Layer that it is from, counted from 0. */
  readonly layer: number
}

/** The file that the proxy loads. */
export interface ImageModule<Facts> {
  readonly path: string
  /** In bytes. */
  readonly size: number
  readonly layer: number
  /** Lower case hex: what Envoy compares with the `sha256` it is given. */
  readonly sha256: string
  readonly facts?: Facts
}

/** What a manifest or index holds, with all below it. */
export type ImageTree<Facts> =
  | {
      readonly form: "index"
      readonly descriptor: Descriptor
      readonly annotations: Annotations
      readonly manifests: readonly ImageTree<Facts>[]
    }
  | {
      readonly form: "manifest"
      readonly descriptor: Descriptor
      readonly annotations: Annotations
      readonly config: Descriptor
      readonly layers: readonly Descriptor[]
      readonly subject?: Descriptor
      /** Absent for what is no extension, such as attestations. */
      readonly extension?: Pick<Extension, "kind" | "layout" | "name" | "version" | "artifact" | "platform">
      readonly module?: ImageModule<Facts>
      readonly files?: readonly ImageFile[]
      /** Who would not take it, and why; for Wasm. */
      readonly refusals?: Refusals
      /** Why it is no extension, or none that would load. */
      readonly problems: readonly Diagnostic[]
    }

/** Manifests looked at below one index in all. */
const maxManifests = 100

/**
 * The tree below a manifest or index: indexes, manifests, layers, annotations, and of each extension the module.
 *
 * What is wrong with one manifest is among its problems and does not hide the others; only the network, a limit or a
 * digest that differs ends the inspection. Errors: ATT_OCI_LIMIT, ATT_OCI_MANIFEST (of the root), those of the target.
 */
export async function inspectImage<Facts = never>(
  target: ReadTarget,
  root: ManifestRoot,
  options: InspectImageOptions<Facts> = {},
): Promise<ImageTree<Facts>> {
  return inspectAt(target, root, options, { depth: 0, left: { manifests: maxManifests } })
}

interface Position {
  readonly depth: number
  /** Shared by the whole tree. */
  readonly left: { manifests: number }
}

async function inspectAt<Facts>(
  target: ReadTarget,
  root: ManifestRoot,
  options: InspectImageOptions<Facts>,
  { depth, left }: Position,
): Promise<ImageTree<Facts>> {
  const asked = descriptorOf(root)
  left.manifests--
  if (depth > maxIndexDepth) throw tooDeep(asked)
  if (left.manifests < 0) {
    throw new AttacheError("ATT_OCI_LIMIT", `there are more than ${maxManifests} manifests in it`, {
      facts: { limit: maxManifests },
    })
  }
  const fetched = await manifestOf(target, root, options)
  const manifest = parseManifest(fetched.bytes, fetched.descriptor.mediaType, fetched.descriptor.digest)
  const descriptor = { ...fetched.descriptor, ...(asked.platform === undefined ? {} : { platform: asked.platform }) }
  const annotations = manifest.annotations ?? {}
  if (!isImageIndex(manifest)) {
    return inspectManifest(target, { descriptor: { ...asked, ...descriptor }, bytes: fetched.bytes }, manifest, options)
  }
  const manifests: ImageTree<Facts>[] = []
  for (const each of manifest.manifests) {
    manifests.push(await inspectAt(target, each, options, { depth: depth + 1, left }))
  }
  return { form: "index", descriptor, annotations, manifests }
}

async function inspectManifest<Facts>(
  target: ReadTarget,
  fetched: FetchedManifest,
  manifest: Manifest,
  options: InspectImageOptions<Facts>,
): Promise<ImageTree<Facts>> {
  const { descriptor } = fetched
  const { annotations = {}, config, layers, subject } = manifest
  const plain = {
    form: "manifest" as const,
    descriptor,
    annotations,
    config,
    layers,
    ...(subject === undefined ? {} : { subject }),
  }
  if (isAttestation(descriptor)) return { ...plain, problems: [] }
  const problems: Diagnostic[] = []
  const extension = await noting(problems, () => readExtension(target, fetched, options))
  if (extension === undefined) return { ...plain, problems }
  const { kind, layout, name, version, artifact, platform } = extension
  const isLoaded = kind !== "lua" && artifact !== "source"
  const module = isLoaded ? await noting(problems, () => inspectModule(target, extension, options)) : undefined
  const files = options.files === true ? await noting(problems, () => filesOf(target, extension, options)) : undefined
  return {
    ...plain,
    extension: { kind, layout, ...defined({ name, version, artifact, platform }) },
    ...defined({ module, files }),
    ...(kind === "wasm" ? { refusals: wasmRefusals(manifest, descriptor.mediaType) } : {}),
    problems,
  }
}

/** The fields that are there. */
function defined<T extends Readonly<Record<string, unknown>>>(
  fields: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

async function inspectModule<Facts>(
  target: ReadTarget,
  extension: Extension,
  options: InspectImageOptions<Facts>,
): Promise<ImageModule<Facts>> {
  const { path, size, layer, content } = await openModule(target, extension, options)
  const reader = extension.kind === "wasm" && size <= maxExtensionBytes.wasm ? options.readModule?.(size) : undefined
  const hash = createHash("sha256")
  for await (const piece of content) {
    hash.update(piece)
    reader?.write(piece)
  }
  const found = { path, size, layer, sha256: hash.digest("hex") }
  return reader === undefined ? found : { ...found, facts: reader.end() }
}

async function filesOf<Facts>(
  target: ReadTarget,
  { layers }: Extension,
  options: InspectImageOptions<Facts>,
): Promise<readonly ImageFile[]> {
  const overlay = createOverlay()
  for (const [index, layer] of layers.entries()) {
    if (index > 0) overlay.beginLayer()
    for await (const { path, kind, size, mode } of layerEntries(target, layer, options)) {
      if (path !== "") overlay.add(path, { kind: kind === "folder" ? "folder" : "file", size, mode })
    }
  }
  return overlay
    .entries()
    .flatMap(([path, { kind, size, mode, layer }]) => (kind === "folder" ? [] : [{ path, size, mode, layer }]))
}

/** What cannot be read for what it is; everything else is the world's failure and ends the inspection. */
const noted = /^ATT_(ARCHIVE_|OCI_(FORMAT|NO_MODULE|NOT_WASM|PLATFORM|EXTENSION_NAME|MANIFEST)$)/

async function noting<T>(problems: Diagnostic[], run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    if (!isAttacheError(error) || !noted.test(error.code)) throw error
    const { code, message, hint } = error
    problems.push({ code, severity: "error", message, ...(hint === undefined ? {} : { hint }) })
    return undefined
  }
}
