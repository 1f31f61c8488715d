// What the verbs that look into modules need of memory: not more for large ones.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, expect, it } from "vitest"
import { buildCommand, createDesk, wasmModule } from "./package-tools.ts"

beforeAll(buildCommand)

const reason = existsSync("/proc/self/status") ? "" : " (this system does not tell it)"

it.skipIf(reason !== "")(`push, pull and inspect take a module of 160 MiB as one of 16 MiB${reason}`, async () => {
  const desk = createDesk()
  const env = { NODE_OPTIONS: `--import ${join(import.meta.dirname, "peak-memory.ts")}` }
  const { attache, folder, write } = createDesk({ ...env, ATTACHE_PEAK_FILE: join(desk.folder, "peak") })
  const peaks: Record<string, number[]> = {}
  for (const megabytes of [16, 160]) {
    const file = write(`${megabytes}.wasm`, wasmModule(Buffer.alloc(megabytes * 1_048_576, "some bytes that differ")))
    const reference = `oci-layout:store:${megabytes}`
    for (const [verb, ...args] of [
      ["push", file, reference, "--format", "wasm-artifact"],
      ["pull", reference, "--path", join(folder, String(megabytes))],
      ["inspect", reference],
      ["inspect", file],
    ] as const) {
      const { status, stderr } = await attache(verb, ...args)
      expect(status, stderr).toBe(0)
      const name = args.includes(file) && verb === "inspect" ? "inspect a file" : verb
      peaks[name] = [...(peaks[name] ?? []), Number(readFileSync(join(desk.folder, "peak"), "utf8")) / 1024]
    }
  }
  console.log(JSON.stringify(peaks))
  for (const [name, [small = 0, large = 0]] of Object.entries(peaks)) expect(large - small, name).toBeLessThan(80)
})
