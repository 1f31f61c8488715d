// The module behind a URL: from the store when its digest is known, else over HTTP.
import { AttacheError } from "@attache/base"
import type { AddressPolicy } from "@attache/oci"
import type { WasmRequest } from "@attache/translate"
import { sha256OfLarge } from "./digest.ts"
import { type FetchOptions, fetchHttp } from "./fetch-http.ts"
import { createJoinedRuns } from "./joined-runs.ts"
import type { LoadedModule } from "./loaded-module.ts"
import type { ModuleStore } from "./store.ts"
import { unwrapModule } from "./unwrap.ts"

/** What modules behind URLs are loaded with. */
export interface HttpLoaderOptions {
  readonly store: ModuleStore
  readonly addresses: AddressPolicy
  /** True: nothing is fetched, what is not in the store fails. */
  readonly isOffline: boolean
  readonly fetch?: FetchDetails
}

/** Details of downloads; see {@link FetchOptions}. */
export type FetchDetails = Pick<
  FetchOptions,
  "attempts" | "pauseMs" | "attemptTimeoutMs" | "limitBytes" | "resolveHost" | "clock"
>

/** Loads the module behind a URL; says meanwhile what may be used until then. */
export type HttpLoader = (
  request: WasmRequest,
  signal: AbortSignal,
  meanwhile: (module: LoadedModule) => void,
) => Promise<LoadedModule>

/**
 * A loader over a store.
 *
 * Loads of one module that overlap are one; it is aborted when the last of those who wait is. Whoever names a digest gets
 * what is in the store only where it came from the same URL: not everybody may read every URL. Errors: ATT_MODULE_*.
 */
export function createHttpLoader(options: HttpLoaderOptions): HttpLoader {
  const runs = createJoinedRuns<LoadedModule>()
  const { store } = options
  return async (request, signal, meanwhile) => {
    const found = await findModule(request, options)
    if (found !== undefined && (request.pullPolicy !== "Always" || request.sha256 !== undefined)) return found
    if (options.isOffline) {
      if (found !== undefined) return found
      throw new AttacheError("ATT_MODULE_OFFLINE", `module ${request.url} is not in the store and fetching is off`, {
        hint: "run once without --offline",
        facts: { url: request.url },
      })
    }
    if (found !== undefined) meanwhile(found)
    return runs.join(JSON.stringify(request), signal, async (joined) => {
      const module = await fetchModule(request, options, joined)
      await store.notes.write("source", request.url, module.sha256)
      await store.notes.write("origin", `${request.url}\n${module.sha256}`, "yes")
      return module
    })
  }
}

async function findModule(request: WasmRequest, options: HttpLoaderOptions): Promise<LoadedModule | undefined> {
  const { notes, find } = options.store
  const { url } = request
  const sha256 = request.sha256 ?? (await notes.read("source", url))
  if (sha256 === undefined) return undefined
  if (request.sha256 !== undefined && (await notes.read("origin", `${url}\n${sha256}`)) === undefined) return undefined
  const path = await find(sha256)
  return path === undefined ? undefined : { url, sha256, path, restore: restorer(request, options, sha256) }
}

function restorer(request: WasmRequest, options: HttpLoaderOptions, sha256: string): LoadedModule["restore"] {
  return async (signal) => void (await fetchModule({ ...request, sha256 }, options, signal))
}

async function fetchModule(
  request: WasmRequest,
  options: HttpLoaderOptions,
  signal: AbortSignal,
): Promise<LoadedModule> {
  const { url, caCertificate } = request
  const download = await fetchHttp(url, {
    ...options.fetch,
    addresses: options.addresses,
    signal,
    ...(caCertificate === undefined ? {} : { caCertificate }),
  })
  const bytes = await unwrapModule(download, url, options.fetch?.limitBytes)
  // Before it is stored: what nobody vouches for takes no place.
  const actual = request.sha256 === undefined ? undefined : await sha256OfLarge(bytes)
  if (actual !== request.sha256) throw wrongChecksum(request, actual ?? "")
  const stored = await options.store.put(bytes)
  return { ...stored, url, restore: restorer(request, options, stored.sha256) }
}

function wrongChecksum({ url, sha256 = "" }: WasmRequest, actual: string): AttacheError {
  const text = `module downloaded from ${url} has checksum ${actual}, which does not match: ${sha256}`
  return new AttacheError("ATT_MODULE_CHECKSUM", text, {
    hint: "correct the checksum, or find out who changed the module",
    facts: { url, expected: sha256, actual },
  })
}
