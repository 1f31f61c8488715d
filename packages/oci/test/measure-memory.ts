// Run as a program: writes and reads an extension of so many bytes in a layout, and prints the most memory it took, in MiB.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { PackFile } from "../src/archive/pack-file.ts"
import { openModule } from "../src/formats/open-module.ts"
import { readExtension } from "../src/formats/read-extension.ts"
import { unpackExtension } from "../src/formats/unpack-extension.ts"
import { type ExtensionFormat, writeExtension } from "../src/formats/write-extension.ts"
import { createLayout } from "../src/layout/layout.ts"

const [size = 0, format = "image"] = [Number(process.argv[2]), process.argv[3] as ExtensionFormat]
const folder = mkdtempSync(join(tmpdir(), "attache-memory-"))

/** Bytes that do not compress, after the head of a module. */
async function* content(): AsyncGenerator<Uint8Array, void, undefined> {
  let seed = 1
  for (let left = size; left > 0; left -= 65_536) {
    const piece = Buffer.alloc(Math.min(left, 65_536))
    for (let at = 0; at + 4 <= piece.length; at += 4) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0
      piece.writeInt32LE(seed, at)
    }
    if (left === size) piece.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
    yield piece
  }
}

try {
  const target = createLayout(join(folder, "layout"))
  const files: readonly PackFile[] = [{ path: "plugin.wasm", size, open: content }]
  const written = await writeExtension(target, { kind: "wasm", name: "w", version: "1.0.0", files }, { format })
  const extension = await readExtension(target, written)
  let read = 0
  for await (const piece of (await openModule(target, extension)).content) read += piece.length
  await unpackExtension(target, extension, join(folder, "unpacked"))
  if (read !== size) throw new Error(`${read} of ${size} bytes were read`)
  console.log(Math.round(process.resourceUsage().maxRSS / 1024))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
