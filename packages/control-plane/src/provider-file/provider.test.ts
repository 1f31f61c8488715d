import { appendFileSync, statSync, truncateSync } from "node:fs"
import { open, rm, truncate, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { loadLines } from "../../test/line-loader.ts"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import type { LastGood } from "./last-good-reading.ts"
import { createFileProvider } from "./provider.ts"
import { maxFileBytes } from "./resource-files.ts"

const values = (upserts: readonly { readonly value: string }[]) => upserts.map(({ value }) => value)

describe("createFileProvider", () => {
  it("reads what is there, then only what changed", async () => {
    await using folder = await temporaryDirectory()
    const at = (name: string) => join(folder.path, name)
    let loads = 0
    const provider = createFileProvider<string>([folder.path], (...args) => {
      loads++
      return loadLines(...args)
    })
    expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
    await writeFile(at("1.yaml"), "a=1\nb=1")
    await writeFile(at("2.yaml"), "c=1")
    expect(values(provider.refresh().upserts)).toEqual(["1", "1", "1"])
    expect(loads).toBe(2)
    const view = provider.view()
    expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
    expect(provider.view()).toBe(view)
    expect(loads).toBe(2)

    await writeFile(at("1.yaml"), "a=2")
    await rm(at("2.yaml"))
    const { upserts, removes } = provider.refresh()
    expect({ upserts, removes: [...removes].sort() }).toEqual({
      upserts: [{ key: "a", value: "2" }],
      removes: ["b", "c"],
    })
    expect(loads).toBe(3)
  })

  it("sees a change of equal size and equal time of modification", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    const provider = createFileProvider<string>([file], loadLines)
    const write = async (text: string) => {
      await writeFile(file, text)
      await utimes(file, 1_000, 1_000)
    }
    await write("a=1")
    provider.refresh()
    for (let i = 2; i < 10; i++) {
      await write(`a=${i}`)
      expect(values(provider.refresh().upserts)).toEqual([String(i)])
    }
  })

  it("keeps the last good objects of a broken file and says so once", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    const provider = createFileProvider<string>([file], loadLines)
    await writeFile(file, "a=1")
    provider.refresh()
    await writeFile(file, "broken")
    expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
    expect(provider.view()).toMatchObject({ staleFiles: [file], findings: [{ message: "broken" }] })
    await truncate(file, maxFileBytes + 1)
    expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
    expect(provider.view()).toMatchObject({ staleFiles: [file], findings: [{ code: "ATT_FILE_TOO_LARGE", file }] })
    const view = provider.view()
    provider.refresh()
    expect(provider.view(), "the same trouble is no news").toBe(view)
    await writeFile(file, "a=1")
    expect(provider.refresh().upserts).toHaveLength(0)
    expect(provider.view()).toMatchObject({ staleFiles: [], findings: [] })
  })

  it("does not take a file that was just cut to nothing for one that is to be empty", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    let later = 0
    const now = (): number => statSync(file).ctimeMs + later
    const provider = createFileProvider<string>([file], loadLines, { now })
    await writeFile(file, "a=1")
    provider.refresh()
    await truncate(file)
    later = 100
    expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
    later = 500
    expect([...provider.refresh().removes]).toEqual(["a"])
    await writeFile(file, "a=2")
    expect(values(provider.refresh().upserts)).toEqual(["2"])
  })

  it("does not take a file for empty that is cut to nothing while it is looked at", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    let meanwhile = (): void => {}
    const now = (): number => {
      const time = Date.now()
      meanwhile()
      return time
    }
    const provider = createFileProvider<string>([file], loadLines, { now })
    await writeFile(file, "a=1\nb=1")
    provider.refresh()
    meanwhile = () => {
      meanwhile = () => {}
      // Later than the time that was told, also by the coarse clock of a file system.
      const end = Date.now() + 20
      while (Date.now() < end);
      truncateSync(file)
    }
    expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
    await writeFile(file, "a=2\nb=1")
    expect(values(provider.refresh().upserts)).toEqual(["2"])
  })

  it("does not take a part of a file whose writer finished while it was looked at", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    let calls = 0
    let meanwhile = (_call: number): void => {}
    const now = (): number => {
      meanwhile(++calls)
      return Date.now()
    }
    const provider = createFileProvider<string>([file], loadLines, { now })
    await writeFile(file, "a=1\nb=1")
    provider.refresh()
    await writeFile(file, "a=2\n")
    // The first time is told before the file is read, the second after that.
    calls = 0
    meanwhile = (call) => call === 2 && appendFileSync(file, "b=2")
    expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
    expect(calls).toBeGreaterThan(1)
    meanwhile = () => {}
    expect(values(provider.refresh().upserts)).toEqual(["2", "2"])
  })

  it("looks again at a file that was cut to nothing, although nothing happens to it any more", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    await writeFile(file, "a=1")
    const provider = createFileProvider<string>([file], loadLines)
    provider.refresh()
    const removes: string[] = []
    const gone = Promise.withResolvers<void>()
    const stop = provider.watch(() => {
      removes.push(...provider.refresh().removes)
      if (removes.length > 0) gone.resolve()
    })
    await truncate(file)
    await gone.promise
    await stop()
    expect(removes).toEqual(["a"])
  })

  it.runIf(process.platform === "linux")("takes a file that is shorter when its writer has closed it", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    let later = 0
    const now = (): number => statSync(file).ctimeMs + later
    const provider = createFileProvider<string>([file], loadLines, { now })
    const inForce = () => [...provider.view().objects.keys()]
    await writeFile(file, "a=1\nb=1")
    provider.refresh()
    for (const pause of [0, 1_000]) {
      later = pause
      await using writer = await open(file, "w")
      await writer.write("a=2\n")
      expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
      await writer.write("c=1")
      expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
      expect(inForce()).toEqual(["a", "b"])
    }
    provider.refresh()
    expect(inForce()).toEqual(["a", "c"])
    await using _reader = await open(file, "r")
    await writeFile(file, "a=3")
    expect([...provider.refresh().removes]).toEqual(["c"])
    // Somebody who never closes it keeps nobody waiting for ever.
    await using keeper = await open(file, "w")
    await keeper.write("")
    expect(provider.refresh()).toEqual({ upserts: [], removes: [] })
    later = 10_000
    expect([...provider.refresh().removes]).toEqual(["a"])
  })

  it.runIf(process.platform === "linux")("looks at a file again until its writer has closed it", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    await writeFile(file, "a=1\nb=1\nc=1")
    const provider = createFileProvider<string>([file], loadLines)
    provider.refresh()
    const removes: string[] = []
    let looks = 0
    const gone = Promise.withResolvers<void>()
    const writer = await open(file, "w")
    const stop = provider.watch(() => {
      removes.push(...provider.refresh().removes)
      looks++
      // A file that is closed causes no event.
      if (looks === 5) void writer.close()
      if (removes.length > 0) gone.resolve()
    })
    await writer.write("a=1\nc=1")
    await gone.promise
    await stop()
    expect(removes).toEqual(["b"])
    expect(looks).toBeGreaterThan(5)
  })

  it("tells the loader what is in force", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    const seen: (string | undefined)[] = []
    const provider = createFileProvider<string>([file], (text, path, previous) => {
      seen.push(previous("a"))
      return loadLines(text, path, previous)
    })
    for (const text of ["a=1", "a=2", "broken", "a=3"]) {
      await writeFile(file, text)
      provider.refresh()
    }
    expect(seen).toEqual([undefined, "1", "2", "2"])
  })

  it("lets others work between two files, and puts nothing in force before the last", async () => {
    await using folder = await temporaryDirectory()
    for (const name of ["1", "2", "3"]) await writeFile(join(folder.path, `${name}.yaml`), `${name}=1`)
    const provider = createFileProvider<string>([folder.path], loadLines)
    const steps = provider.refreshInSteps()
    let count = 0
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      count++
      expect(provider.view().objects.size).toBe(0)
    }
    expect(count).toBe(3)
    expect(provider.view().objects.size).toBe(3)
  })

  it("leaves out files beyond the limit and says how many", async () => {
    await using folder = await temporaryDirectory()
    for (const name of ["1", "2", "3"]) await writeFile(join(folder.path, `${name}.yaml`), `${name}=1`)
    const provider = createFileProvider<string>([folder.path], loadLines, { limitFiles: 2 })
    provider.refresh()
    expect(provider.view().findings).toMatchObject([{ code: "ATT_FILE_TOO_MANY", severity: "error" }])
    expect([...provider.view().objects.keys()]).toEqual(["1", "2"])
    await rm(join(folder.path, "1.yaml"))
    provider.refresh()
    expect(provider.view().findings).toEqual([])
    expect([...provider.view().objects.keys()]).toEqual(["2", "3"])
  })
})

describe("last good inputs", () => {
  function memory() {
    const kept = new Map<string, string>()
    const lastGood: LastGood<string> = {
      read: (file) => {
        const text = kept.get(file)
        return text === undefined ? undefined : { text, savedAt: "yesterday" }
      },
      keep: (file, state) => {
        if (state === undefined) kept.delete(file)
        else kept.set(file, [...state.objects].map(([key, value]) => `${key}=${value}`).join("\n"))
      },
      forget: (isGone) => {
        for (const file of kept.keys()) if (isGone(file)) kept.delete(file)
      },
    }
    return { kept, lastGood }
  }

  it("go with a file that went while nobody looked, where others are there", async () => {
    await using folder = await temporaryDirectory()
    const [here, gone] = [join(folder.path, "1.yaml"), join(folder.path, "2.yaml")]
    const { kept, lastGood } = memory()
    for (const file of [gone, "/elsewhere/3.yaml"]) kept.set(file, "a=1")
    createFileProvider([folder.path], loadLines, { lastGood }).refresh()
    expect(kept.has(gone), "a folder that is empty may not be there yet").toBe(true)
    await writeFile(here, "b=1")
    createFileProvider([folder.path], loadLines, { lastGood }).refresh()
    expect([...kept.keys()].sort()).toEqual(["/elsewhere/3.yaml", here])
  })

  it("stand in for a file that is broken at the first look, and give way when it is good", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    const { kept, lastGood } = memory()
    await writeFile(file, "a=1\nb=1")
    createFileProvider([file], loadLines, { lastGood }).refresh()
    expect(kept.get(file)).toBe("a=1\nb=1")

    await writeFile(file, "broken")
    const provider = createFileProvider([file], loadLines, { lastGood })
    expect(values(provider.refresh().upserts)).toEqual(["1", "1"])
    expect(provider.view().staleFiles).toEqual([file])
    expect(provider.view().findings.map(({ code }) => code)).toEqual(["X", "ATT_FILE_LAST_GOOD"])
    expect(kept.get(file), "a broken file is not kept").toBe("a=1\nb=1")

    await writeFile(file, "a=2")
    expect(provider.refresh()).toEqual({ upserts: [{ key: "a", value: "2" }], removes: ["b"] })
    expect(kept.get(file)).toBe("a=2")
  })

  it("stand in for single objects", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    const { kept, lastGood } = memory()
    kept.set(file, "a=1\nb=1")
    await writeFile(file, "a=2\nb!")
    const provider = createFileProvider([file], loadLines, { lastGood })
    provider.refresh()
    expect(Object.fromEntries(provider.view().objects)).toEqual({ a: "2", b: "1" })
    expect(provider.view().findings).toMatchObject([{ code: "ATT_FILE_LAST_GOOD" }])
  })

  it("are not asked for where nothing is broken, nothing was kept, or the kept text is of no use", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    const { kept, lastGood } = memory()
    for (const [past, text, want] of [
      ["a=1", "b=1", { b: "1" }],
      [undefined, "broken", {}],
      ["broken", "broken", {}],
      ["a=1", "c!", {}],
    ] as const) {
      kept.clear()
      if (past !== undefined) kept.set(file, past)
      await writeFile(file, text)
      const provider = createFileProvider([file], loadLines, { lastGood })
      provider.refresh()
      expect(Object.fromEntries(provider.view().objects)).toEqual(want)
      expect(provider.view().findings.map(({ code }) => code)).not.toContain("ATT_FILE_LAST_GOOD")
    }
  })

  it("are forgotten with the file", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "1.yaml")
    const { kept, lastGood } = memory()
    await writeFile(file, "a=1")
    const provider = createFileProvider([file], loadLines, { lastGood })
    provider.refresh()
    await rm(file)
    provider.refresh()
    expect(kept.size).toBe(0)
  })
})
