import { describe, expect, it } from "vitest"
import { checkFloors, checkLines, type FloorRules, formatViolation } from "./check-floors.ts"
import type { Manifest, SourceFile, Workspace } from "./workspace.ts"

const rules: FloorRules = {
  floors: { base: 0, api: 1, left: 2, right: 2, top: 3 },
  standalone: ["guest"],
  owners: { yaml: ["api"], unused: ["api"] },
  fences: [
    { inside: "packages/left/src/plan", not: ["packages/left/src/emit", "@attache/api"], because: "the plan is data" },
  ],
  lines: { source: 3, test: 5 },
}

const manifest = (folder: string, ...dependencies: string[]): Manifest => ({
  name: `@attache/${folder}`,
  version: "1.0.0",
  exports: { ".": "./src/index.ts", "./gen/*": "./gen/*.ts" },
  dependencies: Object.fromEntries(dependencies.map((name) => [name, "1.0.0"])),
})

function workspaceOf(...files: SourceFile[]): Workspace {
  const packages = [
    manifest("base"),
    manifest("api", "@attache/base", "yaml"),
    manifest("left", "@attache/base", "@attache/api", "yaml"),
    manifest("right", "@attache/base"),
    manifest("top", "@attache/left"),
    manifest("guest"),
  ]
  return {
    root: { name: "root", version: "1.0.0", devDependencies: { vitest: "1.0.0" } },
    packages: packages.map((each) => ({ folder: each.name.slice("@attache/".length), manifest: each })),
    files,
  }
}

function violations(path: string, ...specifiers: string[]): readonly string[] {
  const text = specifiers.map((specifier) => `import "${specifier}"\n`).join("")
  return checkFloors(workspaceOf({ path, text }), rules).map(formatViolation)
}

describe("floors", () => {
  it.each<[string, string, string, string | undefined]>([
    ["a lower floor", "packages/left/src/a.ts", "@attache/api", undefined],
    ["a declared door", "packages/left/src/a.ts", "@attache/api/gen/http", undefined],
    ["Node", "packages/base/src/a.ts", "node:fs", undefined],
    ["its own files", "packages/left/src/plan/a.ts", "../index.ts", undefined],
    ["an owned package", "packages/api/src/a.ts", "yaml", undefined],
    ["a file of an owned package", "packages/api/src/a.ts", "yaml/parse", undefined],
    ["test packages in tests", "packages/base/src/a.test.ts", "vitest", undefined],
    ["neighbours in end-to-end tests", "packages/left/src/a.e2e.ts", "@attache/right", undefined],
    ["anything from root folders", "e2e/a.e2e.ts", "@attache/top", undefined],
    ["sideways", "packages/left/src/a.ts", "@attache/right", "left is on floor 2 and imports right on floor 2"],
    ["sideways in a unit test", "packages/left/src/a.test.ts", "@attache/right", "only lower floors"],
    ["upwards", "packages/base/src/a.ts", "@attache/api", "base is on floor 0 and imports api on floor 1"],
    ["itself by name", "packages/left/src/a.ts", "@attache/left", "its own package by name"],
    ["the standalone one", "packages/top/src/a.ts", "@attache/guest", "one stands alone"],
    ["a deep path", "packages/left/src/a.ts", "@attache/api/src/x.ts", "which @attache/api does not export"],
    ["a deep path from a root folder", "e2e/a.e2e.ts", "@attache/api/src/x.ts", "does not export"],
    ["another package by path", "packages/left/src/a.ts", "../../api/src/x.ts", "leaves its package by path"],
    ["a package by path from a root folder", "e2e/a.ts", "../packages/api/src/x.ts", "reaches into a package by path"],
    ["an unknown package of ours", "packages/top/src/a.ts", "@attache/nothing", "no package of this workspace"],
    ["an undeclared package of ours", "packages/top/src/a.ts", "@attache/base", "does not depend on"],
    ["somebody else's third party", "packages/left/src/a.ts", "yaml", "which only api may import"],
    ["an undeclared third party", "packages/api/src/a.ts", "unused", "packages/api/package.json does not depend on"],
    ["a third party nobody owns", "packages/api/src/a.ts", "@x/left-pad", "imports @x/left-pad, which nobody"],
    ["an undeclared third party in a test", "packages/api/src/a.test.ts", "left-pad", "no package.json declares"],
    ["a builtin without prefix", "packages/base/src/a.ts", "fs", "without node:"],
    [
      "a fenced folder",
      "packages/left/src/plan/a.ts",
      "../emit/b.ts",
      "inside packages/left/src/plan: the plan is data",
    ],
    ["a fenced package", "packages/left/src/plan/a.ts", "@attache/api/gen/http", "the plan is data"],
  ])("judge %s", (_name, path, specifier, want) => {
    const found = violations(path, specifier)
    if (want === undefined) expect(found).toEqual([])
    else expect(found.join("\n")).toContain(want)
  })

  it("name file and line", () => {
    expect(violations("packages/base/src/a.ts", "node:fs", "path")).toEqual([
      "packages/base/src/a.ts:2: imports path without node:",
    ])
  })

  it("know every package", () => {
    const workspace = { ...workspaceOf(), packages: [{ folder: "attic", manifest: manifest("attic") }] }
    expect(checkFloors(workspace, rules).map(formatViolation)).toEqual(["packages/attic: has no floor in floors.json"])
  })
})

describe("lines", () => {
  it.each([
    ["packages/base/src/a.ts", 3, undefined],
    ["packages/base/src/a.ts", 4, "packages/base/src/a.ts: 4 lines, more than 3: split it"],
    ["packages/base/src/a.test.ts", 5, undefined],
    ["packages/base/src/a.test.ts", 6, "packages/base/src/a.test.ts: 6 lines, more than 5: split it"],
  ])("of %s, %d of them", (path, count, want) => {
    const found = checkLines(workspaceOf({ path, text: "x\n".repeat(count) }), rules).map(formatViolation)
    expect(found).toEqual(want === undefined ? [] : [want])
  })
})
