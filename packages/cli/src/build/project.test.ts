import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { isAttacheError } from "@attache/base"
import { afterAll, describe, expect, it } from "vitest"
import { findProject, type Language } from "./project.ts"

const root = mkdtempSync(join(tmpdir(), "attache-project-"))
afterAll(() => rmSync(root, { recursive: true }))

let folders = 0
/** A folder with empty files. */
function folderWith(...files: readonly string[]): string {
  const folder = join(root, `guest-${folders++}`)
  mkdirSync(folder)
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), "")
  }
  return folder
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return isAttacheError(error) ? `${error.code} ${error.message} ${error.hint}` : String(error)
  }
  return "no error"
}

describe("findProject", () => {
  it.each<[Language, readonly string[], string | undefined]>([
    ["assemblyscript", ["asconfig.json", "package.json"], undefined],
    ["assemblyscript", ["assembly/index.ts"], undefined],
    ["rust", ["Cargo.toml", "src/lib.rs"], undefined],
    ["go", ["go.mod", "main.go"], undefined],
    ["c", ["filter.c", "filter.h"], "filter.c"],
    ["text", ["filter.wat"], "filter.wat"],
  ])("takes a folder for %s because of %j", (language, files, file) => {
    const folder = folderWith(...files)
    const name = file === undefined ? basename(folder) : "filter"
    expect(findProject(folder)).toEqual({
      language,
      folder,
      name,
      out: join(folder, "dist", `${name}.wasm`),
      ...(file === undefined ? {} : { file: join(folder, file) }),
    })
  })

  it("takes the entry of an AssemblyScript project for its folder", () => {
    const folder = folderWith("assembly/index.ts")
    expect(findProject(join(folder, "assembly", "index.ts"))).toEqual(findProject(folder))
  })

  it.each([
    ["a.wat", "text"],
    ["b.c", "c"],
    ["Cargo.toml", "rust"],
  ])("takes the file %s, whatever else is there", (file, language) => {
    const folder = folderWith("a.wat", "b.c", "b2.c", "Cargo.toml")
    expect(findProject(join(folder, file)).language).toBe(language)
  })

  it("takes the place of the result as it is given", () => {
    expect(findProject(folderWith("go.mod"), undefined, "/elsewhere/x.wasm").out).toBe("/elsewhere/x.wasm")
  })

  it("asks which of several", () => {
    const mixed = folderWith("Cargo.toml", "go.mod")
    expect(codeOf(() => findProject(mixed))).toMatch(/^ATT_BUILD_SEVERAL .*rust and go --language rust|--language go/)
    expect(findProject(mixed, "go").language).toBe("go")
    const sources = folderWith("a.wat", "b.wat")
    expect(codeOf(() => findProject(sources))).toMatch(/^ATT_BUILD_SEVERAL .*several \.wat files name one of them/)
  })

  it.each([
    ["an empty folder", () => findProject(folderWith())],
    ["a folder that is not there", () => findProject(join(root, "absent"))],
    ["a file of no known kind", () => findProject(join(folderWith("a.py"), "a.py"))],
    ["a language whose sign is missing", () => findProject(folderWith("go.mod"), "rust")],
  ])("refuses %s", (_what, find) => {
    expect(codeOf(find)).toMatch(/^ATT_BUILD_NOTHING .*Cargo\.toml/)
  })
})
