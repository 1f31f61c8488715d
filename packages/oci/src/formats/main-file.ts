import type { ExtensionKind } from "./annotations.ts"

/** The file that the proxy loads, by kind, or undefined where there is not just one (Lua). */
export function mainFileOf(kind: ExtensionKind, name: string): string | undefined {
  if (kind === "wasm") return "plugin.wasm"
  if (kind === "go-plugin") return "plugin.so"
  if (kind === "dynamic-module") return `lib${name}.so`
  // `composer-lite` comes without the filters and has a library name of its own.
  if (kind === "composer") return `lib${name === "composer-lite" ? "composer-lite" : "composer"}.so`
  return kind === "ext-proc" ? "ext_proc-server" : undefined
}

/**
 * Whether a path in an image is the file that the proxy loads; the folder does not matter.
 *
 * Source: Envoy Gateway 1.9 and Istio for Wasm (`plugin.wasm`), Built On Envoy's loader for Go plugins (any `.so`).
 */
export function isMainFile(kind: ExtensionKind, name: string | undefined, path: string): boolean {
  const base = baseName(path)
  if (kind === "wasm") return base === "plugin.wasm"
  if (kind === "go-plugin") return base.endsWith(".so")
  if (kind === "composer") return base === "libcomposer.so" || base === "libcomposer-lite.so"
  if (kind === "dynamic-module") return name === undefined ? isLibrary(base) : base === `lib${name}.so`
  return kind === "ext-proc" && base === "ext_proc-server"
}

/** The kind of extension that a file is the mark of; for images without annotations. */
export function kindOfFile(path: string): ExtensionKind | undefined {
  const base = baseName(path)
  if (base === "plugin.wasm") return "wasm"
  if (base === "plugin.so") return "go-plugin"
  if (base === "libcomposer.so" || base === "libcomposer-lite.so") return "composer"
  if (base === "ext_proc-server") return "ext-proc"
  // Libraries of a base image lie deeper; an extension's is put at the root.
  if (isLibrary(path)) return "dynamic-module"
  return base.endsWith(".lua") ? "lua" : undefined
}

function isLibrary(path: string): boolean {
  return /^lib[^/]+\.so$/.test(path)
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1)
}
