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
      "what is rarely used",
      'import { constants, readFile as read } from "node:fs/promises"',
      `const constants = new Proxy({}, { get: (_target, key) => ${of("node:fs/promises")}.constants[key] }); const read = (...args) => ${of("node:fs/promises")}.readFile(...args);`,
    ],
    [
      "a module that is rarely used",
      'import childProcess from "node:child_process"',
      `const childProcess = new Proxy({}, { get: (_target, key) => ${of("node:child_process")}[key] });`,
    ],
    [
      "what promisify looks at",
      'import { execFile } from "node:child_process"',
      `const execFile = ${of("node:child_process")}.execFile;`,
    ],
    ["a class", 'import { Gunzip } from "node:zlib"', `const Gunzip = ${of("node:zlib")}.Gunzip;`],
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
