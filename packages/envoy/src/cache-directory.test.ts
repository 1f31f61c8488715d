import { chmod, mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { fallbackCacheDirectory, openWritableCache, preferredCacheDirectory } from "./cache-directory.ts"

describe("preferredCacheDirectory", () => {
  it.each([
    [{ ATTACHE_CACHE_DIR: "/a", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/a"],
    [{ ATTACHE_CACHE_DIR: "", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/attache"],
    [{ XDG_CACHE_HOME: "relative", HOME: "/h" }, "/h/.cache/attache"],
    [{ HOME: "/h" }, "/h/.cache/attache"],
  ])("%j", (env, want) => expect(preferredCacheDirectory(env)).toBe(want))
})

describe("openWritableCache", () => {
  it("makes the preferred directory", async () => {
    await using temporary = await temporaryDirectory()
    const directory = join(temporary.path, "deep", "cache")
    expect(await openWritableCache({ ATTACHE_CACHE_DIR: directory })).toEqual({ directory })
  })

  it("falls back to a private temporary directory with one line", async () => {
    await using temporary = await temporaryDirectory()
    const file = join(temporary.path, "file")
    await writeFile(file, "")
    const env = { HOME: file, TMPDIR: temporary.path }
    const directory = join(temporary.path, `attache-cache-${process.getuid?.()}`)
    expect(await openWritableCache(env)).toEqual({
      directory,
      note: `cache directory ${file}/.cache/attache cannot be written, using ${directory}`,
    })
  })

  it("refuses a temporary directory that others can write", async () => {
    await using temporary = await temporaryDirectory()
    const file = join(temporary.path, "file")
    await writeFile(file, "")
    const env = { HOME: file, TMPDIR: temporary.path }
    await mkdir(fallbackCacheDirectory(env))
    await chmod(fallbackCacheDirectory(env), 0o777)
    await expect(openWritableCache(env)).rejects.toMatchObject({ code: "ATT_ENVOY_CACHE_READ_ONLY" })
  })

  it("fails when nothing can be written", async () => {
    await using temporary = await temporaryDirectory()
    const file = join(temporary.path, "file")
    await writeFile(file, "")
    const failed = openWritableCache({ HOME: file, TMPDIR: file })
    await expect(failed).rejects.toMatchObject({
      code: "ATT_ENVOY_CACHE_READ_ONLY",
      hint: expect.stringContaining("ATTACHE_CACHE_DIR"),
    })
  })
})
