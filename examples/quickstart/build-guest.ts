// Compiles the Wasm filter, unless it is compiled already.
import { globSync, statSync } from "node:fs"
import { join, relative } from "node:path"
import { buildAssemblyScript } from "@attache/wasm-sdk/build"

const source = join(import.meta.dirname, "assembly", "hello.ts")
const module = join(import.meta.dirname, "dist", "hello.wasm")
const sdk = join(import.meta.dirname, "..", "..", "packages", "wasm-sdk", "assembly", "*.ts")

/** A compiled guest. */
export interface BuiltGuest {
  /** The `.wasm` file. */
  readonly path: string
  /** Relative to the working directory. */
  readonly source: string
  /** Milliseconds; undefined when it was there. */
  readonly tookMs: number | undefined
}

/** Compiles `assembly/hello.ts` to `dist/hello.wasm` when it or the SDK is newer. Throws what the compiler has to say. */
export async function buildGuest(): Promise<BuiltGuest> {
  const built = { path: module, source: relative(process.cwd(), source) }
  const changed = Math.max(...[source, ...globSync(sdk)].map(modified))
  if (modified(module) >= changed) return { ...built, tookMs: undefined }
  const begun = performance.now()
  const result = await buildAssemblyScript(source, module)
  if (!result.ok) {
    const lines = result.findings.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)
    throw new Error(`${built.source} does not compile\n${lines.join("\n")}`)
  }
  return { ...built, tookMs: performance.now() - begun }
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
