import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { bytesOf } from "../../test/byte-streams.ts"
import { hostileImages } from "../../test/hostile-image-cases.ts"
import { indexOf } from "../../test/hostile-images.ts"
import { dockerImage } from "../../test/layout-fixtures.ts"
import { createMemoryTarget } from "../../test/memory-target.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { inspectImage } from "./inspect-image.ts"
import { openModule } from "./open-module.ts"
import { readExtension } from "./read-extension.ts"
import { unpackExtension } from "./unpack-extension.ts"

const amd64 = { os: "linux", architecture: "amd64" }

describe.each(hostileImages)("hostile images: %s", (_group, cases) => {
  it.each(cases)("$name: $code", async ({ code, write, options = {}, asked = "module" }) => {
    const target = createMemoryTarget()
    const descriptor = write(target)
    const root = tempFolder()
    const attempt = async (): Promise<unknown> => {
      const extension = await readExtension(target, descriptor, { platform: amd64, ...options })
      if (asked === "files") return unpackExtension(target, extension, join(root, "f"), options)
      return bytesOf((await openModule(target, extension, options)).content)
    }
    await expect(attempt()).rejects.toMatchObject({ code })
    expect(readdirSync(root), "nothing is left").toEqual([])
  })

  it.each(cases)("$name: inspected, or refused by name", async ({ write, options = {} }) => {
    const target = createMemoryTarget()
    await inspectImage(target, write(target), { ...options, files: true }).catch((error) => {
      expect(error.code).toMatch(/^ATT_(OCI|ARCHIVE)_/)
    })
  })
})

it("an index of very many manifests is not looked into without end", async () => {
  const target = createMemoryTarget()
  const image = dockerImage(target)
  const wide = indexOf(target, ...Array.from({ length: 200 }, () => ({ ...image, platform: amd64 })))
  await expect(inspectImage(target, wide)).rejects.toMatchObject({ code: "ATT_OCI_LIMIT" })
})
