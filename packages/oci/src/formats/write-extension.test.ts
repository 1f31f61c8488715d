import { describe, expect, it } from "vitest"
import { repeated } from "../../test/byte-streams.ts"
import { smallestWasm } from "../../test/layout-fixtures.ts"
import { createMemoryTarget } from "../../test/memory-target.ts"
import { packBytes } from "../archive/pack-file.ts"
import type { ExtensionContent } from "./extension-content.ts"
import { extensionFolder } from "./extension-folder.ts"
import { extensionFormats, writeExtension } from "./write-extension.ts"

const plugin = packBytes("plugin.wasm", smallestWasm)
const wasm: ExtensionContent = { kind: "wasm", name: "w", version: "1.0.0", files: [plugin] }

describe("writeExtension", () => {
  it.each(extensionFormats)("gives the same digest for the same content (%s)", async (format) => {
    const digests = await Promise.all(
      [1, 2].map(async () => (await writeExtension(createMemoryTarget(), wasm, { format })).digest),
    )
    expect(digests[0]).toBe(digests[1])
  })

  it("gives a digest that does not change over time", async () => {
    const digests = await Promise.all(
      extensionFormats.map(async (format) =>
        (await writeExtension(createMemoryTarget(), wasm, { format })).digest.slice(7, 19),
      ),
    )
    expect(digests).toMatchInlineSnapshot(`
      [
        "ee240959999d",
        "dba4fea9c3d6",
        "381f8833f608",
        "12df9aeefceb",
      ]
    `)
  })

  it("takes content that is larger than memory for it, and tells what arrives", async () => {
    const target = createMemoryTarget()
    const size = 20_000_000
    const head = packBytes("plugin.wasm", smallestWasm)
    const random = async function* (): AsyncGenerator<Uint8Array> {
      yield smallestWasm
      let seed = 1
      for await (const piece of repeated(0, size - 8)) {
        for (let i = 0; i < piece.length; i += 4) {
          seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
          piece[i] = seed >> 16
        }
        yield Uint8Array.from(piece)
      }
    }
    let bytes = 0
    await writeExtension(
      target,
      { ...wasm, files: [{ ...head, size, open: random }] },
      { onBytes: (count) => (bytes += count) },
    )
    expect(bytes).toBe([...target.blobs.values()].reduce((sum, blob) => sum + blob.length, 0))
    expect(bytes).toBeGreaterThan(4_194_304)
  })

  it.each<[string, Partial<ExtensionContent>, string]>([
    ["without its file", { files: [packBytes("other.wasm", smallestWasm)] }, "ATT_OCI_NO_MODULE"],
    ["whose file is no Wasm", { files: [packBytes("plugin.wasm", "text")] }, "ATT_OCI_NOT_WASM"],
    ["without any file", { kind: "lua", files: [] }, "ATT_OCI_NO_MODULE"],
    [
      "with the library of another name",
      { kind: "dynamic-module", files: [packBytes("libx.so", "")] },
      "ATT_OCI_NO_MODULE",
    ],
    ["with a name that is a path", { name: "../w" }, "ATT_OCI_EXTENSION_NAME"],
    ["without a version", { version: "" }, "ATT_OCI_EXTENSION_NAME"],
    ["with a file that leads out", { files: [plugin, packBytes("../x", "")] }, "ATT_ARCHIVE_PATH"],
  ])("refuses an extension %s, and writes nothing", async (_name, change, code) => {
    const target = createMemoryTarget()
    await expect(writeExtension(target, { ...wasm, ...change })).rejects.toMatchObject({ code })
    expect(target.blobs.size).toBe(0)
  })

  it("refuses more than a module in the format that holds one alone", async () => {
    const target = createMemoryTarget()
    const content = { ...wasm, files: [plugin, packBytes("manifest.yaml", "")] }
    await expect(writeExtension(target, content, { format: "wasm-artifact" })).rejects.toMatchObject({
      code: "ATT_OCI_FORMAT",
    })
    expect(target.blobs.size).toBe(0)
  })
})

describe("extensionFolder", () => {
  it.each([
    [{ kind: "wasm", artifact: "binary" }, "extensions/wasm/n/1.0.0"],
    [{ kind: "dynamic-module", artifact: "binary" }, "extensions/dym/n/1.0.0"],
    [{ kind: "composer", artifact: "binary" }, "extensions/dym/n/1.0.0"],
    [{ kind: "go-plugin", artifact: "binary" }, "extensions/goplugin/n/1.0.0"],
    [{ kind: "ext-proc", artifact: "binary" }, "extensions/extproc/n/1.0.0"],
    [{ kind: "go-plugin", artifact: "source" }, "extensions/src/n/1.0.0"],
    [{ kind: "lua" }, "extensions/n/1.0.0"],
  ] as const)("of %j is %s", (facts, want) => {
    expect(extensionFolder({ ...facts, name: "n", version: "1.0.0" })).toBe(want)
  })

  it.each(["..", "../x", "a/b", "/a", "", ".hidden", "a\\b", "a\nb", "x".repeat(129), undefined])(
    "refuses the name %j",
    (name) => {
      const named = name === undefined ? {} : { name }
      expect(() => extensionFolder({ kind: "wasm", version: "1", ...named })).toThrow(
        expect.objectContaining({ code: "ATT_OCI_EXTENSION_NAME" }),
      )
    },
  )
})
