import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createOverlay } from "../archive/overlay.ts"
import { createWhiteouts } from "./whiteouts.ts"

describe("createWhiteouts", () => {
  it("hides what layers above removed, emptied or replaced, and nothing in its own layer", () => {
    const whiteouts = createWhiteouts()
    for (const path of ["a/.wh.b", "c/.wh..wh..opq", "d"]) whiteouts.note(path, "file")
    whiteouts.note("e", "folder")
    expect(whiteouts.hides("a/b")).toBe(false)
    whiteouts.goDown()
    expect(["a/b", "a/b/x", "c/x", "d", "d/x", "e"].map(whiteouts.hides)).toEqual(Array(6).fill(true))
    expect(["a/bb", "c", "e/x", "x"].map(whiteouts.hides)).toEqual(Array(4).fill(false))
  })

  it("finds from the top down what laying layers over each other leaves", () => {
    const name = fc.constantFrom("a", "b", ".wh.a", ".wh.b", ".wh..wh..opq")
    const path = fc
      .tuple(fc.array(fc.constantFrom("a", "b"), { maxLength: 2 }), name)
      .map(([folders, last]) => [...folders, last].join("/"))
    const layers = fc.array(fc.uniqueArray(path, { maxLength: 5 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(layers, (all) => {
        const overlay = createOverlay()
        try {
          for (const [index, layer] of all.entries()) {
            if (index > 0) overlay.beginLayer()
            for (const each of layer) overlay.add(each, { kind: "file", size: 0, mode: 0 })
          }
        } catch {
          return
        }
        const left = overlay.entries().filter(([, { kind }]) => kind === "file")
        const whiteouts = createWhiteouts()
        const found: (readonly [string, number])[] = []
        for (const [index, layer] of [...all.entries()].toReversed()) {
          for (const each of layer) {
            if (!each.includes(".wh.") && !whiteouts.hides(each)) found.push([each, index])
            whiteouts.note(each, "file")
          }
          whiteouts.goDown()
        }
        const wanted = left.map(([each, { layer }]) => `${each} ${layer}`)
        const actual = found.map((each) => each.join(" "))
        expect(actual.toSorted()).toEqual(wanted.toSorted())
      }),
    )
  })
})
