import { existsSync, readdirSync, statSync } from "node:fs"
import { basename, dirname, extname, join, resolve } from "node:path"
import { AttacheError } from "@attache/base"

/** Languages a guest may be written in. */
export const languages = ["assemblyscript", "rust", "go", "c", "text"] as const

/** One of {@link languages}. */
export type Language = (typeof languages)[number]

/** A guest's sources and where its module goes. */
export interface Project {
  readonly language: Language
  /** Absolute. The folder of the manifest, or of the one source file. */
  readonly folder: string
  /** Absolute. The only source file, where the language has no manifest. */
  readonly file?: string
  /** Name of the guest: of the folder or the file. */
  readonly name: string
  /** Absolute. */
  readonly out: string
}

/** What tells languages apart, in words for messages. */
const signs: Readonly<Record<Language, string>> = {
  assemblyscript: "asconfig.json or assembly/index.ts",
  rust: "Cargo.toml",
  go: "go.mod",
  c: "one .c file",
  text: "one .wat file",
}

/**
 * The project in a folder, or of one source file.
 *
 * @param wanted a language, for folders that hold several
 * @param out default `dist/NAME.wasm` in the folder
 * @throws AttacheError ATT_BUILD_NOTHING, ATT_BUILD_SEVERAL
 */
export function findProject(path: string, wanted?: Language, out?: string): Project {
  const named = resolve(path)
  const place = named.endsWith(entry) ? named.slice(0, -entry.length) : named
  const stat = statSync(place, { throwIfNoEntry: false })
  if (stat === undefined) throw nothing(`${path} does not exist`)
  const isFile = stat.isFile()
  const folder = isFile ? dirname(place) : place
  const found = isFile ? languagesOfFile(place) : languagesIn(place)
  const language = wanted ?? found[0]
  if (language === undefined) throw nothing(`${path} holds no guest that is known`)
  if (!found.includes(language)) throw nothing(`${path} holds no guest in ${language}: ${signs[language]}`)
  if (wanted === undefined && found.length > 1)
    throw new AttacheError("ATT_BUILD_SEVERAL", `${path} holds guests in ${found.join(" and ")}`, {
      hint: `choose one with --language ${found.join(" or --language ")}`,
    })
  const file = isFile ? place : sourceFileIn(folder, language)
  const name = file === undefined ? basename(folder) : basename(file, extname(file))
  const target = out === undefined ? join(folder, "dist", `${name}.wasm`) : resolve(out)
  return { language, folder, name, out: target, ...(file === undefined ? {} : { file }) }
}

/** An AssemblyScript project named by its entry means its folder. */
const entry = join("/", "assembly", "index.ts")

function nothing(message: string): AttacheError {
  return new AttacheError("ATT_BUILD_NOTHING", message, {
    hint: `a guest is a folder with ${Object.values(signs).join(", ")}, or one of the files`,
  })
}

function languagesOfFile(file: string): readonly Language[] {
  const byExtension: Readonly<Record<string, Language>> = { ".wat": "text", ".c": "c" }
  const byName: Readonly<Record<string, Language>> = {
    "Cargo.toml": "rust",
    "go.mod": "go",
    "asconfig.json": "assemblyscript",
  }
  const language = byName[basename(file)] ?? byExtension[extname(file)]
  return language === undefined ? [] : [language]
}

function languagesIn(folder: string): readonly Language[] {
  const has = (...names: readonly string[]): boolean => existsSync(join(folder, ...names))
  const counts = { c: sourcesIn(folder, ".c").length, text: sourcesIn(folder, ".wat").length }
  return languages.filter((language) => {
    if (language === "assemblyscript") return has("asconfig.json") || has("assembly", "index.ts")
    if (language === "rust") return has("Cargo.toml")
    if (language === "go") return has("go.mod")
    return counts[language] > 0
  })
}

/** The one source file of languages without a manifest. */
function sourceFileIn(folder: string, language: Language): string | undefined {
  if (language !== "c" && language !== "text") return undefined
  const extension = language === "c" ? ".c" : ".wat"
  const [first, second] = sourcesIn(folder, extension)
  if (second !== undefined)
    throw new AttacheError("ATT_BUILD_SEVERAL", `${folder} holds several ${extension} files`, {
      hint: `name one of them: attache build ${join(folder, second)}`,
    })
  return first === undefined ? undefined : join(folder, first)
}

function sourcesIn(folder: string, extension: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => extname(name) === extension)
    .sort()
}
