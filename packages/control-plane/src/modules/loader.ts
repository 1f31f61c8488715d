// Loads the modules that policies ask for, and keeps the files of those that were given out whole.
import { join } from "node:path"
import { type Clock, type Logger, messageOf, silentLogger, systemClock } from "@attache/base"
import type { AddressPolicy, RetryOptions } from "@attache/oci"
import type { ModuleContext, ModuleLoader, WasmCode } from "@attache/translate"
import type { ImageJudge } from "./fetch-image.ts"
import { createJoinedRuns } from "./joined-runs.ts"
import { createHttpLoader, type FetchDetails } from "./load-http.ts"
import { createImageLoader } from "./load-image.ts"
import type { LoadedModule } from "./loaded-module.ts"
import { moduleKey } from "./module-key.ts"
import { createRegistryClients } from "./registry-clients.ts"
import type { ModuleStore, StoredModule } from "./store.ts"

/** What modules are loaded with. */
export interface ModulesOptions {
  readonly store: ModuleStore
  /** Which addresses may be asked for modules and images. */
  readonly addresses: AddressPolicy
  /** How Envoy gets a module that is in the store: its file where Envoy runs on this machine, a URL elsewhere. */
  readonly place: (module: StoredModule) => WasmCode
  /** True: nothing is fetched, what is not in the store fails. */
  readonly isOffline: boolean
  /** Whether policies may name image layouts on this machine: only where they are those of who owns it. Default false. */
  readonly areLayoutsAllowed?: boolean
  /** Which images are taken. Default: all. */
  readonly signatures?: ImageJudge
  /** Details of downloads over HTTP. */
  readonly fetch?: FetchDetails
  /** How often registries are asked within one load. */
  readonly retry?: RetryOptions
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: nothing is logged. */
  readonly logger?: Logger
}

/** Modules of a control plane. */
export interface Modules {
  /** Errors: ATT_MODULE_*, and those of registries, archives and signatures, with the text that the policy's status shows. */
  readonly load: ModuleLoader
  /** Whether a module that was given out is in the store, fetched again if need be. Never rejects. */
  restore(sha256: string, signal: AbortSignal): Promise<boolean>
  /**
   * Fetches again what was given out and is damaged or gone, such as by another process, and gives it out as another
   * revision: an Envoy may have met the damage. Never rejects.
   */
  restoreAll(signal: AbortSignal): Promise<void>
}

/** Modules over a store. */
export function createModules(options: ModulesOptions): Modules {
  const { store, place, clock = systemClock, addresses } = options
  const fetch = { clock, ...options.fetch }
  const retry = { clock, ...options.retry }
  const resolveHost = fetch.resolveHost === undefined ? {} : { resolveHost: fetch.resolveHost }
  const loadHttp = createHttpLoader({ ...options, fetch })
  const loadImage = createImageLoader({
    ...options,
    clock,
    clients: createRegistryClients({ addresses, retry, ...resolveHost }),
    key: () => moduleKey(join(store.folder, "key")),
    areLayoutsAllowed: options.areLayoutsAllowed ?? false,
  })
  const given = createGivenModules(options)
  return {
    ...given,
    load: async (request, signal, context) => {
      const give = (module: LoadedModule): WasmCode => {
        const revision = given.add(module, context)
        return { ...place(module), ...(revision === 0 ? {} : { revision }) }
      }
      const meanwhile = (module: LoadedModule | undefined): void =>
        context.meanwhile(module === undefined ? undefined : give(module))
      const module =
        request.type === "Image"
          ? await loadImage(request, signal, context, meanwhile)
          : await loadHttp(request, signal, meanwhile)
      return give(module)
    },
  }
}

interface GivenModules extends Omit<Modules, "load"> {
  /** Gives how often the module was restored while it was wanted. */
  add(module: LoadedModule, context: Pick<ModuleContext, "released" | "reload">): number
}

interface GivenModule {
  restored: number
  readonly uses: Map<AbortSignal, { readonly module: LoadedModule; readonly reload: () => void }>
}

/** Modules that were given to Envoys, as long as policies want them. */
function createGivenModules({ store, logger = silentLogger }: ModulesOptions): GivenModules {
  const given = new Map<string, GivenModule>()
  const runs = createJoinedRuns<boolean>()
  const restoreNow = async (sha256: string, signal: AbortSignal): Promise<boolean> => {
    if ((await store.find(sha256)) !== undefined) return true
    for (const { module } of [...(given.get(sha256)?.uses.values() ?? [])]) {
      const { url, restore: fetchAgain } = module
      try {
        await fetchAgain(signal)
        logger.info("a module was damaged or gone, and was fetched again", { url, sha256 })
        return true
      } catch (error) {
        if (signal.aborted) return false
        logger.warn("a module is damaged or gone", { url, sha256, error: messageOf(error) })
      }
    }
    return false
  }
  const restore = (sha256: string, signal: AbortSignal): Promise<boolean> =>
    runs.join(sha256, signal, (joined) => restoreNow(sha256, joined)).catch(() => false)
  return {
    add: (module, { released, reload }) => {
      const { sha256 } = module
      const known = given.get(sha256) ?? { restored: 0, uses: new Map() }
      if (known.uses.has(released) || released.aborted) return known.restored
      given.set(sha256, known)
      known.uses.set(released, { module, reload })
      const release = store.hold(sha256)
      const forget = (): void => {
        release()
        known.uses.delete(released)
        if (known.uses.size === 0) given.delete(sha256)
      }
      released.addEventListener("abort", forget, { once: true })
      return known.restored
    },
    restore,
    restoreAll: async (signal) => {
      for (const [sha256, known] of [...given]) {
        if ((await store.find(sha256)) !== undefined || !(await restore(sha256, signal))) continue
        known.restored++
        for (const { reload } of known.uses.values()) reload()
      }
    },
  }
}
