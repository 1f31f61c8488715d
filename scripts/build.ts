/**
 * Bundles the command into `packages/cli/dist`, so that it starts without stripping types from hundreds of files.
 *
 * `node scripts/build.ts` builds always; `--if-stale` only when an input changed since the last build. The sources stay
 * runnable without it.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import type { Plugin, RolldownOutput } from "rolldown"
import { withoutBuiltinImports } from "./builtin-imports.ts"
import { repositoryRoot } from "./workspace.ts"

/** Large programs that the command runs only when asked to, from where they are installed. */
const external = ["assemblyscript", "binaryen", "typescript", "vitest"]

/** Chunks of earlier builds that a running command may still load. */
const keepMs = 24 * 60 * 60 * 1000

/** Where a build reads and writes. */
export interface BuildPaths {
  /** Directory that all input paths are relative to. */
  readonly root: string
  /** First module, relative to the root. */
  readonly entry: string
  /** Output directory, relative to the root. Everything lies flat in it. */
  readonly out: string
}

const commandPaths: BuildPaths = { root: repositoryRoot, entry: "packages/cli/src/main.ts", out: "packages/cli/dist" }

type OutputBundle = RolldownOutput["output"]

interface BuildRecord {
  /** Digest of each input, by path from the root; the lock file and this script are among them. */
  readonly inputs: Readonly<Record<string, string>>
  readonly outputs: readonly string[]
}

/** Whether the last build is complete and its inputs are what they were. */
export function isFresh({ root, out }: BuildPaths): boolean {
  try {
    const record = JSON.parse(readFileSync(join(root, out, "build.json"), "utf8")) as BuildRecord
    return (
      record.outputs.every((name) => existsSync(join(root, out, name))) &&
      Object.entries(record.inputs).every(([path, digest]) => digestOf(join(root, path)) === digest)
    )
  } catch {
    return false
  }
}

/**
 * Files that are loaded together time and again are one, together with what they need: each file costs a third of a millisecond.
 * What all verbs need, and what copies between registries and layouts.
 */
const together = [
  { name: "base", test: /packages\/(base\/src\/|cli\/src\/(exit|options|output\/(format|slowly))\.ts$)/ },
  { name: "copying", test: /packages\/cli\/src\/packages\/(registry-access|byte-progress|copy)\.ts$/ },
]

/** Builds and writes; gives the names written, the entry's among them. Each file appears whole, by rename. */
export async function buildCommand(paths: BuildPaths): Promise<readonly string[]> {
  const { rolldown } = await import("rolldown")
  const inputs = new Set<string>()
  const bundle = await rolldown({
    cwd: paths.root,
    input: join(paths.root, paths.entry),
    external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
    platform: "node",
    transform: { target: "node22" },
    plugins: [sources(paths, inputs)],
    onLog: (_level, { code, message }) => {
      if (code === "EMPTY_IMPORT_META") throw new Error(message)
    },
  })
  try {
    const { output } = await bundle.generate({
      // The loader gives chunks to V8 itself, which it can do with scripts alone.
      format: "cjs",
      entryFileNames: "command-[hash].cjs",
      chunkFileNames: "[name]-[hash].cjs",
      codeSplitting: { groups: together },
    })
    return write(paths, output, inputs)
  } finally {
    await bundle.close()
  }
}

/** A chunk as the loader calls it. @param code as CommonJS, of modules that are all strict */
function asFunction(code: string): string {
  return `(function (exports, require, module, __filename, __dirname, bundleMeta) { "use strict"; ${code}\n})`
}

function sources(paths: BuildPaths, inputs: Set<string>): Plugin {
  return {
    name: "sources",
    load: (path) => {
      if (!existsSync(path)) return null
      inputs.add(path)
      if (!/\.m?[jt]s$/.test(path)) return null
      const text = withoutBuiltinImports(readFileSync(path, "utf8"))
      const isOurs = /[/\\]packages[/\\].*\.ts$/.test(path)
      return { code: isOurs ? withPlaces(paths, path, text) : text, moduleType: path.endsWith("ts") ? "ts" : "js" }
    },
  }
}

/**
 * Keeps files that lie beside a source findable from the bundle: `import.meta.dirname` and its kin give the source's
 * place, relative to the output directory.
 */
function withPlaces({ root, out }: BuildPaths, path: string, text: string): string {
  const url = (to: string) => `new URL(${JSON.stringify(relative(join(root, out), to))}, bundleMeta.url)`
  return text
    .replaceAll(/\bimport\.meta\.url\b/g, `${url(path)}.href`)
    .replaceAll(/\bimport\.meta\.filename\b/g, `decodeURIComponent(${url(path)}.pathname)`)
    .replaceAll(/\bimport\.meta\.dirname\b/g, `decodeURIComponent(${url(dirname(path))}.pathname)`)
    .replaceAll(/\bimport\.meta\.resolve\b/g, "bundleMeta.resolve")
    .replaceAll(/\bimport\.meta\.main\b/g, "false")
}

function write({ root, out }: BuildPaths, output: OutputBundle, read: ReadonlySet<string>): readonly string[] {
  const directory = join(root, out)
  mkdirSync(directory, { recursive: true })
  const chunks = output.filter((each) => each.type === "chunk")
  const [entry] = output
  const loader = readFileSync(join(import.meta.dirname, "chunk-loader.js"), "utf8").replace("ENTRY", entry.fileName)
  // Chunks before the loader that names one of them, the record last: whoever starts meanwhile finds one whole build.
  for (const { fileName, code } of chunks) writeWhole(join(directory, fileName), asFunction(code))
  writeWhole(join(directory, "main.js"), loader)
  const outputs = [...chunks.map(({ fileName }) => fileName), "main.js"]
  const inputs = [...read].map((path) => relative(root, path))
  const own = ["package-lock.json", "scripts/build.ts", "scripts/builtin-imports.ts", "scripts/chunk-loader.js"]
  const digests = [...inputs, ...own]
    .filter((path) => existsSync(join(root, path)))
    .map((path) => [path, digestOf(join(root, path))])
  writeWhole(join(directory, "build.json"), JSON.stringify({ inputs: Object.fromEntries(digests), outputs }))
  dropOldChunks(directory, outputs)
  return outputs
}

function writeWhole(path: string, contents: Uint8Array | string): void {
  const partial = `${path}.${process.pid}`
  writeFileSync(partial, contents)
  renameSync(partial, path)
}

function dropOldChunks(directory: string, outputs: readonly string[]): void {
  for (const name of readdirSync(directory)) {
    if (name === "build.json" || outputs.includes(name)) continue
    const path = join(directory, name)
    if (Date.now() - statSync(path).mtimeMs > keepMs) rmSync(path, { force: true })
  }
}

function digestOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex")
}

async function main(): Promise<void> {
  if (process.argv.includes("--if-stale") && isFresh(commandPaths)) return
  const started = performance.now()
  try {
    await buildCommand(commandPaths)
    const took = ((performance.now() - started) / 1000).toFixed(1)
    console.error(`attache: built the command into ${commandPaths.out} in ${took} s`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    console.error(`attache: error: the command could not be built: ${reason}`)
    process.exitCode = 1
  }
}

if (process.argv[1] === import.meta.filename) await main()
