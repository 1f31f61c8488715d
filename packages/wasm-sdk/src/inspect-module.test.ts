import { describe, expect, it } from "vitest"
import { inspectModule } from "./inspect-module.ts"

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const bytes = (text: string) => [text.length, ...Buffer.from(text)]

/** A module that imports one function without parameters and exports nothing. */
function importing(module: string, name: string): Uint8Array {
  const type = [1, 4, 1, 0x60, 0, 0]
  const entry = [1, ...bytes(module), ...bytes(name), 0, 0]
  return Uint8Array.from([...header, ...type, 2, entry.length, ...entry])
}

describe("inspectModule", () => {
  it.each([
    ["env", "proxy_log", []],
    ["wasi_snapshot_preview1", "fd_write", []],
    ["env", "abort", ["imports env.abort, which Envoy does not offer; compile with --use abort=attacheAbort"]],
    ["env", "console.log", ["imports env.console.log, which Envoy does not offer; use log.info() instead of console"]],
    ["js", "thing", ["imports js.thing, which Envoy does not offer"]],
  ])("judges the import %s.%s", (module, name, want) => {
    const { imports, findings } = inspectModule(importing(module, name))
    expect(imports).toEqual([`${module}.${name}`])
    expect(findings.map((f) => f.message).filter((m) => m.startsWith("imports"))).toEqual(want)
  })

  it("names what is missing from a module without exports", () => {
    expect(inspectModule(Uint8Array.from(header)).findings.map((f) => f.message)).toEqual([
      "does not export proxy_abi_version_0_2_1: Envoy finds no ABI version",
      "does not export proxy_on_memory_allocate: Envoy finds no allocator",
      "does not export _initialize: top-level code would run in the start section, where a host call crashes Envoy",
      "does not export memory: Envoy finds no memory",
    ])
  })

  it("refuses what is not a module", () => {
    expect(inspectModule(Uint8Array.from([1, 2, 3])).findings[0]?.message).toMatch(/^not a WebAssembly module: /)
  })
})
