// Loads the module a policy asks for: from the store when its digest is known, else from where the policy says.
import { AttacheError, sha256Hex } from "@attache/base"
import type { ModuleLoader, WasmCode, WasmRequest } from "@attache/translate"
import type { AddressPolicy } from "./address-policy.ts"
import { fetchHttp } from "./fetch-http.ts"
import type { ModuleStore } from "./store.ts"
import { unwrapModule } from "./unwrap.ts"

/** What a loader is made with. */
export interface ModuleLoaderOptions {
  readonly store: ModuleStore
  readonly addresses: AddressPolicy
  /** How Envoy gets a module that is in the store: its file where Envoy runs on this machine, a URL elsewhere. */
  readonly place: (module: PlacedModule) => WasmCode
  /** True: nothing is fetched, what is not in the store fails. */
  readonly isOffline: boolean
}

/** A module in the store. */
export interface PlacedModule {
  readonly url: string
  readonly sha256: string
  readonly path: string
}

/** Whole time of one load, in milliseconds. Source: Envoy Gateway 1.9. */
const loadTimeoutMs = 300_000

/**
 * A loader over a store.
 *
 * Loads of one URL are joined. Errors: ATT_MODULE_* with the text that the policy's status shows.
 */
export function createModuleLoader(options: ModuleLoaderOptions): ModuleLoader {
  const running = new Map<string, Promise<WasmCode>>()
  return (request, signal) => {
    const key = JSON.stringify({ ...request, attachment: "" })
    const known = running.get(key)
    if (known !== undefined) return known
    const load = loadModule(request, options, AbortSignal.any([signal, AbortSignal.timeout(loadTimeoutMs)])).finally(() => running.delete(key))
    running.set(key, load)
    return load
  }
}

async function loadModule(request: WasmRequest, options: ModuleLoaderOptions, signal: AbortSignal): Promise<WasmCode> {
  const { store } = options
  const { url } = request
  const digest = request.sha256 ?? (request.pullPolicy === "Always" ? undefined : store.rememberedDigest(url))
  const path = digest === undefined ? undefined : store.find(digest)
  if (digest !== undefined && path !== undefined) return options.place({ url, sha256: digest, path })
  if (request.type === "Image") {
    throw new AttacheError("ATT_MODULE_IMAGE", `module ${url} is an image, and images are not read by this version`, {
      hint: "serve the module over HTTP, or as a local file",
    })
  }
  if (options.isOffline) {
    throw new AttacheError("ATT_MODULE_OFFLINE", `module ${url} is not in the store and fetching is off`, { hint: "run once without --offline" })
  }
  const ca = request.caCertificate === undefined ? {} : { caCertificate: request.caCertificate }
  const bytes = unwrapModule(await fetchHttp(url, { addresses: options.addresses, signal, ...ca }), url)
  const actual = sha256Hex(bytes)
  if (request.sha256 !== undefined && request.sha256 !== actual) {
    throw new AttacheError("ATT_MODULE_CHECKSUM", `module downloaded from ${url} has checksum ${actual}, which does not match: ${request.sha256}`, {
      hint: "correct the checksum, or find out who changed the module",
      facts: { url, expected: request.sha256, actual },
    })
  }
  const placed = store.put(bytes)
  store.remember(url, actual)
  return options.place({ url, ...placed })
}

/** Envoy reads the module from the store's own file. */
export function placeAsFile({ path, sha256 }: PlacedModule): WasmCode {
  return { type: "file", path, sha256 }
}

/**
 * Envoy fetches the module from the control plane, at a path that only who knows the salt can name.
 *
 * Source: Envoy Gateway 1.9: `https://envoy-gateway.NAMESPACE.svc.cluster.local:18002/BASE64URL(sha256(URL + salt)).wasm`.
 */
export function placeAtServer(base: string, salt: string): (module: PlacedModule) => WasmCode {
  return ({ url, sha256 }) => {
    const name = Buffer.from(sha256Hex(url + salt), "hex").toString("base64").replaceAll("+", "-").replaceAll("/", "_")
    return { type: "remote", url: `${base}/${name}.wasm`, sha256 }
  }
}
