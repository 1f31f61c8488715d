import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { createEagerClock } from "../../test/eager-clock.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { withFileLock } from "./file-lock.ts"

const nobody = 2 ** 22 + 1

describe("withFileLock", () => {
  it("lets one in after the other, and goes on after a failure", async () => {
    const path = join(tempFolder(), "lock")
    let inside = 0
    const order: number[] = []
    const enter = (i: number) =>
      withFileLock(path, async () => {
        expect([++inside, existsSync(path)]).toEqual([1, true])
        await new Promise((resolve) => setImmediate(resolve))
        order.push(i)
        inside--
        if (i === 2) throw new Error("broken")
        return i
      })
    const results = await Promise.allSettled([1, 2, 3, 4].map(enter))
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"])
    expect([order, existsSync(path)]).toEqual([[1, 2, 3, 4], false])
  })

  it("waits for a living owner no longer than it may", async () => {
    const path = join(tempFolder(), "lock")
    const owner = `${hostname()} ${process.pid} x`
    writeFileSync(path, owner)
    const clock = createEagerClock(Date.now())
    await expect(withFileLock(path, async () => "in", { clock, staleMs: 1e9 })).rejects.toThrow(
      expect.objectContaining({ code: "ATT_OCI_LAYOUT_LOCKED", retry: "later" }),
    )
    expect(readFileSync(path, "utf8")).toBe(owner)
    const stop = new AbortController()
    const waiting = withFileLock(path, async () => "in", { signal: stop.signal })
    setImmediate(() => stop.abort(new Error("enough")))
    await expect(waiting).rejects.toThrow("enough")
  })

  it.each([
    ["a dead owner", `${hostname()} ${nobody} x`, 0],
    ["an old one of another machine", "elsewhere 1 x", 60_000],
    ["an old one without a name", "", 60_000],
  ])("takes over from %s", async (_name, owner, ageMs) => {
    const path = join(tempFolder(), "lock")
    writeFileSync(path, owner)
    const made = (Date.now() - ageMs) / 1000
    utimesSync(path, made, made)
    expect(await withFileLock(path, async () => "in")).toBe("in")
    expect(existsSync(path)).toBe(false)
  })

  it("does not take over from another machine's young one", async () => {
    const path = join(tempFolder(), "lock")
    writeFileSync(path, `elsewhere ${nobody} x`)
    await expect(withFileLock(path, async () => "in", { waitMs: 5 })).rejects.toThrow(/held by process .* on elsewhere/)
  })

  it("leaves alone the lock of who took over", async () => {
    const path = join(tempFolder(), "lock")
    await withFileLock(path, async () => writeFileSync(path, "another"))
    expect(readFileSync(path, "utf8")).toBe("another")
  })
})
