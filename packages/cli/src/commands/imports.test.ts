import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, it } from "vitest"

const commands = import.meta.dirname

/** Packages that a module loads at once, itself or by what it imports. */
function packagesOf(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen
  seen.add(path)
  const source = readFileSync(path, "utf8")
  const specifiers = [...source.matchAll(/^(?:import|export) (?!type )[^;]*? from "([^"]+)"$/gm)].map(
    ([, from = ""]) => from,
  )
  for (const specifier of specifiers) {
    if (specifier.startsWith(".")) packagesOf(join(dirname(path), specifier), seen)
    else seen.add(specifier)
  }
  return seen
}

it.each(["copy", "download", "inspect", "list", "pull", "push", "sign", "tag", "verify"])(
  "%s starts without the translator and the schemas of resources",
  (verb) => {
    const loaded = [...packagesOf(join(commands, `${verb}.ts`))].filter((each) => each.startsWith("@attache/"))
    const small = ["@attache/base", "@attache/envoy", "@attache/oci", "@attache/wasm-host"]
    expect(loaded.filter((each) => !small.includes(each))).toEqual([])
    expect(loaded).toContain("@attache/oci")
  },
)

it.each(["status", "wait", "explain", "clean", "doctor"])("%s starts without what runs a control plane", (verb) => {
  const loaded = [...packagesOf(join(commands, `${verb}.ts`))].filter((each) => each.startsWith("@attache/"))
  const isSmall = (name: string): boolean =>
    /^@attache\/(?:base|envoy|control-plane\/client|[a-z-]+\/codes)$/.test(name)
  expect(loaded.filter((each) => !isSmall(each))).toEqual([])
  expect(loaded).toContain("@attache/base")
})
