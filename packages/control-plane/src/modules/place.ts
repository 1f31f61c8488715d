// How Envoy gets a module that is in the store.
import { timingSafeEqual } from "node:crypto"
import type { Secret } from "@attache/base"
import { proxyModuleUrl, type WasmCode } from "@attache/translate"
import { keyed } from "./module-key.ts"
import type { StoredModule } from "./store.ts"

/** Envoy reads the module from the store's own file. */
export function placeAsFile({ path, sha256 }: StoredModule): WasmCode {
  return { type: "file", path, sha256 }
}

/**
 * Envoy fetches the module from the control plane, by its digest, at a path that only who has the key can name.
 *
 * Each proxy gets a path of its own, made by {@link proxyModuleUrl}. So a module is read by proxies that were given its
 * URL, whose policies may have it, and by nobody who knows only its digest. What is behind a URL never changes.
 *
 * @param base URL of the module server, without a slash at the end
 */
export function placeAtServer(base: string, key: Secret): (module: StoredModule) => WasmCode {
  return ({ sha256 }) => ({ type: "remote", url: `${base}${modulePath(sha256, key)}`, sha256, isOurs: true })
}

function modulePath(sha256: string, key: Secret): string {
  return `/${sha256}/${keyed(key, "url", sha256)}.wasm`
}

/** What a path stands for. */
export interface GivenModule {
  readonly sha256: string
  /** Key of the proxy that the path was made for. */
  readonly proxyKey: string
}

const pathPattern = "/([0-9a-f]{64})/([A-Za-z0-9_-]{1,1000})/[0-9a-f]{64}\\.wasm"
const wholePath = new RegExp(`^${pathPattern}$`)

/** The module and the proxy that a path names; undefined when nobody who has the key made it. */
export function moduleOfPath(path: string, key: Secret): GivenModule | undefined {
  const [, sha256 = "", proxy = ""] = wholePath.exec(path) ?? []
  if (sha256 === "") return undefined
  const proxyKey = Buffer.from(proxy, "base64url").toString()
  const [given, right] = [path, proxyModuleUrl(modulePath(sha256, key), proxyKey)].map((text) => Buffer.from(text))
  if (given === undefined || right === undefined || given.length !== right.length) return undefined
  return timingSafeEqual(given, right) ? { sha256, proxyKey } : undefined
}

/** All paths in the text of a resource. */
export function pathsIn(text: string): ReadonlySet<string> {
  return new Set(text.match(new RegExp(pathPattern, "g")))
}
