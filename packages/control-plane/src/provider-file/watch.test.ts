import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createManualClock } from "@attache/base"
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest"
import { loadLines } from "../../test/line-loader.ts"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { createFileProvider } from "./provider.ts"
import { watchResourcePaths } from "./watch.ts"

// A busy machine is no reason to fail.
const patience = { interval: 2, timeout: 15_000 }
vi.setConfig({ testTimeout: 30_000 })

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

/** A folder, and a provider that follows paths in it. */
async function setUp(
  paths: (at: (...names: string[]) => string) => readonly string[],
  prepare = (_at: (...names: string[]) => string) => {},
) {
  const folder = await temporaryDirectory()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  const at = (...names: string[]) => join(folder.path, ...names)
  prepare(at)
  const provider = createFileProvider<string>(paths(at), loadLines)
  let refreshes = 0
  provider.refresh()
  stops.push(
    provider.watch(() => {
      refreshes++
      provider.refresh()
    }),
  )
  // The first call comes without a cause.
  await expect.poll(() => refreshes, patience).toBeGreaterThan(0)
  const becomes = (want: Readonly<Record<string, string>>) =>
    expect.poll(() => Object.fromEntries(provider.view().objects), patience).toEqual(want)
  return { at, becomes, refreshes: () => refreshes }
}

describe("watching a folder", () => {
  const follow = () =>
    setUp(
      (at) => [at("conf")],
      (at) => mkdirSync(at("conf")),
    )

  it("sees files created, written in place, replaced by rename, and removed", async () => {
    const { at, becomes } = await follow()
    const file = at("conf", "r.yaml")
    writeFileSync(file, "a=1")
    await becomes({ a: "1" })
    writeFileSync(file, "a=2")
    await becomes({ a: "2" })
    for (const value of ["3", "4"]) {
      writeFileSync(at("conf", ".r.yaml.tmp"), `a=${value}`)
      renameSync(at("conf", ".r.yaml.tmp"), file)
      await becomes({ a: value })
    }
    writeFileSync(file, "a=5")
    await becomes({ a: "5" })
    renameSync(file, at("conf", "s.yaml"))
    await becomes({ a: "5" })
    writeFileSync(at("conf", "s.yaml"), "a=6")
    await becomes({ a: "6" })
    renameSync(at("conf", "s.yaml"), at("conf", "s.yaml~"))
    await becomes({})
  })

  it("sees a save as vim does it: move to a backup, write anew, remove the backup", async () => {
    const { at, becomes } = await follow()
    const file = at("conf", "r.yaml")
    writeFileSync(file, "a=1")
    await becomes({ a: "1" })
    renameSync(file, `${file}~`)
    writeFileSync(file, "a=2")
    rmSync(`${file}~`)
    await becomes({ a: "2" })
  })

  it("does not wake for hidden files, backups and other files", async () => {
    const { at, becomes, refreshes } = await follow()
    const before = refreshes()
    for (const name of [".r.yaml.swp", "r.yaml~", "notes.txt", "#r.yaml#", ".hidden.yaml"])
      writeFileSync(at("conf", name), "x")
    for (const name of ["other.yaml", "other"]) writeFileSync(at(name), "x")
    // Events come in order: when this one was seen, the others were too.
    writeFileSync(at("conf", "r.yaml"), "a=1")
    await becomes({ a: "1" })
    expect(refreshes() - before).toBeLessThanOrEqual(2)
  })

  it("sees the folder go and come back, and then files in it", async () => {
    const { at, becomes } = await follow()
    for (const round of ["1", "2", "3"]) {
      writeFileSync(at("conf", "r.yaml"), `a=${round}`)
      await becomes({ a: round })
      rmSync(at("conf"), { recursive: true })
      await becomes({})
      mkdirSync(at("conf"))
      writeFileSync(at("conf", "r.yaml"), `a=new${round}`)
      await becomes({ a: `new${round}` })
      writeFileSync(at("conf", "r.yaml"), `a=edited${round}`)
      await becomes({ a: `edited${round}` })
    }
  })

  it("sees the folder replaced by another of its name", async () => {
    const { at, becomes } = await follow()
    writeFileSync(at("conf", "r.yaml"), "a=1")
    await becomes({ a: "1" })
    mkdirSync(at("next"))
    writeFileSync(at("next", "r.yaml"), "a=2")
    renameSync(at("conf"), at("old"))
    renameSync(at("next"), at("conf"))
    await becomes({ a: "2" })
    writeFileSync(at("conf", "r.yaml"), "a=3")
    await becomes({ a: "3" })
  })

  it("settles after a burst and ends with the last state", async () => {
    const { at, becomes, refreshes } = await follow()
    const before = refreshes()
    const want: Record<string, string> = {}
    for (let i = 0; i < 300; i++) {
      for (const round of ["x", "y"]) writeFileSync(at("conf", `${i}.yaml`), `k${i}=${round}${i}`)
      want[`k${i}`] = `y${i}`
    }
    for (let i = 0; i < 300; i += 3) {
      rmSync(at("conf", `${i}.yaml`))
      delete want[`k${i}`]
    }
    await becomes(want)
    expect(refreshes() - before).toBeLessThan(50)
  })
})

describe("watching other paths", () => {
  it("sees a single file appear, with the folders on the way to it", async () => {
    const { at, becomes } = await setUp((a) => [a("one", "two", "r.yaml")])
    mkdirSync(at("one"))
    mkdirSync(at("one", "two"))
    writeFileSync(at("one", "two", "r.yaml"), "a=1")
    await becomes({ a: "1" })
    writeFileSync(at("one", "two", "r.yaml"), "a=2")
    await becomes({ a: "2" })
    rmSync(at("one"), { recursive: true })
    await becomes({})
    mkdirSync(at("one", "two"), { recursive: true })
    writeFileSync(at("one", "two", "r.yaml"), "a=3")
    await becomes({ a: "3" })
  })

  it("sees folders appear one by one, however they are timed", async () => {
    const { at, becomes } = await setUp((a) => [a("p", "q", "r", "s")])
    for (const names of [["p"], ["p", "q"], ["p", "q", "r"], ["p", "q", "r", "s"]]) {
      mkdirSync(at(...names))
      await new Promise((resolve) => setImmediate(resolve))
    }
    writeFileSync(at("p", "q", "r", "s", "x.yaml"), "a=1")
    await becomes({ a: "1" })
  })

  it("does not wake for neighbours of a single file", async () => {
    const { at, becomes, refreshes } = await setUp((a) => [a("r.yaml")])
    const before = refreshes()
    writeFileSync(at("q.yaml"), "b=1")
    writeFileSync(at("r.yaml"), "a=1")
    await becomes({ a: "1" })
    expect(refreshes() - before).toBeLessThanOrEqual(2)
  })

  it("sees the link swap of a mounted ConfigMap, again and again, and no old folder", async () => {
    const mount = (at: (...names: string[]) => string) => {
      mkdirSync(at("cm", "..v0"), { recursive: true })
      writeFileSync(at("cm", "..v0", "r.yaml"), "a=0")
      symlinkSync("..v0", at("cm", "..data"))
      symlinkSync("..data/r.yaml", at("cm", "r.yaml"))
    }
    for (const path of [["cm"], ["cm", "r.yaml"]]) {
      const { at, becomes } = await setUp((a) => [a(...path)], mount)
      await becomes({ a: "0" })
      for (const round of ["1", "2", "3"]) {
        const old = readlinkSync(at("cm", "..data"))
        mkdirSync(at("cm", `..v${round}`))
        writeFileSync(at("cm", `..v${round}`, "r.yaml"), `a=${round}`)
        symlinkSync(`..v${round}`, at("cm", "..data_tmp"))
        renameSync(at("cm", "..data_tmp"), at("cm", "..data"))
        rmSync(at("cm", old), { recursive: true })
        await becomes({ a: round })
      }
    }
  })

  it("sees writes to what a link leads to, and the switch of a link on the way", async () => {
    const { at, becomes } = await setUp(
      (a) => [a("current", "conf")],
      (a) => {
        for (const version of ["v1", "v2"]) {
          mkdirSync(a(version, "conf"), { recursive: true })
          mkdirSync(a(version, "real"), { recursive: true })
          writeFileSync(a(version, "real", "r"), `a=${version}`)
          symlinkSync("../real/r", a(version, "conf", "r.yaml"))
        }
        symlinkSync("v1", a("current"))
      },
    )
    await becomes({ a: "v1" })
    writeFileSync(at("v1", "real", "r"), "a=written")
    await becomes({ a: "written" })
    symlinkSync("v2", at("next"))
    renameSync(at("next"), at("current"))
    await becomes({ a: "v2" })
    writeFileSync(at("v2", "real", "r"), "a=again")
    await becomes({ a: "again" })
  })
})

describe("watchResourcePaths", () => {
  it("waits for the end of a burst, but not for ever, and is silent once stopped", async () => {
    await using folder = await temporaryDirectory()
    const clock = createManualClock()
    let calls = 0
    const stop = watchResourcePaths([folder.path], () => calls++, { clock })
    clock.advance(19)
    expect(calls).toBe(0)
    clock.advance(1)
    expect(calls).toBe(1)
    clock.advance(3_600_000)
    expect(calls, "nothing happens without a change").toBe(1)
    await stop()
    await stop()
    writeFileSync(join(folder.path, "a.yaml"), "")
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(3_600_000)
    expect(calls).toBe(1)
  })

  it("looks again and again where folders cannot be watched, and says so once for each", async () => {
    await using folder = await temporaryDirectory()
    const clock = createManualClock()
    const troubles: unknown[] = []
    let calls = 0
    const stop = watchResourcePaths([folder.path], () => calls++, {
      clock,
      onTrouble: (error) => troubles.push(error),
      openWatch: () => {
        throw Object.assign(new Error("no more watches"), { code: "ENOSPC" })
      },
    })
    clock.advance(20)
    const { length } = troubles
    expect(length).toBeGreaterThan(0)
    for (const looks of [2, 3, 4]) {
      clock.advance(2_020)
      expect(calls).toBe(looks)
    }
    expect(troubles).toHaveLength(length)
    await stop()
    clock.advance(60_000)
    expect(calls).toBe(4)
  })
})
