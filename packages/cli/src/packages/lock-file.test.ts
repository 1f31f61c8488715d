import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it, onTestFinished } from "vitest"
import { checkLockedModule, formatLock, lockWith, movedTag, noteInLock, openLock, parseLock } from "./lock-file.ts"

const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const reference = "registry.example/team/filter:1.0"
const one = { digest: digest("a"), modules: { any: digest("b") } }

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "attache-lock-"))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe("a lock", () => {
  it("reads what it writes, in one form whatever the order", () => {
    const hex = fc.stringMatching(/^[0-9a-f]{64}$/).map((text) => `sha256:${text}`)
    const entry = fc.record({ digest: hex, modules: fc.dictionary(fc.constantFrom("any", "linux/amd64", "x"), hex) })
    const names = fc.stringMatching(/^[a-z]{1,8}:[a-z0-9]{1,4}$/)
    fc.assert(
      fc.property(fc.dictionary(names, entry, { noNullPrototype: true }), (lock) => {
        const text = formatLock(lock)
        expect(parseLock(text)).toEqual(lock)
        expect(formatLock(Object.fromEntries(Object.entries(lock).reverse()))).toBe(text)
      }),
    )
  })

  it.each([
    ["", "Unexpected end"],
    ["[]", "no JSON object"],
    ['{"version":2,"packages":{}}', "version is not 1"],
    ['{"version":1,"packages":[]}', "packages is no object"],
    ['{"version":1,"packages":{"a:b":{"digest":"sha256:x","modules":{}}}}', 'packages["a:b"].digest is no digest'],
    [`{"version":1,"packages":{"a:b":{"digest":"${digest("a")}"}}}`, "has no digest and modules"],
    [`{"version":1,"packages":{"a:b":{"digest":"${digest("a")}","modules":{"any":1}}}}`, "modules is no digest"],
  ])("is refused as %s", (text, message) => {
    expect(() => parseLock(text)).toThrow(message)
    const lockFile = join(folder(), "l")
    writeFileSync(lockFile, text)
    expect(() => openLock({ lockFile })).toThrow(expect.objectContaining({ code: "ATT_LOCK_FILE" }))
  })

  it("joins modules of the same content and forgets those of other content", () => {
    const further = { digest: one.digest, modules: { "linux/amd64": digest("c") } }
    const both = lockWith(lockWith({}, reference, one), reference, further)
    expect(both[reference]?.modules).toEqual({ any: digest("b"), "linux/amd64": digest("c") })
    const moved = { digest: digest("d"), modules: { any: digest("e") } }
    expect(lockWith(both, reference, moved)).toEqual({ [reference]: moved })
  })

  it("shows a tag that has moved as an update", () => {
    const file = { path: "attache.lock", lock: { [reference]: one } }
    expect(movedTag(file, reference, one.digest)).toBeUndefined()
    expect(movedTag(file, "other:1", digest("f"))).toBeUndefined()
    expect(movedTag(file, "constructor", digest("f"))).toBeUndefined()
    expect(movedTag(file, reference, digest("f"))).toMatchObject({
      code: "ATT_LOCK_MOVED",
      severity: "error",
      file: "attache.lock",
      message: `update: ${reference} was ${digest("a")} and is ${digest("f")} now`,
    })
  })

  it("refuses another module in the same content", () => {
    const file = { path: "attache.lock", lock: { [reference]: one } }
    checkLockedModule(file, reference, one)
    checkLockedModule(file, reference, { ...one, modules: { "linux/arm64": digest("e") } })
    checkLockedModule(file, reference, { digest: digest("d"), modules: { any: digest("e") } })
    expect(() => checkLockedModule(file, reference, { ...one, modules: { any: digest("e") } })).toThrow(
      expect.objectContaining({ code: "ATT_LOCK_MODULE" }),
    )
  })

  it("is there when it is asked for, or lies there already", () => {
    const lockFile = join(folder(), "attache.lock")
    expect(openLock({})).toBeUndefined()
    expect(openLock({ lock: true })).toEqual({ path: "attache.lock", lock: {} })
    const fresh = openLock({ lockFile })
    expect(fresh).toEqual({ path: lockFile, lock: {} })
    if (fresh !== undefined) noteInLock(fresh, reference, one)
    expect(openLock({ lockFile })?.lock).toEqual({ [reference]: one })
    expect(readFileSync(lockFile, "utf8")).toBe(formatLock({ [reference]: one }))
  })

  it("keeps what others noted since it was read", () => {
    const path = join(folder(), "attache.lock")
    const [mine, theirs] = [openLock({ lockFile: path }), openLock({ lockFile: path })]
    for (const [file, name] of [
      [theirs, "b:1"],
      [mine, "a:1"],
    ] as const)
      if (file !== undefined) noteInLock(file, name, one)
    expect(openLock({ lockFile: path })?.lock).toEqual({ "a:1": one, "b:1": one })
  })

  it("says why it cannot be written", () => {
    const path = join(folder(), "absent", "attache.lock")
    expect(() => noteInLock({ path, lock: {} }, reference, one)).toThrow(
      expect.objectContaining({ code: "ATT_LOCK_FILE" }),
    )
  })
})
