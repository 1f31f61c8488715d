import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, it } from "vitest"
import type { ExtensionFormat } from "./write-extension.ts"

const program = join(import.meta.dirname, "../../test/measure-memory.ts")

/** Most memory of a process that writes, reads and unpacks a module, in MiB. */
async function memoryFor(megabytes: number, format: ExtensionFormat): Promise<number> {
  const parameters = [program, String(megabytes * 1_048_576), format]
  const { stdout } = await promisify(execFile)(process.execPath, parameters)
  return Number(stdout)
}

it.each<[ExtensionFormat, number]>([
  ["image", 64],
  ["wasm-artifact", 128],
])("memory does not grow with the module (%s)", async (format, megabytes) => {
  const [small, large] = [await memoryFor(2, format), await memoryFor(megabytes, format)]
  console.log(`${format}: ${small} MiB for a module of 2 MiB, ${large} MiB for one of ${megabytes} MiB`)
  // What is left of it is the garbage collector's leisure: none of the readers and writers holds the module.
  expect(large - small).toBeLessThan(megabytes - 1)
})
