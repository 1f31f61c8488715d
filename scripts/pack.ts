/**
 * Writes the packages as npm installs them: JavaScript with type declarations, for Node strips no types below `node_modules`.
 *
 * `node scripts/pack.ts [--out DIR] [PACKAGE…]` writes one tarball for each named folder of `packages`, or for all, into
 * `dist/packages`, and prints their paths. Sources of guests stay AssemblyScript.
 */
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { repositoryRoot } from "./workspace.ts"

const notShipped = ["node_modules", "test", "testdata", "tsconfig.json"]
const testFile = /\.(test|e2e)\.ts$/

/** Writes tarballs of packages into a folder, and gives their paths. */
export function packPackages(folders: readonly string[], out: string): readonly string[] {
  const stage = mkdtempSync(join(tmpdir(), "attache-pack-"))
  try {
    compile(folders, stage)
    if (folders.includes("cli")) run(process.execPath, ["scripts/build.ts", "--if-stale"], repositoryRoot)
    mkdirSync(out, { recursive: true })
    return folders.map((folder) => {
      complete(join(repositoryRoot, "packages", folder), join(stage, folder))
      const name = run("npm", ["pack", "--silent", "--pack-destination", out], join(stage, folder)).trim()
      return join(out, name.split("\n").at(-1) ?? "")
    })
  } finally {
    rmSync(stage, { recursive: true })
  }
}

/** JavaScript and declarations of all sources, at the same places below `stage`. */
function compile(folders: readonly string[], stage: string): void {
  const packages = join(repositoryRoot, "packages")
  const configuration = {
    extends: join(repositoryRoot, "tsconfig.json"),
    compilerOptions: {
      ...{ noEmit: false, declaration: true, rewriteRelativeImportExtensions: true, resolveJsonModule: true },
      ...{ rootDir: packages, outDir: stage, typeRoots: [join(repositoryRoot, "node_modules", "@types")] },
    },
    include: folders.flatMap((folder) => ["src", "gen"].map((part) => join(packages, folder, part))),
    exclude: ["test.ts", "e2e.ts"].map((ending) => join(packages, "**", `*.${ending}`)),
  }
  const path = join(stage, "tsconfig.json")
  writeFileSync(path, JSON.stringify(configuration))
  run(join(repositoryRoot, "node_modules", ".bin", "tsc"), ["-p", path], stage)
}

/** Adds what is no source, of a bundle the files of its latest build, and makes the manifest name what was compiled. */
function complete(source: string, target: string): void {
  const record = join(source, "dist", "build.json")
  const bundle = existsSync(record) ? (JSON.parse(readFileSync(record, "utf8")) as { outputs: string[] }).outputs : []
  const isShipped = (path: string): boolean =>
    path.startsWith("dist/") ? bundle.includes(path.slice("dist/".length)) : isNoSource(path)
  cpSync(source, target, { recursive: true, filter: (path) => isShipped(path.slice(source.length + 1)) })
  for (const name of ["LICENSE", "NOTICE"]) cpSync(join(repositoryRoot, name), join(target, name))
  for (const path of globSync("**/*.js", { cwd: join(target, "src") })) nameCompiled(join(target, "src", path))
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"))
  const exports = Object.entries(manifest.exports as Record<string, string>)
  manifest.exports = Object.fromEntries(exports.map(([door, path]) => [door, compiledDoor(path)]))
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`)
}

function isNoSource(path: string): boolean {
  const parts = path.split("/")
  if (parts.some((part) => notShipped.includes(part))) return false
  return !(["src", "gen"].includes(parts[0] ?? "") && path.endsWith(".ts")) && !testFile.test(path)
}

/** Modules that a source loads by `require` or as a worker are named in strings, which the compiler leaves alone. */
function nameCompiled(path: string): void {
  const text = readFileSync(path, "utf8")
  const named = text.replace(/"(\.{1,2}\/[^"\n]+)\.ts"/g, (all, name: string) =>
    existsSync(join(dirname(path), `${name}.js`)) ? `"${name}.js"` : all,
  )
  if (named !== text) writeFileSync(path, named)
}

function compiledDoor(path: string): string | object {
  if (!/^\.\/(src|gen)\/.*\.ts$/.test(path)) return path
  const stem = path.slice(0, -".ts".length)
  return { types: `${stem}.d.ts`, default: `${stem}.js` }
}

function run(command: string, parameters: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { cwd, encoding: "utf8" })
  if (status === 0) return stdout
  throw new Error(`${basename(command)} failed: ${error?.message ?? `${stdout}${stderr}`}`)
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ options: { out: { type: "string" } }, allowPositionals: true })
  const all = globSync("packages/*/package.json", { cwd: repositoryRoot }).map((path) => basename(dirname(path)))
  const out = resolve(values.out ?? join(repositoryRoot, "dist", "packages"))
  for (const path of packPackages(positionals.length > 0 ? positionals : all.sort(), out)) console.log(path)
}
