import { AttacheError } from "@attache/base"
import { collectBytes } from "../archive/byte-reader.ts"
import type { ArchiveLimits } from "../archive/limits.ts"
import type { Descriptor, Manifest, Platform } from "../content/descriptor.ts"
import { mediaTypes } from "../content/media-types.ts"
import { descriptorOf, type ManifestRoot, type ReadTarget, type TransferOptions } from "../content/target.ts"
import { type AnnotatedFacts, type Annotations, type ExtensionKind, factsOf } from "./annotations.ts"
import { chooseManifest } from "./choose-manifest.ts"
import { layerEntries, transferOf } from "./layer-entries.ts"
import { type ExtensionLayer, type ExtensionLayout, layoutOf } from "./layout.ts"
import { kindOfFile } from "./main-file.ts"
import { isForAny, platformFit, wrongPlatform } from "./platform.ts"

/** How an extension is read. */
export interface ReadExtensionOptions extends TransferOptions {
  /** Platform it is to run on. Default: see {@link chooseManifest}. */
  readonly platform?: Platform
  /** What it must be. Default: what its annotations say, else what its files look like. */
  readonly kind?: ExtensionKind
  /** Of each layer. */
  readonly limits?: Partial<ArchiveLimits>
}

/** An extension in a target: what it is and where its bytes are. */
export interface Extension extends Omit<AnnotatedFacts, "kind"> {
  readonly kind: ExtensionKind
  readonly layout: ExtensionLayout
  readonly annotations: Annotations
  /** What was asked for: an index or a manifest. */
  readonly root: Descriptor
  /** The manifest chosen; its digest is the one that Envoy Gateway and Istio compare with `sha256`. */
  readonly manifest: Descriptor
  /** From the index, else from the image's config. */
  readonly platform?: Platform
  /** The lowest first. */
  readonly layers: readonly ExtensionLayer[]
}

/**
 * What extension an image or artifact is, in any layout that Envoy Gateway, Istio or Built On Envoy read or we write.
 *
 * Layers are fetched only where neither annotations nor media types tell the kind. Nothing is unpacked.
 * Errors: ATT_OCI_FORMAT, ATT_OCI_PLATFORM, ATT_OCI_MANIFEST, ATT_OCI_LIMIT, ATT_ARCHIVE_*, and those of the target.
 */
export async function readExtension(
  target: ReadTarget,
  root: ManifestRoot,
  options: ReadExtensionOptions = {},
): Promise<Extension> {
  const chosen = await chooseManifest(target, root, options.platform, options)
  const name = `${target.name}@${chosen.descriptor.digest}`
  const { layout, layers } = layoutOf(chosen.manifest, chosen.descriptor.mediaType, name)
  const { kind: annotated, ...facts } = factsOf(chosen.annotations)
  const kind = options.kind ?? annotated ?? (await kindOfContent(target, layers, options))
  if (kind === undefined) throw wrongKind(name, "nothing in it tells what it is")
  if (options.kind !== undefined && annotated !== undefined && annotated !== options.kind) {
    throw wrongKind(name, `it says that it is ${annotated}, and ${options.kind} is wanted`)
  }
  const platform = chosen.descriptor.platform ?? (await platformOf(target, chosen.manifest, options))
  const isNative = facts.artifact !== "source" && kind !== "wasm" && kind !== "lua"
  if (isNative) checkPlatform(platform, options.platform, name)
  return {
    ...facts,
    kind,
    layout,
    annotations: chosen.annotations,
    root: descriptorOf(root),
    manifest: chosen.descriptor,
    layers,
    ...(platform === undefined ? {} : { platform }),
  }
}

async function kindOfContent(
  target: ReadTarget,
  layers: readonly ExtensionLayer[],
  options: ReadExtensionOptions,
): Promise<ExtensionKind | undefined> {
  // The last layer counts first: it is where Envoy Gateway and Istio look.
  for (const layer of layers.toReversed()) {
    const kinds = new Set<ExtensionKind | undefined>()
    for (const path of await filesIn(target, layer, options)) kinds.add(kindOfFile(path))
    const kind = preference.find((each) => kinds.has(each))
    if (kind !== undefined) return kind
  }
  return undefined
}

/** Which of several marks counts: the file that a proxy loads before the sources beside it. */
const preference: readonly ExtensionKind[] = ["wasm", "go-plugin", "composer", "dynamic-module", "ext-proc", "lua"]

async function filesIn(
  target: ReadTarget,
  layer: ExtensionLayer,
  options: ReadExtensionOptions,
): Promise<readonly string[]> {
  if (layer.form === "file") return [layer.path]
  const paths: string[] = []
  for await (const { path, kind } of layerEntries(target, layer, options)) if (kind === "file") paths.push(path)
  return paths
}

const maxConfigBytes = 4 * 1024 * 1024

/** Platform in the config of a container image; artifacts have none. */
async function platformOf(
  target: ReadTarget,
  { config }: Manifest,
  options: ReadExtensionOptions,
): Promise<Platform | undefined> {
  const isImage = config.mediaType === mediaTypes.ociConfig || config.mediaType === mediaTypes.dockerConfig
  if (!isImage || config.size > maxConfigBytes) return undefined
  const bytes = await collectBytes(await target.fetch(config, transferOf(options)), maxConfigBytes)
  return platformIn(Buffer.from(bytes).toString("utf8"))
}

function platformIn(text: string): Platform | undefined {
  try {
    const { os, architecture, variant } = JSON.parse(text) as Readonly<Record<string, unknown>>
    if (typeof os !== "string" || typeof architecture !== "string") return undefined
    return { os, architecture, ...(typeof variant === "string" && variant !== "" ? { variant } : {}) }
  } catch {
    // A config that is no JSON says nothing; the layers stand for themselves.
    return undefined
  }
}

function checkPlatform(offered: Platform | undefined, wanted: Platform | undefined, name: string): void {
  if (offered === undefined || wanted === undefined || isForAny(offered)) return
  if (platformFit(wanted, offered) === 0) throw wrongPlatform(name, wanted, [offered])
}

function wrongKind(name: string, reason: string): AttacheError {
  return new AttacheError("ATT_OCI_FORMAT", `${name} is not the extension that is wanted: ${reason}`, {
    facts: { name },
  })
}
