// Imports of Node's own modules, taken without what an import statement costs: it makes every export of the module at once, and
// some of them load half of Node behind them. `node:process` is 6 ms of a start, `node:util` 4, `node:http` 22.

import { promisify } from "node:util"

/** Comments and imports that a file begins with; what looks like an import further down may be text. */
const head =
  /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|import\s+(?:type\s+)?(?:[\w$*\s{},]+?\s+from\s+)?["'][^"'\n]+["'](?:\s+with\s+\{[^}]*\})?;?)*/

const builtinImport = /^import\s+(?!type\s)([\w$*\s{},]+?)\s+from\s+["'](node:[\w/]+)["'];?/gm

/** Modules of functions that most runs never call: each of these is loaded when one of its functions is. */
const rarelyCalled: readonly string[] = ["node:child_process", "node:dns/promises", "node:fs/promises", "node:zlib"]

/** A module's text whose imports of Node's modules are `process.getBuiltinModule`, which makes what is asked for alone. */
export function withoutBuiltinImports(text: string): string {
  const length = head.exec(text)?.[0].length ?? 0
  const imports = text.slice(0, length).replaceAll(builtinImport, (_all, clause: string, name: string) => {
    const { whole, members } = bindingsOf(clause)
    const module = `globalThis.process.getBuiltinModule(${JSON.stringify(name)})`
    const isRare = rarelyCalled.includes(name)
    const values = [
      ...whole.map((local) => [local, isRare ? late(module) : module]),
      ...members.map(([imported, local]) => {
        const value = `${module}.${imported}`
        const kind = isRare ? kindOf(name, imported) : "other"
        if (kind === "function") return [local, `(...args) => ${value}(...args)`]
        return [local, kind === "object" ? late(value) : value]
      }),
    ]
    return values.map(([local, value]) => `const ${local} = ${value};`).join(" ")
  })
  return imports + text.slice(length)
}

/** An object that is not made before something of it is read. */
function late(value: string): string {
  return `new Proxy({}, { get: (_target, key) => ${value}[key] })`
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

/** What an export is, if calling or reading it is all that is done with it: `promisify` looks at `execFile` itself. */
function kindOf(module: string, name: string): "function" | "object" | "other" {
  const exported = (process.getBuiltinModule(module) as Readonly<Record<string, unknown>> | undefined)?.[name]
  if (typeof exported === "object" && exported !== null) return "object"
  return typeof exported === "function" && !/^[A-Z]/.test(name) && !(promisify.custom in exported)
    ? "function"
    : "other"
}
