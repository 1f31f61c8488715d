import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { changesBetween, viewFiles } from "../../test/plain-view.ts"
import { afterReading, emptyFileSet, type FileReading, type FileSet, withReadings } from "./file-set.ts"

const readable = (
  ...objects: readonly (readonly [key: string, value: string, isValid?: boolean])[]
): FileReading<string> => ({
  isReadable: true,
  objects: objects.map(([key, value, isValid = true]) => ({ key, value, isValid })),
  findings: [],
})
const broken: FileReading<string> = {
  isReadable: false,
  objects: [],
  findings: [{ code: "X", severity: "error", message: "broken" }],
}
const after = (set: FileSet<string>, file: string, reading: FileReading<string> | undefined) =>
  withReadings(set, new Map([[file, reading]]))
const inForce = (set: FileSet<string>) => Object.fromEntries(viewFiles(set).objects)

const key = fc.constantFrom("a", "b", "c", "d")
const value = fc.constantFrom("1", "2", "3")
const objects = fc.uniqueArray(fc.tuple(key, value, fc.boolean()), { selector: ([k]) => k, maxLength: 4 })
const reading = fc.oneof(
  { weight: 4, arbitrary: objects.map((list) => readable(...list)) },
  { weight: 1, arbitrary: fc.constant(broken) },
  { weight: 1, arbitrary: fc.constant(undefined) },
)
const steps = fc.array(fc.tuple(fc.constantFrom("/1", "/2", "/3"), reading), { maxLength: 20 })

/** What a file has in force, from its own history alone, written down as plainly as can be. */
function expectedObjects(history: readonly (FileReading<string> | undefined)[]): Record<string, string> {
  let last: Record<string, string> = {}
  for (const each of history) {
    if (each === undefined) last = {}
    else if (each.isReadable) {
      const next: Record<string, string> = {}
      for (const { key: k, value: v, isValid } of each.objects) {
        const kept = isValid ? v : last[k]
        if (kept !== undefined) next[k] = kept
      }
      last = next
    }
  }
  return last
}

describe("withReadings", () => {
  it("gives each file what follows from its own history, in whatever order files are read", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const oneByOne = list.reduce((set, [file, each]) => after(set, file, each), emptyFileSet as FileSet<string>)
        const byFile = Map.groupBy(list, ([file]) => file)
        const reordered = [...byFile].reverse().flatMap(([, own]) => own)
        const other = reordered.reduce((set, [file, each]) => after(set, file, each), emptyFileSet as FileSet<string>)
        expect(viewFiles(other)).toEqual(viewFiles(oneByOne))
        for (const [file, own] of byFile) {
          const want = expectedObjects(own.map(([, each]) => each))
          expect(Object.fromEntries(oneByOne.files.get(file)?.objects ?? [])).toEqual(want)
        }
      }),
    )
  })

  it("never changes a set that was given away", () => {
    fc.assert(
      fc.property(steps, (list) => {
        let set: FileSet<string> = emptyFileSet
        for (const [file, each] of list) {
          const before = JSON.stringify([...viewFiles(set).objects])
          const next = after(set, file, each)
          expect(JSON.stringify([...viewFiles(set).objects])).toBe(before)
          set = next
        }
      }),
    )
  })

  it("is the same set when nothing was read", () => {
    const set = after(emptyFileSet, "/1", readable(["a", "1"]))
    expect(withReadings(set, new Map())).toBe(set)
  })
})

describe("afterReading", () => {
  const good = afterReading(undefined, "/f", readable(["a", "1"], ["b", "1"]))

  it.each([
    { name: "a broken file keeps everything", reading: broken, want: { a: "1", b: "1" }, isStale: true },
    {
      name: "an invalid object keeps its predecessor",
      reading: readable(["a", "2", false], ["b", "2"]),
      want: { a: "1", b: "2" },
      isStale: true,
    },
    {
      name: "an invalid object without predecessor is left out",
      reading: readable(["c", "2", false]),
      want: {},
      isStale: false,
    },
    { name: "an object that is no longer there goes", reading: readable(["b", "1"]), want: { b: "1" }, isStale: false },
    { name: "an empty file has no objects", reading: readable(), want: {}, isStale: false },
  ])("$name", ({ reading: each, want, isStale }) => {
    const state = afterReading(good, "/f", each)
    expect(Object.fromEntries(state.objects)).toEqual(want)
    expect(state.isStale).toBe(isStale)
  })

  it("says nothing is stale in a file that was never good", () => {
    const first = afterReading<string>(undefined, "/f", broken)
    expect(afterReading(first, "/f", broken).isStale).toBe(false)
  })

  it("takes the first of two objects with one key and names the second's line", () => {
    const twice: FileReading<string> = {
      isReadable: true,
      findings: [],
      objects: [
        { key: "a", value: "1", isValid: true, line: 1 },
        { key: "a", value: "2", isValid: true, line: 7 },
      ],
    }
    const { objects: found, findings } = afterReading(undefined, "/f", twice)
    expect(Object.fromEntries(found)).toEqual({ a: "1" })
    expect(findings).toMatchObject([{ code: "ATT_FILE_DUPLICATE_OBJECT", file: "/f", line: 7 }])
  })
})

describe("viewFiles", () => {
  it("takes an object of two files from the first by path, until that lets go of it", () => {
    let set = after(emptyFileSet as FileSet<string>, "/2", readable(["a", "second"], ["b", "1"]))
    set = after(set, "/1", readable(["a", "first"]))
    expect(inForce(set)).toEqual({ a: "first", b: "1" })
    expect(viewFiles(set).findings).toMatchObject([
      { code: "ATT_FILE_DUPLICATE_OBJECT", file: "/2", message: "a is also in /1, which is used" },
    ])
    set = after(set, "/1", undefined)
    expect(inForce(set)).toEqual({ a: "second", b: "1" })
    expect(viewFiles(set).findings).toEqual([])
  })

  it("lists stale files in order", () => {
    let set: FileSet<string> = emptyFileSet
    for (const file of ["/2", "/1", "/3"]) set = after(set, file, readable(["a", "1"]))
    for (const file of ["/2", "/1"]) set = after(set, file, broken)
    expect(viewFiles(set).staleFiles).toEqual(["/1", "/2"])
  })
})

describe("changesBetween", () => {
  it("leads from one view to the other", () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        const before = first.reduce((set, [file, each]) => after(set, file, each), emptyFileSet as FileSet<string>)
        const then = second.reduce((set, [file, each]) => after(set, file, each), before)
        const { upserts, removes } = changesBetween(viewFiles(before), viewFiles(then))
        const objects = new Map(viewFiles(before).objects)
        for (const gone of removes) expect(objects.delete(gone)).toBe(true)
        for (const { key: k, value: v } of upserts) objects.set(k, v)
        expect(new Map([...objects].sort())).toEqual(new Map([...viewFiles(then).objects].sort()))
      }),
    )
  })

  it("finds nothing between a view and itself", () => {
    const view = viewFiles(after(emptyFileSet as FileSet<string>, "/1", readable(["a", "1"])))
    expect(changesBetween(view, view)).toEqual({ upserts: [], removes: [] })
  })
})
