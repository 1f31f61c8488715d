import { AttacheError } from "@attache/base"
import type { ByteStream } from "../archive/byte-reader.ts"
import type { TarEntry } from "../archive/read-tar.ts"
import { unpackableKind } from "../archive/unpack.ts"
import type { ReadTarget } from "../content/target.ts"
import { type LayerOptions, layerEntries } from "./layer-entries.ts"
import type { ExtensionLayer } from "./layout.ts"
import { isMainFile } from "./main-file.ts"
import type { Extension } from "./read-extension.ts"
import { checkedWasm } from "./wasm-head.ts"
import { createWhiteouts, type Whiteouts } from "./whiteouts.ts"

/** The file that the proxy loads, found in an image or artifact. */
export interface OpenedModule {
  /** In the image. */
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** Layer that it is from, counted from 0. */
  readonly layer: number
  /**
   * The bytes, once. They may be used only when they have ended without an error: the digest of the layer is known to be
   * right only then. Abandoning them ends the transfer.
   */
  readonly content: ByteStream
}

/** Largest module: 256 MiB for Wasm, 512 MiB for libraries. Source: Envoy Gateway 1.9; Built On Envoy's loader. */
export const maxExtensionBytes = { wasm: 268_435_456, library: 536_870_912 } as const

/**
 * Opens the file of an extension that the proxy loads.
 *
 * The last layer is searched first and its first such file taken, whatever its folder, as Envoy Gateway and Istio do; only
 * then come the layers below, as far as they are not hidden. Of a Wasm module the first bytes are judged.
 * Errors: ATT_OCI_NO_MODULE, ATT_OCI_NOT_WASM, ATT_ARCHIVE_*, and those of the target.
 */
export async function openModule(
  target: ReadTarget,
  extension: Extension,
  options: LayerOptions = {},
): Promise<OpenedModule> {
  const whiteouts = createWhiteouts()
  for (const [index, layer] of [...extension.layers.entries()].toReversed()) {
    const found = await search(target, layer, extension, whiteouts, withModuleLimit(extension, options))
    if (found !== undefined) return { ...found, layer: index }
    whiteouts.goDown()
  }
  const name = `${target.name}@${extension.manifest.digest}`
  throw new AttacheError("ATT_OCI_NO_MODULE", `${name} does not hold the file of a ${extension.kind} extension`, {
    hint: `put ${exampleOf(extension)} into the last layer`,
    facts: { name, kind: extension.kind },
  })
}

function exampleOf({ kind, name = "NAME" }: Extension): string {
  if (kind === "wasm") return "plugin.wasm"
  return kind === "ext-proc" ? "ext_proc-server" : kind === "go-plugin" ? "plugin.so" : `lib${name}.so`
}

function withModuleLimit({ kind }: Extension, options: LayerOptions): LayerOptions {
  const most = kind === "wasm" ? maxExtensionBytes.wasm : maxExtensionBytes.library
  const { entryBytes = most, ...limits } = options.limits ?? {}
  return { ...options, limits: { ...limits, entryBytes: Math.min(entryBytes, most) } }
}

async function search(
  target: ReadTarget,
  layer: ExtensionLayer,
  { kind, name }: Extension,
  whiteouts: Whiteouts,
  options: LayerOptions,
): Promise<Omit<OpenedModule, "layer"> | undefined> {
  const entries = layerEntries(target, layer, options)
  for (let next = await entries.next(); next.done !== true; next = await entries.next()) {
    const entry = next.value
    if (isMainFile(kind, name, entry.path) && entry.kind !== "folder" && !whiteouts.hides(entry.path)) {
      // A link of that name would be read as what it points to by some and not found by others.
      unpackableKind(entry)
      const content = untilEnd(entry, entries)
      return {
        path: entry.path,
        size: entry.size,
        content: kind === "wasm" ? checkedWasm(content, entry.path) : content,
      }
    }
    whiteouts.note(entry.path, entry.kind === "folder" ? "folder" : "file")
  }
  return undefined
}

/** The content of an entry, and then the rest of its layer, for the digest is judged at the end of that. */
async function* untilEnd(
  entry: TarEntry,
  entries: AsyncGenerator<TarEntry, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* entry.content
    for (let next = await entries.next(); next.done !== true; next = await entries.next()) {
      if (next.value.path === entry.path) {
        throw new AttacheError("ATT_ARCHIVE_DUPLICATE", `the archive holds ${entry.path} twice`, {
          facts: { path: entry.path },
        })
      }
    }
  } finally {
    await entries.return()
  }
}
