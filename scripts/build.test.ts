import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type BuildPaths, buildCommand, isFresh } from "./build.ts"

vi.setConfig({ testTimeout: 60_000 })

let root = ""
const paths = (): BuildPaths => ({ root, entry: "packages/cli/src/main.ts", out: "packages/cli/dist" })

function put(path: string, text: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function output(): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, "packages/cli/dist/main.js")], {
    encoding: "utf8",
  })
  return stdout + stderr
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "attache-build-"))
  put("package.json", '{"type":"module"}')
  put("packages/cli/src/main.ts", 'const { word } = await import("../../lib/src/word.ts")\nconsole.log(word)\n')
  put("packages/lib/src/word.txt", "beside the source")
  put(
    "packages/lib/src/word.ts",
    `import { readFileSync } from "node:fs"
import { join } from "node:path"
import { kind } from "../../../legacy.cjs"
const read: (path: string | URL) => string = (path) => readFileSync(path, "utf8")
const beside = new URL("word.txt", import.meta.url)
export const word: string = [kind, read(beside), read(join(import.meta.dirname, "word.txt"))].join(", ")
if (import.meta.main) console.log("never")
`,
  )
  put("legacy.cjs", 'exports.kind = typeof require("node:os").EOL')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe("the bundle of the command", () => {
  it("runs, finds files beside the sources, and holds CommonJS packages", async () => {
    expect(await buildCommand(paths())).toContain("main.js")
    expect(output()).toBe("string, beside the source, beside the source\n")
  })

  it("is fresh until an input or an output changes", async () => {
    expect(isFresh(paths())).toBe(false)
    await buildCommand(paths())
    expect(isFresh(paths())).toBe(true)
    put("packages/lib/src/word.ts", 'export const word = "new"')
    expect(isFresh(paths())).toBe(false)
    await buildCommand(paths())
    expect([isFresh(paths()), output()]).toEqual([true, "new\n"])
    rmSync(join(root, "packages/cli/dist/main.js"))
    expect(isFresh(paths())).toBe(false)
  })

  it("keeps chunks that a running command may load, and drops those of the day before yesterday", async () => {
    put("packages/cli/dist/young.js", "")
    put("packages/cli/dist/old.js", "")
    utimesSync(join(root, "packages/cli/dist/old.js"), 0, 0)
    await buildCommand(paths())
    const exists = (name: string) => existsSync(join(root, "packages/cli/dist", name))
    expect([exists("young.js"), exists("old.js")]).toEqual([true, false])
  })

  it("says what is wrong and leaves the last build alone", async () => {
    await buildCommand(paths())
    put("packages/cli/src/main.ts", 'import "./absent.ts"')
    await expect(buildCommand(paths())).rejects.toThrow("absent.ts")
    expect(output()).toContain("beside the source")
  })
})
