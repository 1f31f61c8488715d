// Tells in a module which SDK made it: the custom section `producers`, which tools read and proxies skip.
import { readFileSync } from "node:fs"

/** The part of the compiler's module that is used here. */
export interface CompiledModule {
  addCustomSection(name: string, contents: Uint8Array): void
}

/** Writes language and SDK with its version into a module; for asc's `afterCompile` hook. About a hundred bytes. */
export function writeProducers(module: CompiledModule): void {
  const manifest = new URL("../package.json", import.meta.url)
  const { name, version } = JSON.parse(readFileSync(manifest, "utf8")) as {
    readonly name: string
    readonly version: string
  }
  const field = (key: string, value: string, about: string): readonly number[] => [
    ...text(key),
    1,
    ...text(value),
    ...text(about),
  ]
  module.addCustomSection(
    "producers",
    Uint8Array.from([2, ...field("language", "AssemblyScript", ""), ...field("sdk", name, version)]),
  )
}

/** A length below 128 and the text, as names are written in WebAssembly. */
function text(value: string): readonly number[] {
  const bytes = new TextEncoder().encode(value)
  return [bytes.length, ...bytes]
}
