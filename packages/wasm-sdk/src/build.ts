import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { findPackageJSON } from "node:module"
import { basename, dirname, join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { inspectModule, type ModuleFinding } from "./inspect-module.ts"
import { misspeltCallbacks } from "./misspelt-callbacks.ts"
import { writeProducers } from "./producers.ts"
import { dropUnusedCallbacks, type ProgramView } from "./unused-callbacks.ts"

/** How a guest is compiled. */
export interface BuildOptions {
  /** Writes function names, so that Envoy's backtraces show them. About a third more bytes. Default false. */
  readonly debugNames?: boolean
  /** Further options of the AssemblyScript compiler, after ours. Default none. */
  readonly compilerOptions?: readonly string[]
  /**
   * Name of the compiler's package, looked for from the entry's folder. Default `assemblyscript`, and the one beside this
   * package where the project has none. Lines 0.26, 0.27 and 0.28 are known to work.
   */
  readonly compiler?: string
}

/** One message of the compiler, or a finding about its result. */
export interface BuildFinding {
  readonly severity: "error" | "warning"
  /** Without place. */
  readonly message: string
  /** As given to the build, joined with the folder of the entry. */
  readonly file?: string
  /** From 1. */
  readonly line?: number
  /** From 1. */
  readonly column?: number
}

/** A compiled guest, or the reasons why there is none. */
export type BuildResult =
  | {
      readonly ok: true
      readonly path: string
      readonly bytes: Uint8Array
      /** `env.proxy_log`, sorted. */
      readonly imports: readonly string[]
      /** Sorted. */
      readonly exports: readonly string[]
      readonly findings: readonly BuildFinding[]
    }
  | { readonly ok: false; readonly findings: readonly BuildFinding[] }

const packageFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..")
const sdkPrefix = "node_modules/@attache/wasm-sdk/"
const exportsEntry = `${sdkPrefix}assembly/exports.ts`

/** Compiler options every guest is built with; the same as in `asconfig.base.json`. */
export const guestCompilerOptions: readonly string[] = [
  ...["--exportStart", "_initialize", "--runtime", "incremental"],
  ...["--use", "abort=attacheAbort", "--use", "seed=attacheSeed"],
  ...["--optimizeLevel", "3", "--shrinkLevel", "0", "--converge"],
]

/**
 * Compiles an AssemblyScript entry file to a proxy-wasm guest and checks that Envoy can load it.
 *
 * The SDK is taken from this package, whatever the project has installed. `out` is replaced only when the build and the
 * check succeed, in one step; its folder is made. Needs the package `assemblyscript`.
 */
export async function buildAssemblyScript(
  entry: string,
  out: string,
  options: BuildOptions = {},
): Promise<BuildResult> {
  const folder = dirname(resolve(entry))
  const findings: BuildFinding[] = []
  const compiled = await compile(folder, basename(entry), options, findings)
  if (compiled === undefined) {
    if (!findings.some(isError)) findings.push({ severity: "error", message: "the compiler made no module" })
    return { ok: false, findings }
  }
  const inspected = inspectModule(compiled)
  findings.push(...inspected.findings.map(asBuildFinding))
  if (findings.some(isError)) return { ok: false, findings }
  const path = resolve(out)
  await replaceFile(path, compiled)
  return { ok: true, path, bytes: compiled, imports: inspected.imports, exports: inspected.exports, findings }
}

/**
 * The module of an entry file, for tests: compiled and checked as {@link buildAssemblyScript} does, kept in memory only.
 *
 * @throws Error with one line for each finding when there is no module
 */
export async function compileAssemblyScript(entry: string, options: BuildOptions = {}): Promise<Uint8Array> {
  const findings: BuildFinding[] = []
  const compiled = await compile(dirname(resolve(entry)), basename(entry), options, findings)
  if (compiled !== undefined) findings.push(...inspectModule(compiled).findings.map(asBuildFinding))
  if (compiled !== undefined && !findings.some(isError)) return compiled
  throw new Error(`${entry} does not compile\n${findings.map(printFinding).join("\n")}`)
}

/** A finding as compilers print it: `FILE:LINE:COLUMN MESSAGE`. */
export function printFinding({ file, line, column, message }: BuildFinding): string {
  if (file === undefined) return message
  return line === undefined ? `${file} ${message}` : `${file}:${line}:${column} ${message}`
}

/** The part of a compiler diagnostic that is read here. */
interface CompilerMessage {
  readonly category: number
  readonly message: string
  /** `start` counts UTF-16 units from the start of the file. */
  readonly range: { readonly start: number; readonly source: { readonly normalizedPath: string } | null } | null
}

async function compile(
  folder: string,
  entry: string,
  options: BuildOptions,
  findings: BuildFinding[],
): Promise<Uint8Array | undefined> {
  const asc = await compilerFor(folder, options.compiler)
  let module: Uint8Array | undefined
  const sources = new Map<string, string>()
  const afterInitialize = (program: ProgramView): void => {
    dropUnusedCallbacks(program)
    findings.push(...misspeltCallbacks(program).map((message) => ({ severity: "warning" as const, message })))
  }
  const flags = [
    ...guestCompilerOptions,
    ...(options.debugNames === true ? ["--debug"] : []),
    ...(options.compilerOptions ?? []),
  ]
  // An empty configuration file name that does not exist keeps a project's own asconfig.json from adding its entries.
  const argv = [entry, exportsEntry, ...flags, "--outFile", "guest.wasm", "--config", "asconfig.none.json"]
  const { error } = await asc.main(argv, {
    readFile: async (name, baseDir) => {
      const text = await readSource(name, resolve(folder, baseDir))
      if (text !== null) sources.set(name.replaceAll("\\", "/"), text)
      return text
    },
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") module = contents
    },
    listFiles: () => [],
    reportDiagnostic: (message) => findings.push(findingOf(message as unknown as CompilerMessage, folder, sources)),
    transforms: [{ afterInitialize, afterCompile: writeProducers } as never],
    stdout: asc.createMemoryStream(),
    stderr: asc.createMemoryStream(),
  })
  if (error === null) return module
  if (!findings.some(isError)) findings.push({ severity: "error", message: error.message })
  return undefined
}

/** The project's own compiler, or the one beside this package. */
async function compilerFor(folder: string, name = "assemblyscript"): Promise<typeof import("assemblyscript/asc")> {
  const found = [folder, packageFolder].flatMap((from) => manifestOf(name, from) ?? [])[0]
  if (found === undefined) throw new Error(`the package ${name} is not installed`)
  return import(pathToFileURL(join(dirname(found), "dist", "asc.js")).href)
}

function manifestOf(name: string, from: string): string | undefined {
  try {
    return findPackageJSON(name, pathToFileURL(join(from, "entry.ts")))
  } catch {
    return undefined
  }
}

/** Source text by the compiler's name for it; the SDK's own files always come from this package. */
async function readSource(name: string, folder: string): Promise<string | null> {
  const slashed = name.replaceAll("\\", "/")
  const at = slashed.indexOf(sdkPrefix)
  const path = at < 0 ? resolve(folder, name) : join(packageFolder, slashed.slice(at + sdkPrefix.length))
  try {
    return await readFile(path, "utf8")
  } catch {
    return null
  }
}

function findingOf(message: CompilerMessage, folder: string, sources: ReadonlyMap<string, string>): BuildFinding {
  // Categories of the compiler: 0 pedantic, 1 info, 2 warning, 3 error.
  const severity = message.category >= 3 ? "error" : "warning"
  const name = message.range?.source?.normalizedPath
  if (message.range === null || name === undefined) return { severity, message: message.message }
  const isOwn = !name.startsWith("~lib/")
  const file = isOwn ? join(folder, name) : name
  const text = isOwn ? sources.get(name) : textOfPackageFile(name, sources)
  if (text === undefined) return { severity, message: message.message, file }
  const before = text.slice(0, message.range.start)
  const column = before.length - before.lastIndexOf("\n")
  return { severity, message: message.message, file, line: before.split("\n").length, column }
}

function textOfPackageFile(name: string, sources: ReadonlyMap<string, string>): string | undefined {
  const ending = `node_modules/${name.slice("~lib/".length)}`
  for (const [path, text] of sources) if (path.endsWith(ending)) return text
  return undefined
}

function asBuildFinding(finding: ModuleFinding): BuildFinding {
  return { severity: finding.severity, message: finding.message }
}

function isError(finding: BuildFinding): boolean {
  return finding.severity === "error"
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, bytes)
  await rename(temporary, path)
}
