import { spawnSync } from "node:child_process"
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
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

/** What the bundle prints. It begins as the command does: with Node's compile cache, which is in `compiled`. */
function output(verb = "say", ...options: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, "bin.mjs"), verb, ...options], {
    encoding: "utf8",
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, "compiled") },
  })
  return stdout + stderr
}

/** What V8 compiled for a verb, by the path of its file. */
function compiledFor(verb: string): readonly string[] {
  return globSync(`compiled/*/attache-*-${verb}`, { cwd: root }).map((path) => join(root, path))
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "attache-build-"))
  put("package.json", '{"type":"module"}')
  put(
    "packages/cli/src/main.ts",
    'export const finished = import("../../lib/src/word.ts").then(({ word }) => console.log(word))',
  )
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
  put(
    "bin.mjs",
    'process.getBuiltinModule("node:module").enableCompileCache(); await import("./packages/cli/dist/main.js")',
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

  it("keeps what V8 compiled for each verb, and makes it anew when V8 refuses it", async () => {
    await buildCommand(paths())
    const said = output()
    const kept = compiledFor("say")
    const contents = () => kept.map((path) => readFileSync(path))
    expect(kept.length).toBeGreaterThan(1)
    const before = contents()
    expect([output(), contents(), compiledFor("see")]).toEqual([said, before, []])
    output("see")
    expect(compiledFor("see")).toHaveLength(kept.length)
    for (const path of kept) truncateSync(path, statSync(path).size / 2)
    expect(output()).toBe(said)
    for (const path of kept) expect(statSync(path).size).toBeGreaterThan(1000)
  })

  it("learns a verb neither from its help nor from a wrong call of it", async () => {
    put("packages/cli/src/main.ts", "export const finished = Promise.resolve().then(() => void (process.exitCode = 2))")
    await buildCommand(paths())
    output()
    put("packages/cli/src/main.ts", "export const finished = Promise.resolve()")
    await buildCommand(paths())
    output("say", "--help")
    expect([compiledFor("say"), compiledFor("help").length]).toEqual([[], 1])
  })

  it.each(["../../x", "UPPER", "a.b"])("takes %s for no name of a file", async (verb) => {
    await buildCommand(paths())
    output(verb)
    expect(compiledFor("none")).not.toEqual([])
  })

  it("refuses what chunks cannot tell of themselves", async () => {
    put("packages/lib/src/word.ts", "export const word = import.meta.env")
    await expect(buildCommand(paths())).rejects.toThrow("import.meta")
  })
})
