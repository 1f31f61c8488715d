import { describe, expect, it } from "vitest"
import { withoutBuiltinImports } from "./builtin-imports.ts"

const of = (name: string): string => `globalThis.process.getBuiltinModule("${name}")`

describe("imports of Node's modules in the bundle", () => {
  it.each([
    ["a default", 'import fs from "node:fs"', `const fs = ${of("node:fs")};`],
    ["a namespace", "import * as path from 'node:path';", `const path = ${of("node:path")};`],
    [
      "names",
      'import { a, b as c } from "node:path"',
      `const a = ${of("node:path")}.a; const c = ${of("node:path")}.b;`,
    ],
    [
      "a default and names over lines",
      'import fs, {\n  type Stats,\n  statSync,\n} from "node:fs"',
      `const fs = ${of("node:fs")}; const statSync = ${of("node:fs")}.statSync;`,
    ],
    ["types", 'import type { Stats } from "node:fs"', 'import type { Stats } from "node:fs"'],
    ["nothing but types", 'import { type Stats } from "node:fs"', ""],
    ["a package", 'import { Command } from "commander"', 'import { Command } from "commander"'],
  ])("%s", (_what, text, expected) => {
    expect(withoutBuiltinImports(text)).toBe(expected)
  })

  it("load what is rarely used when it is used", () => {
    const loaded: string[] = []
    const getBuiltinModule = (name: string) => {
      loaded.push(name)
      return process.getBuiltinModule(name)
    }
    const run = (text: string): unknown =>
      new Function("globalThis", withoutBuiltinImports(text))({ process: { getBuiltinModule } })
    const imports = `import zlib, { constants, gzipSync as pack } from "node:zlib"
import { X509Certificate, createHash } from "node:crypto"
`
    expect([run(`${imports}return 1`), loaded]).toEqual([1, []])
    expect(run(`${imports}return createHash("sha256").update("").digest("hex").slice(0, 4)`)).toBe("e3b0")
    expect(loaded).toEqual(["node:crypto"])
    expect(run(`${imports}return [constants.Z_BEST_SPEED, zlib.gunzipSync(pack("a")).toString()]`)).toEqual([1, "a"])
    expect(loaded).toEqual(["node:crypto", "node:zlib"])
    expect(() => run(`${imports}return new X509Certificate("")`)).toThrow(/PEM|ASN/i)
    expect(run(`${imports}return {} instanceof X509Certificate`)).toBe(false)
  })

  it("leave a function to promisify, which looks at it", () => {
    const text = 'import { execFile } from "node:child_process"'
    expect(withoutBuiltinImports(text)).toMatch(/const execFile = __builtin0Of\(\)\.execFile;$/)
  })

  it("are those a file begins with, whatever is between them", () => {
    const header = '// why\n/* import x from "node:x" */\nimport "./effect.ts"\nimport { a } from "./a.ts"\n'
    const text = `import fs from "node:fs"\nconst page = \`\nimport os from "node:os"\n\``
    const expected = `const fs = ${of("node:fs")};\nconst page = \`\nimport os from "node:os"\n\``
    expect(withoutBuiltinImports(header + text)).toBe(header + expected)
  })

  it("never an import that is a call, or the metadata of the module", () => {
    const text = 'import fs from "node:fs"\nimport.meta.url\nawait import("node:os")\nimport os from "node:os"\n'
    expect(withoutBuiltinImports(text)).toContain('import os from "node:os"')
  })
})
