import { join } from "node:path"
import type { Logger } from "@attache/base"
import {
  createModuleStore,
  createModules,
  type Modules,
  moduleKey,
  placeAsFile,
  placeAtServer,
  stateDirectory,
} from "@attache/control-plane"
import type { ModuleLoader, Settings } from "@attache/translate"

/** A loader for a profile: Envoy on this machine reads the store's files, others fetch from the module server. */
export function moduleLoaderFor(settings: Settings, isOffline: boolean): ModuleLoader {
  const modules = modulesFor(settings, isOffline)
  modules.catch(() => {})
  return async (request, signal, context) => (await modules).load(request, signal, context)
}

/** Modules for a profile, in the store of this user. Error: ATT_MODULE_STORE. */
export async function modulesFor(settings: Settings, isOffline: boolean, logger?: Logger): Promise<Modules> {
  const isHost = settings.profile === "host"
  const { host, port } = settings.moduleServer
  const folder = join(stateDirectory(), "modules")
  return createModules({
    store: createModuleStore(folder),
    addresses: { isLoopbackAllowed: isHost, isPrivateAllowed: true },
    areLayoutsAllowed: isHost,
    place: isHost ? placeAsFile : placeAtServer(`https://${host}:${port}`, await moduleKey(join(folder, "key"))),
    isOffline,
    ...(logger === undefined ? {} : { logger }),
  })
}
