import { stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Secret, sha256Hex } from "@attache/base"
import { proxyModuleUrl } from "@attache/translate"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { moduleKey } from "./module-key.ts"
import { moduleOfPath, placeAtServer } from "./place.ts"

const sha256 = sha256Hex("module")

describe("placeAtServer", () => {
  it("names a module by its digest and what only the key can make of it", () => {
    const [key, other] = ["a", "b"].map((text) => new Secret(Buffer.from(text)))
    if (key === undefined || other === undefined) throw new Error("no keys")
    const code = placeAtServer("https://control:18002", key)({ sha256, path: "/store/x.wasm" })
    const url = code.type === "remote" ? code.url : ""
    expect(code).toEqual({
      type: "remote",
      url: expect.stringMatching(/^https:\/\/control:18002\//),
      sha256,
      isOurs: true,
    })
    const path = new URL(proxyModuleUrl(url, "infra/gw")).pathname
    expect(path).toMatch(new RegExp(`^/${sha256}/aW5mcmEvZ3c/[0-9a-f]{64}\\.wasm$`))
    expect(moduleOfPath(path, key)).toEqual({ sha256, proxyKey: "infra/gw" })
    const bad = [
      ["another key", path, other],
      ["a letter changed", path.replace(/.\.wasm$/, (end) => (end[0] === "0" ? "1.wasm" : "0.wasm")), key],
      ["another module", path.replace(sha256, sha256Hex("another")), key],
      ["what is of no proxy", new URL(url).pathname, key],
      ["no token", `/${sha256}/.wasm`, key],
      ["a digest alone", `/${sha256}`, key],
      ["more", `${path}x`, key],
      ["a way out", "/../../../etc/passwd", key],
      ["nothing", "", key],
    ] as const
    for (const [what, text, with_] of bad) expect(moduleOfPath(text, with_), what).toBeUndefined()
  })
})

describe("moduleKey", () => {
  it("is made once for all processes, for this user alone, and again when damaged", async () => {
    await using folder = await temporaryDirectory()
    const path = join(folder.path, "deep", "key")
    const keys = await Promise.all([1, 2, 3, 4].map(() => moduleKey(path)))
    const texts = new Set(keys.map((key) => Buffer.from(key.reveal()).toString("hex")))
    expect(texts.size).toBe(1)
    expect([...texts][0]).toHaveLength(64)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await writeFile(path, "short")
    expect((await moduleKey(path)).reveal()).toHaveLength(32)
    await expect(moduleKey(join(path, "below"))).rejects.toThrow(expect.objectContaining({ code: "ATT_MODULE_STORE" }))
  })
})
