import { abiMarker, callbacksOf } from "./abi/callbacks.ts"
import { type AbiVersion, abiVersions, offeredFunction } from "./abi/host-functions.ts"
import { equalSignatures, printSignature } from "./abi/signature.ts"
import { FailState } from "./abi/status.ts"
import { type ModuleLayout, readLayout } from "./wasm/binary.ts"
import { type CompiledModule, engine } from "./wasm/engine.ts"
import { envoyMemoryPages, limitMemory } from "./wasm/memory-limit.ts"

/** Why a module cannot be linked, in Envoy's words. */
export interface LinkError {
  readonly state: FailState
  readonly text: string
}

/** A module that was read and compiled once, for any number of VMs. */
export interface Code {
  readonly layout: ModuleLayout
  readonly abi: AbiVersion
  readonly compiled: CompiledModule
  /** How far offsets moved when the memory got its limit. */
  readonly shift: number
  readonly memoryPages: number
  readonly linkError: LinkError | undefined
}

const broken = "Failed to load Wasm bytecode"

/** Reads and compiles a module. A text is Envoy's line about a module that does not load. @param memoryPages default 16384, 1 GiB */
export function loadCode(bytes: Uint8Array, memoryPages = envoyMemoryPages): Code | string {
  const layout = readLayout(bytes)
  if (layout === undefined) return "Failed to parse corrupted Wasm module"
  const abi = abiOf(layout)
  if (abi === undefined) return "Missing or unknown Proxy-Wasm ABI version"
  if (layout.isBroken) return broken
  const linkError = findLinkError(layout, abi)
  const limited = limitMemory(layout, memoryPages)
  try {
    return { layout, abi, compiled: new engine.Module(limited.bytes), shift: limited.shift, memoryPages, linkError }
  } catch {
    return broken
  }
}

/** The ABI version of the first marker among the exports. */
export function abiOf(layout: ModuleLayout): AbiVersion | undefined {
  const markers = new Map(abiVersions.map((version) => [abiMarker(version), version]))
  return layout.exports.flatMap(({ name, kind }) => (kind === "function" ? (markers.get(name) ?? []) : []))[0]
}

/** The first import, export or allocator that keeps a module from loading, in the order Envoy looks. */
export function findLinkError(layout: ModuleLayout, abi: AbiVersion): LinkError | undefined {
  const state = FailState.UnableToInitializeCode
  for (const { module, name, kind, signature } of layout.imports) {
    if (kind === "memory" || kind === "table") continue
    const offered = kind === "function" ? offeredFunction(module, name, abi) : undefined
    if (offered === undefined || signature === undefined) {
      return { state, text: `Failed to load Wasm module due to a missing import: ${module}.${name}` }
    }
    if (!equalSignatures(signature, offered.signature)) {
      const text = `Failed to load Wasm module due to an import type mismatch: ${module}.${name}, want: ${printSignature(signature)}, but host exports: ${printSignature(offered.signature)}`
      return { state, text }
    }
  }
  return findExportError(layout, abi)
}

function findExportError(layout: ModuleLayout, abi: AbiVersion): LinkError | undefined {
  const functions = new Map(
    layout.exports.flatMap(({ name, kind, signature }) =>
      kind === "function" && signature !== undefined ? [[name, signature] as const] : [],
    ),
  )
  const hasInitialize = functions.has("_initialize")
  for (const { name, signature } of callbacksOf(abi)) {
    if (
      name === "proxy_validate_configuration" &&
      !functions.has("malloc") &&
      !functions.has("proxy_on_memory_allocate")
    ) {
      return { state: FailState.MissingFunction, text: "Wasm VM failed Wasm module is missing malloc function." }
    }
    const own = functions.get(name)
    const isLookedUp =
      name === "_start"
        ? !hasInitialize
        : name === "main"
          ? hasInitialize
          : name === "__main_void"
            ? hasInitialize && !functions.has("main")
            : name !== "proxy_on_memory_allocate" || !functions.has("malloc")
    if (own !== undefined && isLookedUp && !equalSignatures(own, signature)) {
      return {
        state: FailState.UnableToInitializeCode,
        text: `Bad function signature for: ${name}, want: ${printSignature(signature)}, but the module exports: ${printSignature(own)}`,
      }
    }
  }
  return undefined
}
