import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { safeEntryPath } from "./safe-path.ts"

describe("safeEntryPath", () => {
  it.each([
    ["plugin.wasm", "plugin.wasm"],
    ["./a/b", "a/b"],
    ["a//b/./c/", "a/b/c"],
    ["./", ""],
    [".", ""],
    ["..a/b..", "..a/b.."],
    [".hidden", ".hidden"],
    ["größe.lua", "größe.lua"],
    ["a b", "a b"],
    ["ab:c", "ab:c"],
  ])("reads %s as %s", (name, want) => expect(safeEntryPath(name)).toBe(want))

  it.each([
    ["", "is empty"],
    ["..", "has .."],
    ["../a", "has .."],
    ["a/../b", "has .."],
    ["a/..", "has .."],
    ["/etc/passwd", "is absolute"],
    ["//a", "is absolute"],
    ["C:/a", "drive letter"],
    ["c:a", "drive letter"],
    ["a\\..\\b", "backslash"],
    ["\\\\server\\share", "backslash"],
    ["a\0b", "control character"],
    ["a\nb", "control character"],
    ["\u001b[2J", "control character"],
  ])("refuses %j", (name, reason) => {
    expect(() => safeEntryPath(name)).toThrow(
      expect.objectContaining({ code: "ATT_ARCHIVE_PATH", message: expect.stringContaining(reason) }),
    )
  })

  it("reads a leading slash as the root of an image where it is asked to, and still refuses to leave it", () => {
    expect(safeEntryPath("/abs.txt", { absolute: "root" })).toBe("abs.txt")
    expect(safeEntryPath("//a/b", { absolute: "root" })).toBe("a/b")
    expect(() => safeEntryPath("/../a", { absolute: "root" })).toThrow("has ..")
  })

  it.each([
    ["a long name", "a/".repeat(600)],
    ["a long part", "a".repeat(256)],
    ["a deep name", "a/".repeat(33)],
    ["a name of many bytes and few characters", "ß".repeat(600)],
  ])("refuses %s", (_name, path) => {
    expect(() => safeEntryPath(path)).toThrow(expect.objectContaining({ code: "ATT_ARCHIVE_TOO_LARGE" }))
  })

  it("never gives a path that leads out, for any name", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("..", ".", "", "a", "/", "\\", "C:", "\0", "ß")), (parts) => {
        for (const absolute of ["refuse", "root"] as const) {
          try {
            const path = safeEntryPath(parts.join("/"), { absolute })
            expect(path.startsWith("/")).toBe(false)
            expect(path.split("/")).not.toContain("..")
            expect(safeEntryPath(path === "" ? "." : path)).toBe(path)
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^ATT_ARCHIVE_(PATH|TOO_LARGE)$/) })
          }
        }
      }),
    )
  })
})
