/**
 * Takes the embedded descriptors out of a module of protoc-gen-es: types and enum values stay, schema constants become
 * names that are looked up on first use. An embedded descriptor is decoded when its module is imported, and so is that
 * of everything it imports, which costs up to a second.
 *
 * @param path of the module below `gen/`
 */
export function slimModule(path: string, text: string): string {
  const body = text
    .replace(/\/\*\*\n \* Describes the file [^\n]+\n(?: \*[^\n]*\n)* \*\/\nexport const file_[^;]+;\n/, "")
    .replace(/\/\*\*\n \* @generated from service (?:[^\n]*\n)+? {2}serviceDesc\([^\n]*\n/g, "")
    .replace(
      /\/\*\*\n \* Describes the (message|enum) ([\w.]+)\.\n(?: \*[^\n]*\n)* \*\/\n(export const \w+: Gen\w+<.+?>) = [^;]+;\n/g,
      schemaConstant,
    )
    .replace(/^( *)\/\*\*\n((?:^ *\*(?!\/).*\n)+) *\*\/\n/gm, shortComment)
  const lines = body.split("\n").filter((line) => !/^import \{/.test(line) && line !== "/* eslint-disable */")
  const imports = lines.filter((line) => line.startsWith("import "))
  const rest = lines.filter((line) => !line.startsWith("import ")).join("\n")
  const code = rest.replace(/^\/\/.*$/gm, "")
  const up = "../".repeat(path.split("/").length)
  const functions = ["enumSchema", "messageSchema"].filter((name) => code.includes(`${name}(`))
  const runtime = functions.length === 0 ? [] : [`import { ${functions.join(", ")} } from "${up}src/schema.ts"`]
  const [banner, source, ...after] = rest.split("\n")
  const kept = [...runtime, ...imports.map((line) => usedImport(line, code)).filter((line) => line !== "")]
  const all = [`${banner} and stripped of embedded descriptors`, `${source}\n`, ...kept, "", ...after].join("\n")
  const empty = functions.length === 0 && !/^export /m.test(code) ? "\nexport {}\n" : "\n"
  return `${all.replace(/\n{3,}/g, "\n\n").trimEnd()}${empty}`
}

function schemaConstant(_: string, kind: string, typeName: string, declaration: string): string {
  return `export const ${/const (\w+)/.exec(declaration)?.[1]}: ${/: (Gen.+)$/.exec(declaration)?.[1]} = /*@__PURE__*/ ${kind}Schema("${typeName}")\n`
}

/** One line instead of three or more: the declaration in the .proto file, and whether it is deprecated. */
function shortComment(_: string, indent: string, text: string): string {
  const declaration =
    /@generated from (?:field|enum value|oneof|message|enum): (.+?);?$/m.exec(text)?.[1] ??
    /@generated from \w+ (.+)$/m.exec(text)?.[1]
  return `${indent}/** \`${declaration ?? ""}\`${text.includes("@deprecated") ? " @deprecated" : ""} */\n`
}

/** The import with the names that the module still uses; empty if none. */
function usedImport(line: string, code: string): string {
  const parts = /^import type \{ (.+) \} from (.+?);?$/.exec(line)
  if (parts === null) throw new Error(`not an import of types: ${line}`)
  const [, names = "", from = ""] = parts
  const used = names.split(", ").filter((name) => mentions(code, name.split(" as ").at(-1) ?? name))
  return used.length === 0 ? "" : `import type { ${used.join(", ")} } from ${from}`
}

function mentions(code: string, name: string): boolean {
  return new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`).test(code)
}
