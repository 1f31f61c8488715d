/** Something about a module that keeps Envoy from loading it (`error`) or will surprise its user (`warning`). */
export interface ModuleFinding {
  readonly severity: "error" | "warning"
  readonly message: string
}

/** What a module needs and offers, with findings about whether Envoy 1.40 can load it. */
export interface ModuleInspection {
  /** `module.name`, sorted. */
  readonly imports: readonly string[]
  /** Sorted. */
  readonly exports: readonly string[]
  readonly findings: readonly ModuleFinding[]
}

/** The part of the global `WebAssembly` used here; TypeScript declares it only together with a browser's globals. */
interface ModuleReader {
  readonly Module: {
    new (bytes: Uint8Array): object
    imports(module: object): readonly { readonly module: string; readonly name: string }[]
    exports(module: object): readonly { readonly name: string }[]
  }
}
const { Module } = (globalThis as unknown as { readonly WebAssembly: ModuleReader }).WebAssembly

/** What AssemblyScript programs import by accident, with the cure. */
const cureByImport: Readonly<Record<string, string>> = {
  "env.Date.now": "use currentTimeNanoseconds() instead of Date.now()",
  "env.abort": "compile with --use abort=attacheAbort",
  "env.seed": "compile with --use seed=attacheSeed",
  "env.trace": "use log.trace() instead of trace()",
}

/** Imports and exports of a module and whether Envoy can load it. Compiles it; never runs it. */
export function inspectModule(bytes: Uint8Array): ModuleInspection {
  let module: object
  try {
    module = new Module(bytes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      imports: [],
      exports: [],
      findings: [{ severity: "error", message: `not a WebAssembly module: ${reason}` }],
    }
  }
  const imports = Module.imports(module).map((i) => `${i.module}.${i.name}`)
  const exports = Module.exports(module).map((e) => e.name)
  const findings = [...imports.flatMap(importFindings), ...exportFindings(exports)]
  return { imports: imports.toSorted(), exports: exports.toSorted(), findings }
}

function importFindings(name: string): readonly ModuleFinding[] {
  if (name.startsWith("env.proxy_") || name.startsWith("wasi_snapshot_preview1.")) return []
  const cure = cureByImport[name] ?? (name.startsWith("env.console.") ? "use log.info() instead of console" : undefined)
  return [
    {
      severity: "error",
      message: `imports ${name}, which Envoy does not offer${cure === undefined ? "" : `; ${cure}`}`,
    },
  ]
}

function exportFindings(exports: readonly string[]): readonly ModuleFinding[] {
  const wanted: readonly (readonly [name: string, why: string])[] = [
    ["proxy_abi_version_0_2_1", "Envoy finds no ABI version"],
    ["proxy_on_memory_allocate", "Envoy finds no allocator"],
    ["_initialize", "top-level code would run in the start section, where a host call crashes Envoy"],
    ["memory", "Envoy finds no memory"],
  ]
  return wanted
    .filter(([name]) => !exports.includes(name))
    .map(([name, why]) => ({ severity: "error", message: `does not export ${name}: ${why}` }))
}
