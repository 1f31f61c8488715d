import { createHash } from "node:crypto"
import { existsSync, globSync } from "node:fs"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildAssemblyScript } from "@attache/wasm-sdk/build"

/** An AssemblyScript guest as a module; compiled once for each state of source and SDK, for that takes seconds. */
export async function compiledGuest(source: string): Promise<Uint8Array> {
  const sdk = join(import.meta.dirname, "..", "packages", "wasm-sdk")
  const digest = createHash("sha256").update(source)
  for (const path of globSync("{assembly,src}/*.ts", { cwd: sdk }).sort())
    digest.update(await readFile(join(sdk, path)))
  const folder = join(tmpdir(), "attache-e2e-guests", digest.digest("hex"))
  const out = join(folder, "guest.wasm")
  if (existsSync(out)) return readFile(out)
  const entry = join(folder, "guest.ts")
  await mkdir(folder, { recursive: true })
  await writeFile(entry, source)
  const built = await buildAssemblyScript(entry, out)
  if (!built.ok) throw new Error(built.findings.map(({ line, message }) => `${line}: ${message}`).join("\n"))
  return built.bytes
}
