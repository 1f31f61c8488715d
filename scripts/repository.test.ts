// The repository as a whole: what no single package can promise.
import { existsSync, globSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { errorReference, errorReferencePath, readCodeTables } from "./error-reference.ts"
import { type Manifest, readWorkspace, repositoryRoot } from "./workspace.ts"

const workspace = readWorkspace()
const tables = await readCodeTables()
const textOf = (path: string): string => readFileSync(join(repositoryRoot, path), "utf8")

function allDependencies({ dependencies, devDependencies, optionalDependencies, peerDependencies }: Manifest) {
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies })
}

describe("versions", () => {
  const manifests = [workspace.root, ...workspace.packages.map(({ manifest }) => manifest)]

  it("are the same for all our packages, and where they ask for each other", () => {
    const { version } = workspace.root
    const odd = manifests.flatMap((manifest) => [
      ...(manifest.version === version ? [] : [`${manifest.name} is ${manifest.version}`]),
      ...allDependencies(manifest)
        .filter(([name, wanted]) => name.startsWith("@attache/") && wanted !== version)
        .map(([name, wanted]) => `${manifest.name} asks for ${name} ${wanted}`),
    ])
    expect(odd).toEqual([])
  })

  it("of third parties are exact, and the same wherever they are asked for", () => {
    // A peer is the user's own choice, so a range.
    const asked = manifests.flatMap(({ peerDependencies: _, ...manifest }) =>
      allDependencies(manifest).filter(([name]) => !name.startsWith("@attache/")),
    )
    expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
    const byName = Map.groupBy(asked, ([name]) => name)
    const torn = [...byName].filter(([, all]) => new Set(all.map(([, version]) => version)).size > 1)
    expect(torn).toEqual([])
  })

  it("of Node are the same everywhere", () => {
    expect(new Set(manifests.map(({ engines }) => engines?.node)).size).toBe(1)
  })
})

describe("packages", () => {
  it.each(workspace.packages.map(({ folder }) => folder))(
    "%s has a README whose first example has at most ten lines",
    (folder) => {
      const path = `packages/${folder}/README.md`
      expect(existsSync(join(repositoryRoot, path)), `${path} exists`).toBe(true)
      const example = /^```[^\n]*\n([\s\S]*?)^```/m.exec(textOf(path))?.[1]
      expect(example, "an example").toBeDefined()
      expect(example?.trimEnd().split("\n").length).toBeLessThanOrEqual(10)
    },
  )

  it("depend only on what RATIONALE.md gives a reason for", () => {
    const rationale = textOf("RATIONALE.md")
    const names = new Set(
      [workspace.root, ...workspace.packages.map(({ manifest }) => manifest)]
        .flatMap(allDependencies)
        .map(([name]) => name)
        .filter((name) => !name.startsWith("@attache/")),
    )
    expect([...names].filter((name) => !rationale.includes(`\`${name}\``))).toEqual([])
  })
})

describe("error codes", () => {
  const entries = tables.flatMap(({ folder, codes }) =>
    Object.entries(codes).map(([code, entry]) => ({ folder, code, ...entry })),
  )

  it("are documented in the generated page", () => {
    expect(existsSync(join(repositoryRoot, errorReferencePath)), "npm run generate writes it").toBe(true)
    expect(textOf(errorReferencePath)).toBe(errorReference(tables))
  })

  it("have the agreed form, one owner, a cause and a cure", () => {
    expect(entries.filter(({ code }) => !/^ATT(_[A-Z0-9]+){2,}$/.test(code))).toEqual([])
    expect(entries.length).toBe(new Set(entries.map(({ code }) => code)).size)
    expect(
      entries.filter(({ cause, cure }) => [cause, cure].some((text) => text === "" || text.endsWith("."))),
    ).toEqual([])
  })

  it("are each produced by some test", () => {
    const tests = workspace.files.filter(({ path }) => /\.(test|e2e)\.ts$|\/test\//.test(path)).map(({ text }) => text)
    expect(entries.filter(({ code }) => !tests.some((text) => text.includes(code))).map(({ code }) => code)).toEqual([])
  })
})

describe("files", () => {
  // Written in pieces, for this file is one of those that are searched.
  const forbidden = [
    new RegExp(["/work", "(main|shared)\\b"].join("/")),
    new RegExp(["pypi", "org"].join("\\.")),
    new RegExp(["registry", "npmjs", "org"].join("\\.")),
    new RegExp(["proxy", "golang", "org"].join("\\.")),
  ]
  const skipped = new Set(["node_modules", "dist", ".git", ".cache", "coverage", "package-lock.json"])
  const paths = globSync(
    "{*,.ci/**,.github/**,bench/**,conformance/**,docs/**,e2e/**,examples/**,packages/**,scripts/**,tools/**}",
    {
      cwd: repositoryRoot,
      exclude: (path) => skipped.has(path.split("/").at(-1) ?? ""),
    },
  ).filter((path) => {
    const stat = statSync(join(repositoryRoot, path))
    return stat.isFile() && stat.size < 4_000_000
  })

  it("name no registry host and no folder of the machine they were written on", () => {
    const found = paths.flatMap((path) => {
      const text = textOf(path)
      return forbidden.filter((each) => each.test(text)).map((each) => `${path}: ${each.source}`)
    })
    expect(found).toEqual([])
  })

  it("hold the whole licence", () => {
    const licence = textOf("LICENSE")
    for (const want of ["Version 2.0, January 2004", "END OF TERMS AND CONDITIONS", "APPENDIX"])
      expect(licence).toContain(want)
  })
})
