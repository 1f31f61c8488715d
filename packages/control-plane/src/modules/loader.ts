// Loads the module a policy asks for: from the store when its digest is known, else from where the policy says.
import { AttacheError, sha256Hex } from "@attache/base"
import type { AddressPolicy } from "@attache/oci"
import type { ModuleLoader, WasmCode, WasmRequest } from "@attache/translate"
import { sha256OfLarge } from "./digest.ts"
import { type FetchOptions, fetchHttp } from "./fetch-http.ts"
import { createJoinedRuns } from "./joined-runs.ts"
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
  /** Details of fetching; see {@link FetchOptions}. */
  readonly fetch?: Pick<
    FetchOptions,
    "attempts" | "pauseMs" | "attemptTimeoutMs" | "limitBytes" | "resolveHost" | "clock"
  >
}

/** A module in the store. */
export interface PlacedModule {
  readonly url: string
  readonly sha256: string
  readonly path: string
}

/**
 * A loader over a store.
 *
 * Loads of one module that overlap are one; it is aborted when the last of those who wait is. Errors: ATT_MODULE_* with
 * the text that the policy's status shows.
 */
export function createModuleLoader(options: ModuleLoaderOptions): ModuleLoader {
  const runs = createJoinedRuns<WasmCode>()
  return (request, signal) =>
    runs.join(JSON.stringify(request), signal, (joined) => loadModule(request, options, joined))
}

async function loadModule(request: WasmRequest, options: ModuleLoaderOptions, signal: AbortSignal): Promise<WasmCode> {
  const { store } = options
  const { url } = request
  const digest = request.sha256 ?? (request.pullPolicy === "Always" ? undefined : await store.rememberedDigest(url))
  const path = digest === undefined ? undefined : await store.find(digest)
  if (digest !== undefined && path !== undefined) return options.place({ url, sha256: digest, path })
  if (request.type === "Image") {
    throw new AttacheError("ATT_MODULE_IMAGE", `module ${url} is an image, and images are not read by this version`, {
      hint: "serve the module over HTTP",
      facts: { url },
    })
  }
  if (options.isOffline) {
    throw new AttacheError("ATT_MODULE_OFFLINE", `module ${url} is not in the store and fetching is off`, {
      hint: "run once without --offline",
      facts: { url },
    })
  }
  const bytes = await fetchModule(request, options, signal)
  // Before it is stored: what nobody vouches for takes no place.
  const actual = request.sha256 === undefined ? undefined : await sha256OfLarge(bytes)
  if (actual !== request.sha256) throw wrongChecksum(request, actual ?? "")
  const placed = await store.put(bytes)
  await store.remember(url, placed.sha256)
  return options.place({ url, ...placed })
}

async function fetchModule(
  request: WasmRequest,
  options: ModuleLoaderOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { url, caCertificate } = request
  const download = await fetchHttp(url, {
    ...options.fetch,
    addresses: options.addresses,
    signal,
    ...(caCertificate === undefined ? {} : { caCertificate }),
  })
  return unwrapModule(download, url, options.fetch?.limitBytes)
}

function wrongChecksum({ url, sha256 = "" }: WasmRequest, actual: string): AttacheError {
  const text = `module downloaded from ${url} has checksum ${actual}, which does not match: ${sha256}`
  return new AttacheError("ATT_MODULE_CHECKSUM", text, {
    hint: "correct the checksum, or find out who changed the module",
    facts: { url, expected: sha256, actual },
  })
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
    const name = Buffer.from(sha256Hex(url + salt), "hex")
      .toString("base64")
      .replaceAll("+", "-")
      .replaceAll("/", "_")
    return { type: "remote", url: `${base}/${name}.wasm`, sha256 }
  }
}
