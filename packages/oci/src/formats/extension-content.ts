import { AttacheError } from "@attache/base"
import { type PackFile, sortedForPacking } from "../archive/pack-file.ts"
import type { Platform } from "../content/descriptor.ts"
import { type Annotations, boeAnnotations, type ExtensionKind, standardAnnotations } from "./annotations.ts"
import { mainFileOf } from "./main-file.ts"
import { checkWasm } from "./wasm-head.ts"

/** An extension to be written. */
export interface ExtensionContent {
  readonly kind: ExtensionKind
  /** A plain name; for libraries it is part of the file name. */
  readonly name: string
  readonly version: string
  /**
   * All files, by their paths at the root. The one that the proxy loads has a fixed name: `plugin.wasm`, `libNAME.so`,
   * `plugin.so`, `libcomposer.so` or `libcomposer-lite.so`, `ext_proc-server`; Lua has none.
   */
  readonly files: readonly PackFile[]
  /** What it runs on. Default: any, which native kinds should not claim. */
  readonly platform?: Platform
  /** Whether these are sources to be built. Default: only for Lua, as Built On Envoy has it. */
  readonly isSource?: boolean
  /** `http`, `network`, `udp_listener`. Default: `http`. */
  readonly filterTypes?: readonly string[]
  /** Language of a dynamic module; Go ones share a runtime and are told apart. Default `rust`, which stands for any other. */
  readonly language?: "rust" | "go"
  /** Of Go extensions that are part of a set. */
  readonly composerVersion?: string
  /** Further annotations, such as description and licence; they win over those made here. */
  readonly annotations?: Annotations
}

/** Whether content holds sources and not what is loaded. */
export function isSourceOnly({ kind, isSource }: ExtensionContent): boolean {
  return isSource ?? kind === "lua"
}

/**
 * Refuses content that a proxy could not load: without its file, or with one that is no Wasm.
 *
 * Errors: ATT_OCI_NO_MODULE, ATT_OCI_NOT_WASM, ATT_OCI_EXTENSION_NAME, and those of {@link sortedForPacking}.
 */
export async function checkContent(content: ExtensionContent): Promise<void> {
  const { kind, name, version } = content
  const files = sortedForPacking(content.files)
  for (const [what, text] of Object.entries({ name, version })) {
    if (/^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/.test(text)) continue
    throw new AttacheError("ATT_OCI_EXTENSION_NAME", `"${text}" is no ${what} of an extension`, {
      hint: "use letters, digits, dots and dashes",
      facts: { what },
    })
  }
  const path = mainFileOf(kind, name)
  if (isSourceOnly(content) || path === undefined) {
    if (files.length > 0) return
    throw new AttacheError("ATT_OCI_NO_MODULE", `there is no file in the ${kind} extension ${name}`)
  }
  const main = files.find((file) => file.path === path)
  if (main === undefined) {
    throw new AttacheError(
      "ATT_OCI_NO_MODULE",
      `a ${kind} extension has a file ${path} at its root, and there is none`,
      {
        facts: { kind, path },
      },
    )
  }
  if (kind === "wasm") checkWasm(await headOf(main), path)
}

async function headOf(file: PackFile): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array()
  for await (const piece of file.open()) {
    head = Buffer.concat([head, piece.subarray(0, 8)])
    if (head.length >= 8) break
  }
  return head.subarray(0, 8)
}

/** The annotations that Built On Envoy's client needs, for an image or (`artifact`) in the set its own push code writes. */
export function annotationsOf(content: ExtensionContent, set: "image" | "artifact"): Annotations {
  const { kind, name, version, filterTypes = ["http"], composerVersion = "" } = content
  const isGoLibrary = kind === "composer" || (kind === "dynamic-module" && content.language === "go")
  const image = { [boeAnnotations.version]: version, ...(composerVersion === "" ? {} : composer(composerVersion)) }
  return sortedByKey({
    [standardAnnotations.title]: name,
    [standardAnnotations.version]: version,
    [boeAnnotations.type]: boeType(content),
    [boeAnnotations.filterType]: filterTypes.join(","),
    [boeAnnotations.artifact]: isSourceOnly(content) ? "source" : "binary",
    ...(set === "image" ? image : composer(composerVersion)),
    ...(set === "artifact" || isGoLibrary ? { [boeAnnotations.cshared]: String(isGoLibrary) } : {}),
    ...content.annotations,
  })
}

function composer(version: string): Annotations {
  return { [boeAnnotations.composerVersion]: version }
}

function boeType({ kind, language = "rust" }: ExtensionContent): string {
  if (kind === "dynamic-module") return language
  if (kind === "go-plugin") return "go"
  return kind === "ext-proc" ? "ext_proc" : kind
}

function sortedByKey(annotations: Annotations): Annotations {
  return Object.fromEntries(Object.entries(annotations).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
