/**
 * Who may import whom, after the data in `floors.json`.
 *
 * `node scripts/check-floors.ts` prints one line for each violation and exits with 1 if there is one.
 */
import { readFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { join, posix } from "node:path"
import { type ImportSpecifier, importSpecifiersOf } from "./import-specifiers.ts"
import { isTestFile, readWorkspace, repositoryRoot, type SourceFile, type Workspace } from "./workspace.ts"

/** The rules as data. */
export interface FloorRules {
  /** Package folder to floor; a package imports only from lower ones. */
  readonly floors: Readonly<Record<string, number>>
  /** Packages that import nothing of ours and that nothing of ours imports. */
  readonly standalone: readonly string[]
  /** Third-party package to the folders that may import it. */
  readonly owners: Readonly<Record<string, readonly string[]>>
  readonly fences: readonly Fence[]
  /** Longest files, in lines; generated ones are exempt. */
  readonly lines: { readonly source: number; readonly test: number }
}

/** A folder that must not import some modules, finer than floors. */
export interface Fence {
  /** Path from the root. */
  readonly inside: string
  /** Paths from the root, or package names. */
  readonly not: readonly string[]
  readonly because: string
}

/** One broken rule. */
export interface Violation {
  readonly path: string
  /** Absent when it is about the whole file or package. */
  readonly line?: number
  readonly message: string
}

const scope = "@attache/"
const builtins = new Set(builtinModules)

/** Reads `floors.json`. */
export function readFloorRules(root: string = repositoryRoot): FloorRules {
  return JSON.parse(readFileSync(join(root, "floors.json"), "utf8")) as FloorRules
}

/** Every violation in the workspace, in the order of files. */
export function checkFloors(workspace: Workspace, rules: FloorRules): readonly Violation[] {
  return [
    ...workspace.packages.flatMap(({ folder }) => checkPlaced(folder, rules)),
    ...workspace.files.flatMap((file) =>
      importSpecifiersOf(file.text).flatMap((found) =>
        checkImport(workspace, rules, file, found).map((message) => ({ path: file.path, line: found.line, message })),
      ),
    ),
  ]
}

/** Files that are longer than the rules allow. */
export function checkLines(workspace: Workspace, rules: FloorRules): readonly Violation[] {
  return workspace.files.flatMap(({ path, text }) => {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0)
    const limit = isTestFile(path) ? rules.lines.test : rules.lines.source
    return lines <= limit ? [] : [{ path, message: `${lines} lines, more than ${limit}: split it` }]
  })
}

function checkPlaced(folder: string, rules: FloorRules): readonly Violation[] {
  if (folder in rules.floors || rules.standalone.includes(folder)) return []
  return [{ path: `packages/${folder}`, message: "has no floor in floors.json" }]
}

function checkImport(
  workspace: Workspace,
  rules: FloorRules,
  file: SourceFile,
  { specifier }: ImportSpecifier,
): readonly string[] {
  const target = specifier.startsWith(".") ? posix.join(posix.dirname(file.path), specifier) : specifier
  const broken = rules.fences
    .filter(({ inside, not }) => isBelow(file.path, inside) && not.some((each) => isBelow(target, each)))
    .map(({ inside, because }) => `imports ${specifier} inside ${inside}: ${because}`)
  if (specifier.startsWith(".")) return [...broken, ...checkRelative(file, target)]
  if (specifier.startsWith("node:")) return broken
  if (builtins.has(specifier)) return [...broken, `imports ${specifier} without node:`]
  if (specifier.startsWith(scope)) return [...broken, ...checkOwn(workspace, rules, file, specifier)]
  return [...broken, ...checkThirdParty(workspace, rules, file, specifier)]
}

function checkRelative(file: SourceFile, target: string): readonly string[] {
  const home = folderOf(file.path)
  if (home === undefined) {
    return isBelow(target, "packages") ? ["reaches into a package by path: import it by its name"] : []
  }
  return isBelow(target, `packages/${home}`) ? [] : ["leaves its package by path: import the other one by its name"]
}

function checkOwn(workspace: Workspace, rules: FloorRules, file: SourceFile, specifier: string): readonly string[] {
  const [folder = "", ...rest] = specifier.slice(scope.length).split("/")
  const manifest = workspace.packages.find((each) => each.folder === folder)?.manifest
  if (manifest === undefined) return [`imports ${specifier}, which is no package of this workspace`]
  const door = rest.length === 0 ? "." : `./${rest.join("/")}`
  const deep = Object.keys(manifest.exports ?? {}).some((each) => opens(each, door))
    ? []
    : [`imports ${specifier}, which ${scope}${folder} does not export`]
  const home = folderOf(file.path)
  if (home === undefined) return deep
  return [...deep, ...checkFloor(rules, file, home, folder), ...checkDeclared(workspace, file, home, scope + folder)]
}

function checkFloor(rules: FloorRules, file: SourceFile, home: string, folder: string): readonly string[] {
  if (home === folder) return ["imports its own package by name: use a relative path"]
  // An end-to-end test brings real neighbours together; nothing else may.
  if (file.path.endsWith(".e2e.ts")) return []
  const from = rules.floors[home]
  const to = rules.floors[folder]
  if (from === undefined || to === undefined)
    return [`${home} and ${folder} must not import each other: one stands alone`]
  if (to < from) return []
  return [`${home} is on floor ${from} and imports ${folder} on floor ${to}: only lower floors may be imported`]
}

function checkThirdParty(
  workspace: Workspace,
  rules: FloorRules,
  file: SourceFile,
  specifier: string,
): readonly string[] {
  const parts = specifier.split("/")
  const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] as string)
  const home = folderOf(file.path)
  if (home === undefined || isTestFile(file.path)) {
    return isDeclaredSomewhere(workspace, name) ? [] : [`imports ${name}, which no package.json declares`]
  }
  const owners = rules.owners[name]
  const owned = owners?.includes(home) === true ? [] : [`imports ${name}, which ${ownersText(owners)} may import`]
  return [...owned, ...checkDeclared(workspace, file, home, name)]
}

function checkDeclared(workspace: Workspace, file: SourceFile, home: string, name: string): readonly string[] {
  const manifest = workspace.packages.find(({ folder }) => folder === home)?.manifest
  if (manifest === undefined || isTestFile(file.path)) return []
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }
  return name in declared ? [] : [`imports ${name}, which packages/${home}/package.json does not depend on`]
}

function isDeclaredSomewhere(workspace: Workspace, name: string): boolean {
  return [workspace.root, ...workspace.packages.map(({ manifest }) => manifest)].some(
    ({ dependencies, devDependencies, peerDependencies, optionalDependencies }) =>
      name in { ...dependencies, ...devDependencies, ...peerDependencies, ...optionalDependencies },
  )
}

function ownersText(owners: readonly string[] | undefined): string {
  return owners === undefined ? "nobody (see owners in floors.json)" : `only ${owners.join(" and ")}`
}

/** The package folder of a path, absent for files of the root folders. */
function folderOf(path: string): string | undefined {
  const [top, folder] = path.split("/")
  return top === "packages" ? folder : undefined
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function opens(pattern: string, door: string): boolean {
  const [before = "", after] = pattern.split("*")
  if (after === undefined) return pattern === door
  return door.startsWith(before) && door.endsWith(after) && door.length > before.length + after.length
}

/** One line for people. */
export function formatViolation({ path, line, message }: Violation): string {
  return `${path}${line === undefined ? "" : `:${line}`}: ${message}`
}

if (process.argv[1] === import.meta.filename) {
  const violations = checkFloors(readWorkspace(), readFloorRules())
  for (const violation of violations) console.error(formatViolation(violation))
  process.exitCode = violations.length === 0 ? 0 : 1
}
