// How Envoy gets a module that is in the store.
import { timingSafeEqual } from "node:crypto"
import type { Secret } from "@attache/base"
import type { WasmCode } from "@attache/translate"
import { keyed } from "./module-key.ts"
import { isHexDigest, type StoredModule } from "./store.ts"

/** Envoy reads the module from the store's own file. */
export function placeAsFile({ path, sha256 }: StoredModule): WasmCode {
  return { type: "file", path, sha256 }
}

/**
 * Envoy fetches the module from the control plane, by its digest, at a path that only who has the key can name.
 *
 * So a module is read by proxies that were given its URL, whose policies may have it, and by nobody who knows only its
 * digest. What is behind a URL never changes.
 *
 * @param base URL of the module server, without a slash at the end
 */
export function placeAtServer(base: string, key: Secret): (module: StoredModule) => WasmCode {
  return ({ sha256 }) => ({ type: "remote", url: `${base}${modulePath(sha256, key)}`, sha256, hasOwnVm: true })
}

/** Path of a module at the server: `/{sha256}/{64 digits}.wasm`. */
export function modulePath(sha256: string, key: Secret): string {
  return `/${sha256}/${keyed(key, "url", sha256)}.wasm`
}

/** The digest of the module that a path names; undefined when nobody who has the key made it. */
export function moduleOfPath(path: string, key: Secret): string | undefined {
  const sha256 = path.slice(1, 65)
  if (!isHexDigest(sha256)) return undefined
  const [given, right] = [path, modulePath(sha256, key)].map((text) => Buffer.from(text))
  if (given === undefined || right === undefined || given.length !== right.length) return undefined
  return timingSafeEqual(given, right) ? sha256 : undefined
}
