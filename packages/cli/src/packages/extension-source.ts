// What is pushed: a module, or a folder with all that an extension is made of.
import { statSync } from "node:fs"
import { basename, extname, join, resolve } from "node:path"
import { AttacheError, type Diagnostic } from "@attache/base"
import {
  type Annotations,
  type ExtensionContent,
  type ExtensionKind,
  fileOnDisk,
  filesOfFolder,
  formatPlatform,
  isWasm,
  kindOfFile,
  mainFileOf,
  maxExtensionBytes,
  type PackFile,
  type Platform,
  standardAnnotations,
} from "@attache/oci"
import { inspectModule } from "@attache/wasm-host"

/** What is said about an extension beside its files; what is absent is found out. */
export interface SourceFacts {
  readonly kind?: ExtensionKind
  readonly name?: string
  readonly version?: string
  readonly annotations: Annotations
  /** One: of all the files. Several: each has a subfolder, such as `linux-amd64`. */
  readonly platforms: readonly Platform[]
  /** Where it goes: repository and tag, which tell name and version where nothing else does. */
  readonly repository?: string
  readonly tag?: string
}

/** An extension to be pushed, once for each platform, and what is worth knowing about it. */
export interface ExtensionSource {
  readonly contents: readonly ExtensionContent[]
  readonly warnings: readonly Diagnostic[]
}

/**
 * The extension in a file or folder.
 *
 * A folder is taken whole if the file that a proxy loads is at its root; a folder with one `.wasm` file, there or in
 * `dist/`, gives that alone. Hidden files and `node_modules` are left out. A Wasm module that Envoy would not load is a
 * warning. Errors: ATT_PACKAGE_NOTHING, ATT_PACKAGE_SEVERAL, ATT_OCI_LIMIT, ATT_ARCHIVE_*.
 */
export async function extensionSource(path: string, facts: SourceFacts): Promise<ExtensionSource> {
  const { platforms } = facts
  if (platforms.length < 2) {
    const [platform] = platforms
    const content = await contentAt(path, facts, platform)
    return { contents: [content], warnings: await warningsOf(content) }
  }
  const contents: ExtensionContent[] = []
  for (const platform of platforms) {
    contents.push(await contentAt(join(path, formatPlatform(platform).replaceAll("/", "-")), facts, platform))
  }
  const warnings = await Promise.all(contents.map(warningsOf))
  return { contents, warnings: warnings.flat() }
}

async function contentAt(path: string, facts: SourceFacts, platform: Platform | undefined): Promise<ExtensionContent> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw nothing(`${path} does not exist`)
  if (!found.isDirectory()) return contentOfFile(path, facts, platform)
  const files = await filesOfFolder(path, { exclude: isLeftOut })
  const paths = files.map((file) => file.path).filter((each) => !each.includes("/"))
  const kinds = new Set(paths.map(kindOfFile))
  const kind = facts.kind ?? preference.find((each) => kinds.has(each))
  // A guest's folder has the module that was built beside the sources, which nobody needs to run it.
  if (kind === undefined || kind === "wasm") {
    if (!paths.includes("plugin.wasm")) return contentOfFile(theOnlyModule(path, files), facts, platform)
  }
  if (kind === undefined) throw nothing(`${path} holds no extension`)
  const library = paths.find((each) => kindOfFile(each) === "dynamic-module")
  return contentOf(kind, files, nameOf(facts, kind, library ?? path), facts, platform)
}

const preference: readonly ExtensionKind[] = ["wasm", "go-plugin", "composer", "dynamic-module", "ext-proc", "lua"]

function isLeftOut(path: string): boolean {
  const name = basename(path)
  return name.startsWith(".") || name === "node_modules"
}

function theOnlyModule(folder: string, files: readonly PackFile[]): string {
  const modules = files.filter(({ path }) => /^(?:dist\/)?[^/]+\.wasm$/.test(path))
  const [only, second] = modules
  if (only === undefined) throw nothing(`${folder} holds no extension`)
  if (second !== undefined) {
    const list = modules.map(({ path }) => join(folder, path)).join(", ")
    throw new AttacheError("ATT_PACKAGE_SEVERAL", `${folder} holds several modules: ${list}`, {
      hint: "name one of them",
    })
  }
  return join(folder, only.path)
}

function nothing(message: string): AttacheError {
  return new AttacheError("ATT_PACKAGE_NOTHING", message, {
    hint: "name a module, or a folder with plugin.wasm, libNAME.so, plugin.so or Lua files; attache build makes a module",
  })
}

async function contentOfFile(
  path: string,
  facts: SourceFacts,
  platform: Platform | undefined,
): Promise<ExtensionContent> {
  const kind = facts.kind ?? kindOfFile(basename(path)) ?? "wasm"
  const name = nameOf(facts, kind, path)
  const file = await fileOnDisk(path, mainFileOf(kind, name) ?? basename(path))
  return contentOf(kind, [file], name, facts, platform)
}

function contentOf(
  kind: ExtensionKind,
  files: readonly PackFile[],
  name: string,
  facts: SourceFacts,
  platform: Platform | undefined,
): ExtensionContent {
  const { annotations } = facts
  const isNative = kind !== "wasm" && kind !== "lua"
  const runsOn = platform ?? (isNative ? hostPlatform() : undefined)
  return {
    kind,
    name,
    version: versionOf(facts),
    files,
    annotations,
    ...(runsOn === undefined ? {} : { platform: runsOn }),
  }
}

/** Envoy's platform on this machine. */
export function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" }
  return { os: "linux", architecture: names[process.arch] ?? process.arch }
}

function nameOf({ name, annotations, repository }: SourceFacts, kind: ExtensionKind, path: string): string {
  const given = name ?? annotations[standardAnnotations.title]
  if (given !== undefined) return given
  // The name of a library is part of its file's name, by which Envoy finds it.
  const library = kind === "dynamic-module" ? /^lib(.+)\.so$/.exec(basename(path))?.[1] : undefined
  const last = repository
    ?.split("/")
    .at(-1)
    ?.replace(/^extension-/, "")
  return library ?? last ?? basename(resolve(path), extname(path))
}

function versionOf({ version, annotations, tag }: SourceFacts): string {
  const given = version ?? annotations[standardAnnotations.version]
  return given ?? (tag !== undefined && /^v?\d/.test(tag) ? tag : "0.0.0")
}

/** What Envoy would not like about a module. Errors: those of reading it. */
async function warningsOf({ kind, files }: ExtensionContent): Promise<readonly Diagnostic[]> {
  const module = kind === "wasm" ? files.find(({ path }) => path === "plugin.wasm") : undefined
  if (module === undefined) return []
  if (module.size > maxExtensionBytes.wasm) {
    const text = `the module has ${module.size} bytes, and ${maxExtensionBytes.wasm} are the most that are loaded`
    throw new AttacheError("ATT_OCI_LIMIT", text, { facts: { bytes: module.size, limit: maxExtensionBytes.wasm } })
  }
  const pieces: Uint8Array[] = []
  for await (const piece of module.open()) {
    pieces.push(piece)
    // What is no Wasm is refused when it is written, and need not be in memory.
    if (pieces.length === 1 && piece.length >= 8 && !isWasm(piece)) return []
  }
  const { findings } = inspectModule(Buffer.concat(pieces))
  return findings.flatMap((finding) =>
    finding.severity === "info" ? [] : [{ ...finding, severity: "warning" as const }],
  )
}
