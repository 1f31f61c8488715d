/**
 * Bundles the command into `packages/cli/dist`, so that it starts without stripping types from hundreds of files.
 *
 * `node scripts/build.ts` builds always; `--if-stale` only when an input changed since the last build. The sources stay
 * runnable without it. One limit of the bundler: a dynamic import of a CommonJS package gives only its default export, so
 * load a module of ours that imports it statically.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import type { BuildResult, Plugin } from "esbuild"
import { withoutBuiltinImports } from "./builtin-imports.ts"
import { repositoryRoot } from "./workspace.ts"

/** Large programs that the command runs only when asked to, from where they are installed. */
const external = ["assemblyscript", "binaryen", "esbuild", "typescript", "vitest"]

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

/** Builds and writes; gives the names written, the entry's among them. Each file appears whole, by rename. */
export async function buildCommand(paths: BuildPaths): Promise<readonly string[]> {
  const { build } = await import("esbuild")
  const result = await build({
    absWorkingDir: paths.root,
    entryPoints: [paths.entry],
    outdir: paths.out,
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    external,
    write: false,
    metafile: true,
    logLevel: "silent",
    // CommonJS packages in the bundle ask for Node's modules with require, and for packages that need not be there.
    banner: {
      js: `const require = (name) => {
  const { getBuiltinModule } = globalThis.process
  return getBuiltinModule(name) ?? getBuiltinModule("node:module").createRequire(import.meta.url)(name)
};`,
    },
    plugins: [sources(paths)],
  })
  return write(paths, result)
}

function sources(paths: BuildPaths): Plugin {
  return {
    name: "sources",
    setup: (build) => {
      build.onLoad({ filter: /\.m?[jt]s$/ }, ({ path }) => {
        const text = withoutBuiltinImports(readFileSync(path, "utf8"))
        const isOurs = /[/\\]packages[/\\].*\.ts$/.test(path)
        return { contents: isOurs ? withPlaces(paths, path, text) : text, loader: path.endsWith("ts") ? "ts" : "js" }
      })
    },
  }
}

/**
 * Keeps files that lie beside a source findable from the bundle: `import.meta.dirname` and its kin give the source's
 * place, relative to the output directory.
 */
function withPlaces({ root, out }: BuildPaths, path: string, text: string): string {
  const url = (to: string) => `new URL(${JSON.stringify(relative(join(root, out), to))}, import.meta.url)`
  return text
    .replaceAll(/\bimport\.meta\.url\b/g, `${url(path)}.href`)
    .replaceAll(/\bimport\.meta\.filename\b/g, `decodeURIComponent(${url(path)}.pathname)`)
    .replaceAll(/\bimport\.meta\.dirname\b/g, `decodeURIComponent(${url(dirname(path))}.pathname)`)
    .replaceAll(/\bimport\.meta\.main\b/g, path === join(root, commandPaths.entry) ? "import.meta.main" : "false")
}

function write({ root, out }: BuildPaths, result: BuildResult<{ write: false; metafile: true }>): readonly string[] {
  const directory = join(root, out)
  mkdirSync(directory, { recursive: true })
  // Chunks before the entry that names them, the record last: whoever starts meanwhile finds one whole build.
  const entryNames = new Set(
    Object.entries(result.metafile.outputs)
      .filter(([, { entryPoint }]) => entryPoint !== undefined)
      .map(([path]) => join(root, path)),
  )
  const files = result.outputFiles.toSorted((a, b) => Number(entryNames.has(a.path)) - Number(entryNames.has(b.path)))
  for (const { path, contents } of files) writeWhole(path, contents)
  const outputs = files.map(({ path }) => relative(directory, path))
  const inputs = [
    ...Object.keys(result.metafile.inputs),
    "package-lock.json",
    "scripts/build.ts",
    "scripts/builtin-imports.ts",
  ]
    .filter((path) => existsSync(join(root, path)))
    .map((path) => [path, digestOf(join(root, path))])
  writeWhole(join(directory, "build.json"), JSON.stringify({ inputs: Object.fromEntries(inputs), outputs }))
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
