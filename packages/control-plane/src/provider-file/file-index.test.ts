import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { changesBetween, viewFiles } from "../../test/plain-view.ts"
import { emptyFileIndex, type FileIndex, withFiles } from "./file-index.ts"
import { emptyFileSet, type FileReading, type FileSet, withReadings } from "./file-set.ts"

const readings = fc.array(
  fc.tuple(
    fc.constantFrom("/1", "/2", "/3"),
    fc.option(
      fc.record({
        isReadable: fc.boolean(),
        objects: fc.array(
          fc.record({
            key: fc.constantFrom("a", "b", "c", "d"),
            value: fc.constantFrom("1", "2", "3"),
            isValid: fc.boolean(),
            line: fc.nat(9),
          }),
          { maxLength: 4 },
        ),
        findings: fc.constantFrom([], [{ code: "X", severity: "error", message: "broken" }] as const),
      }),
      { nil: undefined },
    ),
  ),
  { maxLength: 12 },
)

describe("an index of files", () => {
  it("shows what all files together show, and tells of the objects that changed", () => {
    fc.assert(
      fc.property(readings, (list) => {
        let set: FileSet<string> = emptyFileSet
        let index: FileIndex<string> = emptyFileIndex
        for (const [file, reading] of list) {
          set = withReadings(set, new Map([[file, reading as FileReading<string> | undefined]]))
          const before = viewFiles(index.set)
          const next = withFiles(index, set)
          index = next.index
          const { objects, ...trouble } = viewFiles(set)
          const { objects: shown, ...shownTrouble } = index.view
          expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(objects))
          expect(shownTrouble).toEqual(trouble)
          const want = changesBetween(before, viewFiles(set))
          const byKey = (a: { readonly key: string }, b: { readonly key: string }) => (a.key < b.key ? -1 : 1)
          expect([...next.changes.upserts].sort(byKey)).toEqual([...want.upserts].sort(byKey))
          expect([...next.changes.removes].sort()).toEqual([...want.removes].sort())
        }
      }),
    )
  })
})
