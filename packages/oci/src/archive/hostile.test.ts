import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { streamOf, watched } from "../../test/byte-streams.ts"
import { hostileArchives } from "../../test/hostile-archive-cases.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { unpackLayers } from "./unpack.ts"

describe.each(hostileArchives)("hostile archives: %s", (_group, cases) => {
  it.each(cases)("$name: $code", async ({ code, bytes, compression = "none", limits = {}, taken }) => {
    const root = tempFolder()
    const given = bytes()
    const source = watched(given instanceof Uint8Array ? streamOf(given) : given)
    const unpacking = unpackLayers(join(root, "f"), [{ compression, open: async () => source.stream }], { limits })
    await expect(unpacking).rejects.toMatchObject({ code, retry: "never" })
    expect(readdirSync(root), "nothing is left").toEqual([])
    expect(source.taken(), "bytes taken").toBeLessThanOrEqual(taken ?? Number.POSITIVE_INFINITY)
  })
})

it("there are more than sixty of them", () => {
  expect(hostileArchives.flatMap(([, cases]) => cases).length).toBeGreaterThan(60)
})
