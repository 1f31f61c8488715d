import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createOverlay } from "./overlay.ts"

const file = { kind: "file", size: 1, mode: 0o644 } as const
const folder = { kind: "folder", size: 0, mode: 0o755 } as const

/** What layers of paths leave; a path with `/` at its end is a folder. */
function laidOver(...layers: readonly (readonly string[])[]): readonly string[] {
  const overlay = createOverlay()
  for (const [index, layer] of layers.entries()) {
    if (index > 0) overlay.beginLayer()
    for (const path of layer) overlay.add(path.replace(/\/$/, ""), path.endsWith("/") ? folder : file)
  }
  return overlay.entries().map(([path, { kind }]) => (kind === "folder" ? `${path}/` : path))
}

describe("createOverlay", () => {
  it.each<[string, readonly (readonly string[])[], readonly string[]]>([
    ["adds up layers", [["a"], ["b/c"]], ["a", "b/", "b/c"]],
    ["replaces a file", [["a"], ["a"]], ["a"]],
    ["replaces a folder by a file", [["a/b", "a/c/d"], ["a"]], ["a"]],
    ["replaces a file by a folder", [["a"], ["a/b"]], ["a/", "a/b"]],
    ["removes a file", [["a", "b"], [".wh.a"]], ["b"]],
    ["removes a folder with what is in it", [["d/a", "d/e/b", "x"], [".wh.d"]], ["x"]],
    ["removes what is deeper", [["d/a", "d/b"], ["d/.wh.a"]], ["d/", "d/b"]],
    ["removes nothing of its own layer, whatever comes first", [["d/a"], ["d/b", ".wh.d"]], ["d/", "d/b"]],
    ["removes before it adds", [["d/a"], [".wh.d", "d/b"]], ["d/", "d/b"]],
    [
      "empties a folder",
      [
        ["d/a", "d/e/f"],
        ["d/.wh..wh..opq", "d/b"],
      ],
      ["d/", "d/b"],
    ],
    ["empties a folder after something was added", [["d/a"], ["d/b", "d/.wh..wh..opq"]], ["d/", "d/b"]],
    [
      "empties the root",
      [
        ["a", "b/c"],
        [".wh..wh..opq", "x"],
      ],
      ["x"],
    ],
    ["passes over marks of other kinds", [["a"], [".wh..wh.plnk", ".wh..wh.aufs"]], ["a"]],
    ["removes what is not there", [["a"], [".wh.b", "c/.wh.d"]], ["a"]],
    ["brings back what was removed", [["a"], [".wh.a"], ["a"]], ["a"]],
    ["takes a folder twice", [["d/", "d/"], ["d/"]], ["d/"]],
  ])("%s", (_name, layers, want) => expect(laidOver(...layers)).toEqual(want))

  it.each([
    ["a file twice", ["a", "a"]],
    ["a file where a folder is", ["a/b", "a"]],
    ["a folder where a file is", ["a", "a/b"]],
    ["a mark twice", [".wh.a", ".wh.a"]],
  ])("refuses %s in one layer", (_name, layer) => {
    expect(() => laidOver(["x"], layer)).toThrow(expect.objectContaining({ code: "ATT_ARCHIVE_DUPLICATE" }))
  })

  it("names what is gone, the deepest first", () => {
    const overlay = createOverlay()
    for (const path of ["d/e/f", "d/g"]) overlay.add(path, file)
    overlay.beginLayer()
    expect(overlay.add("d", file)).toEqual({ removed: ["d/e/f", "d/e", "d/g", "d"], isKept: true })
  })

  it("has every parent of what it has, and a layer's own paths whatever its order", () => {
    const name = fc.constantFrom("a", "b", ".wh.a", ".wh.b", ".wh..wh..opq")
    const path = fc
      .tuple(fc.array(fc.constantFrom("a", "b"), { maxLength: 3 }), name)
      .map(([up, last]) => [...up, last].join("/"))
    const layer = fc.uniqueArray(path, { maxLength: 6 })
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 3 }), (layers) => {
        const left = attempt(() => laidOver(...layers))
        const mirrored = attempt(() => laidOver(...layers.map((each) => each.toReversed())))
        expect(mirrored).toEqual(left)
        const paths = new Set(left?.map((each) => each.replace(/\/$/, "")))
        for (const each of paths)
          expect(each.includes("/") ? paths.has(each.slice(0, each.lastIndexOf("/"))) : true).toBe(true)
      }),
    )
  })
})

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
