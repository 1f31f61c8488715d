import { access, utimes, writeFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { withInstallLock } from "./install-lock.ts"

describe("withInstallLock", () => {
  it("lets one in at a time and tells the others to wait", async () => {
    await using temporary = await temporaryDirectory()
    const path = join(temporary.path, "lock")
    let inside = 0
    let most = 0
    let waits = 0
    const work = async () => {
      most = Math.max(most, ++inside)
      await writeFile(join(temporary.path, "x"), "")
      inside--
    }
    await Promise.all(Array.from({ length: 5 }, () => withInstallLock(path, work, { onWait: () => void waits++ })))
    expect(most).toBe(1)
    expect(waits).toBeGreaterThan(0)
    await expect(access(path)).rejects.toThrow("ENOENT")
  })

  it("is released after a failure", async () => {
    await using temporary = await temporaryDirectory()
    const path = join(temporary.path, "lock")
    await expect(withInstallLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no")
    expect(await withInstallLock(path, () => Promise.resolve(1))).toBe(1)
  })

  // The largest process id of Linux is 2^22, so this one never exists.
  it.each([
    ["of a process that is gone", `4194305 ${hostname()}\n`, undefined],
    ["that nobody touched for long", "1 elsewhere\n", new Date(0)],
  ])("takes over a lock %s", async (_name, text, touched) => {
    await using temporary = await temporaryDirectory()
    const path = join(temporary.path, "lock")
    await writeFile(path, text)
    if (touched !== undefined) await utimes(path, touched, touched)
    expect(await withInstallLock(path, () => Promise.resolve(1))).toBe(1)
  })

  it.each([
    ["a process that lives", `${process.pid} ${hostname()}\n`],
    ["another machine", "4194305 elsewhere\n"],
    ["somebody unknown", ""],
  ])("respects the lock of %s", async (_name, text) => {
    await using temporary = await temporaryDirectory()
    const path = join(temporary.path, "lock")
    await writeFile(path, text)
    const failed = withInstallLock(path, () => Promise.resolve(1), { waitMs: 0 })
    await expect(failed).rejects.toMatchObject({ code: "ATT_ENVOY_LOCKED", facts: { path } })
  })
})
