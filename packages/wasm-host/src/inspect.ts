import type { Diagnostic } from "@attache/base"
import { callbacksOf } from "./abi/callbacks.ts"
import { type AbiVersion, offeredFunction } from "./abi/host-functions.ts"
import { equalSignatures, printSignature } from "./abi/signature.ts"
import { abiOf, findLinkError } from "./code.ts"
import { codes, type WasmHostCode } from "./codes.ts"
import { type ModuleOrigin, readOrigin } from "./origin.ts"
import { isVersion1, type ModuleLayout, readLayout } from "./wasm/binary.ts"
import { envoyMemoryPages } from "./wasm/memory-limit.ts"

/** How an import or export stands to what Envoy offers or calls. */
export interface Fit {
  /** `module.name` of an import, name of an export. */
  readonly name: string
  readonly verdict: "fits" | "missing" | "mistyped"
  /** The module's own type. */
  readonly type: string
  /** Envoy's type, where it has one. */
  readonly envoyType: string | undefined
}

/** What a file says about how it will fare in Envoy 1.40, without running it. */
export interface Inspection {
  readonly isWasm: boolean
  readonly abiVersion: AbiVersion | undefined
  readonly imports: readonly Fit[]
  /** Exports that Envoy calls. */
  readonly callbacks: readonly Fit[]
  readonly allocator: "malloc" | "proxy_on_memory_allocate" | undefined
  /** What runs first. */
  readonly start: "_initialize" | "_start" | undefined
  readonly hasStartSection: boolean
  /** In pages of 64 KiB. */
  readonly memory: { readonly initialPages: number; readonly maximumPages: number | undefined } | undefined
  readonly bytes: number
  readonly sections: readonly { readonly name: string; readonly bytes: number }[]
  readonly functions: number
  /** Functions with names, which make backtraces readable. */
  readonly namedFunctions: number
  readonly origin: ModuleOrigin
  /** `loads`, or Envoy's line about why not. Start-up callbacks may still refuse. */
  readonly load: { readonly isLikely: boolean; readonly reason: string | undefined }
  readonly findings: readonly Diagnostic[]
}

/** Reads a module and compares it with what Envoy 1.40 offers and calls. Never throws, whatever the bytes are. */
export function inspectModule(bytes: Uint8Array): Inspection {
  const layout = readLayout(bytes)
  if (layout === undefined || !isVersion1(bytes)) return notWasm(bytes)
  const abi = abiOf(layout)
  const imports = layout.imports.flatMap((one) =>
    one.kind === "memory" || one.kind === "table" ? [] : [importFit(one, abi)],
  )
  const callbacks = callbackFits(layout, abi)
  const names = new Set(layout.exports.flatMap(({ name, kind }) => (kind === "function" ? [name] : [])))
  const reason =
    abi === undefined
      ? "Missing or unknown Proxy-Wasm ABI version"
      : layout.isBroken
        ? "Failed to load Wasm bytecode"
        : findLinkError(layout, abi)?.text
  const memory = layout.memories[0]
  return {
    isWasm: true,
    abiVersion: abi,
    imports,
    callbacks,
    allocator: names.has("malloc")
      ? "malloc"
      : names.has("proxy_on_memory_allocate")
        ? "proxy_on_memory_allocate"
        : undefined,
    start: names.has("_initialize") ? "_initialize" : names.has("_start") ? "_start" : undefined,
    hasStartSection: layout.hasStart,
    memory: memory === undefined ? undefined : { initialPages: memory.initial, maximumPages: memory.maximum },
    bytes: bytes.length,
    sections: layout.sections.map(({ name, size }) => ({ name, bytes: size })),
    functions: layout.functionCount,
    namedFunctions: layout.functionNames.size,
    origin: readOrigin(layout),
    load: { isLikely: reason === undefined, reason },
    findings: findingsOf(layout, abi, reason),
  }
}

function notWasm(bytes: Uint8Array): Inspection {
  return {
    isWasm: false,
    abiVersion: undefined,
    imports: [],
    callbacks: [],
    allocator: undefined,
    start: undefined,
    hasStartSection: false,
    memory: undefined,
    bytes: bytes.length,
    sections: [],
    functions: 0,
    namedFunctions: 0,
    origin: { language: undefined, compiler: undefined, sdk: undefined },
    load: { isLikely: false, reason: "Failed to parse corrupted Wasm module" },
    findings: [finding("ATT_WASM_NOT_WASM", "error")],
  }
}

function importFit(
  { module, name, kind, signature }: ModuleLayout["imports"][number],
  abi: AbiVersion | undefined,
): Fit {
  const offered = abi === undefined || kind !== "function" ? undefined : offeredFunction(module, name, abi)
  const isEqual = offered !== undefined && signature !== undefined && equalSignatures(signature, offered.signature)
  return {
    name: `${module}.${name}`,
    verdict: isEqual ? "fits" : offered === undefined ? "missing" : "mistyped",
    type: signature === undefined ? kind : printSignature(signature),
    envoyType: offered === undefined ? undefined : printSignature(offered.signature),
  }
}

function callbackFits(layout: ModuleLayout, abi: AbiVersion | undefined): readonly Fit[] {
  const known = new Map(callbacksOf(abi ?? "0.2.1").map(({ name, signature }) => [name, signature]))
  return layout.exports.flatMap(({ name, kind, signature }): Fit[] => {
    if (kind !== "function" || signature === undefined) return []
    const own = known.get(name)
    if (own === undefined && !/^(proxy|envoy)_on_/.test(name)) return []
    const verdict = own === undefined ? "missing" : equalSignatures(own, signature) ? "fits" : "mistyped"
    return [
      {
        name,
        verdict,
        type: printSignature(signature),
        envoyType: own === undefined ? undefined : printSignature(own),
      },
    ]
  })
}

function findingsOf(
  layout: ModuleLayout,
  abi: AbiVersion | undefined,
  reason: string | undefined,
): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  if (reason !== undefined) found.push(finding("ATT_WASM_DOES_NOT_LOAD", "error", reason))
  if (layout.hasStart) found.push(finding("ATT_WASM_START_SECTION", "warning"))
  for (const { name, verdict } of callbackFits(layout, abi)) {
    if (verdict === "missing") found.push(finding("ATT_WASM_UNKNOWN_CALLBACK", "warning", name))
  }
  const names = new Set(layout.exports.map(({ name }) => name))
  if (names.has("_initialize") && names.has("_start")) found.push(finding("ATT_WASM_START_IGNORED", "warning"))
  const initial = layout.memories[0]?.initial ?? 0
  if (initial > envoyMemoryPages) found.push(finding("ATT_WASM_MEMORY_TOO_LARGE", "error", `${initial} pages`))
  if (layout.functionNames.size === 0) found.push(finding("ATT_WASM_NO_NAMES", "info"))
  return found
}

function finding(code: WasmHostCode, severity: Diagnostic["severity"], detail?: string): Diagnostic {
  const { cause, cure } = codes[code]
  return { code, severity, message: detail === undefined ? cause : `${cause}: ${detail}`, hint: cure }
}
