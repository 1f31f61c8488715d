// Imports of Node's own modules, taken without what an import statement costs: it makes every export of the module at once, and
// some of them load half of Node behind them. `node:process` is 6 ms of a start, `node:util` 4, `node:http` 22.

import { promisify } from "node:util"

/** Comments and imports that a file begins with; what looks like an import further down may be text. */
const head =
  /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|import\s+(?:type\s+)?(?:[\w$*\s{},]+?\s+from\s+)?["'][^"'\n]+["'](?:\s+with\s+\{[^}]*\})?;?)*/

const builtinImport = /^import\s+(?!type\s)([\w$*\s{},]+?)\s+from\s+["'](node:[\w/]+)["'];?/gm

/** Modules that many runs never use: each is loaded when something of it is called, made or read. */
const rarelyUsed: readonly string[] = [
  "node:child_process",
  "node:crypto",
  "node:dns/promises",
  "node:fs/promises",
  "node:zlib",
]

/** A module's text whose imports of Node's modules are `process.getBuiltinModule`, which makes what is asked for alone. */
export function withoutBuiltinImports(text: string): string {
  const length = head.exec(text)?.[0].length ?? 0
  let count = 0
  const imports = text.slice(0, length).replaceAll(builtinImport, (_all, clause: string, name: string) => {
    const { whole, members } = bindingsOf(clause)
    if (whole.length + members.length === 0) return ""
    const module = `globalThis.process.getBuiltinModule(${JSON.stringify(name)})`
    if (!rarelyUsed.includes(name)) {
      const values = members.map(([imported, local]) => `const ${local} = ${module}.${imported};`)
      return [...whole.map((local) => `const ${local} = ${module};`), ...values].join(" ")
    }
    const held = `__builtin${count++}`
    return [
      `let ${held}; const ${held}Of = () => (${held} ??= ${module});`,
      ...whole.map((local) => `const ${local} = ${late(`${held}Of()`)};`),
      ...members.map(([imported, local]) => `const ${local} = ${lateMember(name, imported, `${held}Of()`)};`),
    ].join(" ")
  })
  return imports + text.slice(length)
}

/** What stands for an export until it is used. `promisify` looks at some functions, `execFile` is one, before they are called. */
function lateMember(module: string, name: string, held: string): string {
  const exported = (process.getBuiltinModule(module) as Readonly<Record<string, unknown>> | undefined)?.[name]
  const value = `${held}.${name}`
  if (typeof exported !== "function" || /^[A-Z]/.test(name)) return late(value)
  return promisify.custom in exported ? value : `(...args) => ${value}(...args)`
}

/** An object or a class that is not there before something of it is read, or it is constructed. */
function late(value: string): string {
  return `new Proxy(function () {}, { get: (_target, key) => ${value}[key], construct: (_target, args) => new (${value})(...args) })`
}

/** A name that a module exports, and the one it has where it is imported. */
type Member = readonly [imported: string, local: string]

function bindingsOf(clause: string): { readonly whole: readonly string[]; readonly members: readonly Member[] } {
  const [, plain = "", braced = ""] = /^([^{]*)(?:\{([^}]*)\})?$/.exec(clause) ?? []
  const list = (text: string): readonly string[] => text.split(",").flatMap((each) => each.trim() || [])
  const whole = list(plain).map((name) => name.replace(/^\*\s*as\s+/, ""))
  const members = list(braced)
    .filter((member) => !member.startsWith("type "))
    .map((member): Member => {
      const [imported = "", local = imported] = member.split(/\s+as\s+/)
      return [imported, local]
    })
  return { whole, members }
}
