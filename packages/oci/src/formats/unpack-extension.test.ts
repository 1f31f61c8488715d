import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { changedLayer, flip } from "../../test/hostile-images.ts"
import { buildahImage, dockerImage, smallestWasm } from "../../test/layout-fixtures.ts"
import { createMemoryTarget } from "../../test/memory-target.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { readExtension } from "./read-extension.ts"
import { holdsLinks, unpackExtension, unpackModule } from "./unpack-extension.ts"

const plugin = { name: "opt/plugin.wasm", content: smallestWasm }
const system = [
  { name: "bin/", type: "5" },
  { name: "bin/busybox", content: "elf" },
  { name: "bin/sh", type: "2", linkName: "/bin/busybox" },
  { name: "bin/ash", type: "1", linkName: "bin/busybox" },
  { name: "dev/null", type: "3" },
]

describe("a module in the image of a system", () => {
  it("is unpacked alone, where the whole is refused for its links", async () => {
    const target = createMemoryTarget()
    const root = tempFolder()
    for (const [name, layers] of Object.entries({ below: [system, [plugin]], beside: [[...system, plugin]] })) {
      const extension = await readExtension(target, dockerImage(target, { layers }))
      const whole = unpackExtension(target, extension, join(root, name))
      await expect(whole).rejects.toSatisfy(holdsLinks)
      await unpackModule(target, extension, join(root, name))
      expect(readdirSync(join(root, name))).toEqual(["plugin.wasm"])
      expect(readFileSync(join(root, name, "plugin.wasm")).equals(smallestWasm)).toBe(true)
    }
  })

  it("leaves nothing when it is not what its digest says, or no module", async () => {
    const target = createMemoryTarget()
    const root = tempFolder()
    const changed = changedLayer(target, buildahImage(target), (bytes) => flip(bytes, 4))
    const text = dockerImage(target, { layers: [[{ name: "plugin.wasm", content: "#!/bin/sh" }]] })
    for (const [image, code] of [
      [changed, "ATT_OCI_DIGEST"],
      [text, "ATT_OCI_NOT_WASM"],
    ] as const) {
      const extension = await readExtension(target, image, { kind: "wasm" })
      await expect(unpackModule(target, extension, join(root, "x"))).rejects.toMatchObject({ code })
      expect(readdirSync(root)).toEqual([])
    }
  })
})
