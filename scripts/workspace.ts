import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** The fields of a package.json that the checks read. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly engines?: { readonly node?: string }
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** One folder of `packages/`. */
export interface WorkspacePackage {
  /** Folder name below `packages/`. */
  readonly folder: string
  readonly manifest: Manifest
}

/** A source file with its text. */
export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** What the repository holds, as far as the checks read it. */
export interface Workspace {
  readonly root: Manifest
  readonly packages: readonly WorkspacePackage[]
  /** Sources of packages and of the root folders, without generated ones, sorted by path. */
  readonly files: readonly SourceFile[]
}

/** The directory that holds the workspace's package.json. */
export const repositoryRoot = dirname(import.meta.dirname)

/** Tests that need a real Envoy or another program, from the repository's root. */
export const endToEndTests: readonly string[] = [
  "e2e/**/*.e2e.ts",
  "packages/*/src/**/*.e2e.ts",
  "conformance/**/*.e2e.ts",
]

const sourceFolders = "{packages/*/{src,test,bin},scripts,conformance,e2e,bench,examples}"
const skipped = new Set(["node_modules", "dist", "gen", "assembly"])

/** Reads the workspace below `root`. */
export function readWorkspace(root: string = repositoryRoot): Workspace {
  const exclude = (path: string): boolean => skipped.has(path.split("/").at(-1) ?? "")
  const paths = globSync(`${sourceFolders}/**/*.{ts,mts,mjs,js}`, { cwd: root, exclude }).sort()
  const manifests = globSync("packages/*/package.json", { cwd: root }).sort()
  return {
    root: readManifest(join(root, "package.json")),
    packages: manifests.map((path) => ({
      folder: path.split("/")[1] as string,
      manifest: readManifest(join(root, path)),
    })),
    files: paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })),
  }
}

/** Reads one package.json; its shape is taken on trust, npm has read it before. */
export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, "utf8")) as Manifest
}

/** Whether a path is that of a test, unit or end to end. */
export function isTestFile(path: string): boolean {
  return /\.(test|e2e)\.ts$/.test(path) || /(^|\/)test\//.test(path)
}
