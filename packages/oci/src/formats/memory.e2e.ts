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

it.each<ExtensionFormat>(["image", "wasm-artifact"])("memory does not grow with the module (%s)", async (format) => {
  const [small, large] = [await memoryFor(2, format), await memoryFor(64, format)]
  console.log(`${format}: ${small} MiB for a module of 2 MiB, ${large} MiB for one of 64 MiB`)
  expect(large - small).toBeLessThan(60)
})
