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
import { type ManifestFacts, readManifestFacts } from "./built-on-envoy-manifest.ts"
import { createModuleOutline } from "./module-outline.ts"

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
 * `dist/`, gives that alone. Hidden files and `node_modules` are left out. What is not said is in a `manifest.yaml` of Built
 * On Envoy. A Wasm module that Envoy would not load is a warning. Errors: ATT_PACKAGE_NOTHING, ATT_PACKAGE_SEVERAL, ATT_OCI_LIMIT, ATT_ARCHIVE_*.
 */
export async function extensionSource(path: string, facts: SourceFacts): Promise<ExtensionSource> {
  const { platforms } = facts
  if (platforms.length < 2) {
    const [platform] = platforms
    const found = await contentAt(path, facts, platform)
    return { contents: [found.content], warnings: await warningsOf(found) }
  }
  const found: FoundContent[] = []
  for (const platform of platforms) {
    found.push(await contentAt(join(path, formatPlatform(platform).replaceAll("/", "-")), facts, platform))
  }
  const warnings = await Promise.all(found.map(warningsOf))
  return { contents: found.map(({ content }) => content), warnings: warnings.flat() }
}

/** An extension, and what its manifest says. */
interface FoundContent {
  readonly content: ExtensionContent
  readonly manifest?: ManifestFacts
}

async function contentAt(path: string, facts: SourceFacts, platform: Platform | undefined): Promise<FoundContent> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw nothing(`${path} does not exist`)
  if (!found.isDirectory()) return { content: await contentOfFile(path, facts, platform) }
  const files = await filesOfFolder(path, { exclude: isLeftOut })
  const paths = files.map((file) => file.path).filter((each) => !each.includes("/"))
  const kinds = new Set(paths.map(kindOfFile))
  const manifest = paths.includes(manifestName) ? await readManifestFacts(join(path, manifestName)) : undefined
  const kind = facts.kind ?? preference.find((each) => kinds.has(each)) ?? manifest?.kind
  // A guest's folder has the module that was built beside the sources, which nobody needs to run it.
  if (kind === undefined || kind === "wasm") {
    if (!paths.includes("plugin.wasm"))
      return { content: await contentOfFile(theOnlyModule(path, files), facts, platform) }
  }
  if (kind === undefined) throw nothing(`${path} holds no extension`)
  const library = paths.find((each) => kindOfFile(each) === "dynamic-module")
  const name = nameOf(facts, kind, library ?? path, manifest?.name)
  const content = contentOf(kind, files, name, facts, platform, manifest)
  return { content, ...(manifest === undefined ? {} : { manifest }) }
}

const manifestName = "manifest.yaml"

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
  manifest?: ManifestFacts,
): ExtensionContent {
  const { language, filterTypes, composerVersion } = manifest ?? {}
  const isNative = kind !== "wasm" && kind !== "lua"
  const runsOn = platform ?? (isNative ? hostPlatform() : undefined)
  return {
    kind,
    name,
    version: versionOf(facts, manifest?.version),
    files,
    annotations: { ...manifest?.annotations, ...facts.annotations },
    ...(runsOn === undefined ? {} : { platform: runsOn }),
    ...(language === undefined ? {} : { language }),
    ...(filterTypes === undefined ? {} : { filterTypes }),
    ...(composerVersion === undefined ? {} : { composerVersion }),
  }
}

/** Envoy's platform on this machine. */
export function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" }
  return { os: "linux", architecture: names[process.arch] ?? process.arch }
}

function nameOf(
  { name, annotations, repository }: SourceFacts,
  kind: ExtensionKind,
  path: string,
  ofManifest?: string,
): string {
  const given = name ?? annotations[standardAnnotations.title]
  if (given !== undefined) return given
  // The name of a library is part of its file's name, by which Envoy finds it.
  const library = kind === "dynamic-module" ? /^lib(.+)\.so$/.exec(basename(path))?.[1] : undefined
  const last = repository
    ?.split("/")
    .at(-1)
    ?.replace(/^extension-/, "")
  return library ?? ofManifest ?? last ?? basename(resolve(path), extname(path))
}

function versionOf({ version, annotations, tag }: SourceFacts, ofManifest?: string): string {
  const given = version ?? annotations[standardAnnotations.version] ?? ofManifest
  return given ?? (tag !== undefined && /^v?\d/.test(tag) ? tag : "0.0.0")
}

async function warningsOf({ content, manifest }: FoundContent): Promise<readonly Diagnostic[]> {
  return [...(manifest?.warnings ?? []), ...(await moduleWarnings(content))]
}

/** What Envoy would not like about a module. Errors: those of reading it. */
async function moduleWarnings({ kind, files }: ExtensionContent): Promise<readonly Diagnostic[]> {
  const module = kind === "wasm" ? files.find(({ path }) => path === "plugin.wasm") : undefined
  if (module === undefined) return []
  if (module.size > maxExtensionBytes.wasm) {
    const text = `the module has ${module.size} bytes, and ${maxExtensionBytes.wasm} are the most that are loaded`
    throw new AttacheError("ATT_OCI_LIMIT", text, { facts: { bytes: module.size, limit: maxExtensionBytes.wasm } })
  }
  const outline = createModuleOutline(module.size)
  let isFirst = true
  for await (const piece of module.open()) {
    // What is no Wasm is refused when it is written, and need not be looked into.
    if (isFirst && piece.length >= 8 && !isWasm(piece)) return []
    isFirst = false
    outline.write(piece)
  }
  const { findings } = inspectModule(outline.bytes)
  return findings.flatMap((finding) =>
    finding.severity === "info" ? [] : [{ ...finding, severity: "warning" as const }],
  )
}
