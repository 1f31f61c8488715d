import { decodeUtf8 } from "./byte-string.ts"
import { createCursor, type ModuleLayout } from "./wasm/binary.ts"

/** What a module was made with, as far as the file tells. */
export interface ModuleOrigin {
  /** `Rust`, `Go`, `AssemblyScript`, `C`, `C++`, ...; undefined when nothing tells. */
  readonly language: string | undefined
  /** Compiler with version. */
  readonly compiler: string | undefined
  /** SDK with version where it shows. */
  readonly sdk: string | undefined
}

/** Reads language, compiler and SDK out of the `producers` section and the traces compilers and SDKs leave. */
export function readOrigin(layout: ModuleLayout): ModuleOrigin {
  const producers = readProducers(layout)
  const compiler = producers.find(({ field }) => field === "processed-by")
  const sdk = producers.find(({ field }) => field === "sdk")
  const named = producers.find(({ field }) => field === "language")?.name
  const language =
    named ?? (compiler?.name === "rustc" ? "Rust" : hasUtf16(layout, "~lib/") ? "AssemblyScript" : undefined)
  return {
    language: language?.replace(/^C\d.*/, "C").replace(/^C_plus_plus.*/, "C++"),
    compiler: compiler === undefined ? undefined : `${compiler.name} ${compiler.version}`.trim(),
    sdk: sdk === undefined ? findSdk(layout, language) : `${sdk.name} ${sdk.version}`.trim(),
  }
}

interface Producer {
  readonly field: string
  readonly name: string
  readonly version: string
}

function readProducers(layout: ModuleLayout): readonly Producer[] {
  const section = layout.sections.find(({ id, name }) => id === 0 && name === "producers")
  if (section === undefined) return []
  const found: Producer[] = []
  try {
    const c = createCursor(layout.bytes, section.start, section.start + section.size)
    c.name()
    for (let fields = c.u32(); fields > 0; fields--) {
      const field = c.name()
      for (let values = c.u32(); values > 0; values--) found.push({ field, name: c.name(), version: c.name() })
    }
  } catch (error) {
    // A broken section tells nothing, and Envoy does not read it.
    if (!(error instanceof RangeError)) throw error
  }
  return found
}

/** Bytes of data that are searched for the traces of an SDK: compilers put the SDK's texts among the first. */
const searchedBytes = 8 * 1024 * 1024

function findSdk(layout: ModuleLayout, language: string | undefined): string | undefined {
  const data = layout.sections
    .filter(({ name, id }) => id !== 0 && name === "data")
    .map(({ start, size }) => decodeUtf8(layout.bytes.subarray(start, start + Math.min(size, searchedBytes))))
  const search = (pattern: RegExp): RegExpExecArray | undefined =>
    data.map((text) => pattern.exec(text)).find((found) => found !== null) ?? undefined
  const rust = search(/proxy-wasm-(\d+\.\d+\.\d+)/)
  if (rust !== undefined) return `proxy-wasm (Rust) ${rust[1]}`
  const go = search(/proxy-wasm-go-sdk@(v[\w.-]+)/) ?? search(/proxy-wasm-go-sdk/)
  if (go !== undefined) return `proxy-wasm-go-sdk ${go[1] ?? ""}`.trim()
  // What the SDK says about a plugin that nobody registered: every guest made with it holds the text.
  if (hasUtf16(layout, "no filter is registered for root id ")) return "@attache/wasm-sdk"
  // Both other AssemblyScript SDKs misname this export, and nobody else does.
  if (language === "AssemblyScript" && layout.exports.some(({ name }) => name === "proxy_on_grpc_trailing_metadata")) {
    return layout.exports.some(({ name }) => name === "__retain")
      ? "@solo-io/proxy-runtime"
      : "@gcoredev/proxy-wasm-sdk-as or its like"
  }
  return undefined
}

function hasUtf16(layout: ModuleLayout, text: string): boolean {
  const needle = [...text].flatMap((c) => [c.charCodeAt(0), 0])
  const section = layout.sections.find(({ id, name }) => id !== 0 && name === "data")
  if (section === undefined) return false
  const { bytes } = layout
  const end = section.start + Math.min(section.size, searchedBytes) - needle.length
  for (let at = section.start; at <= end; at++) if (needle.every((b, i) => bytes[at + i] === b)) return true
  return false
}
