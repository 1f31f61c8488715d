import { join } from "node:path"
import {
  createModuleLoader,
  createModuleStore,
  placeAsFile,
  placeAtServer,
  stateDirectory,
} from "@attache/control-plane"
import type { ModuleLoader, Settings } from "@attache/translate"

/** A loader for a profile: Envoy on this machine reads the store's files, others fetch from the module server. */
export function moduleLoaderFor(settings: Settings, isOffline: boolean): ModuleLoader {
  const isHost = settings.profile === "host"
  const { host, port } = settings.moduleServer
  return createModuleLoader({
    store: createModuleStore(join(stateDirectory(), "modules")),
    addresses: { isLoopbackAllowed: isHost, isPrivateAllowed: true },
    place: isHost ? placeAsFile : placeAtServer(`https://${host}:${port}`, ""),
    isOffline,
  })
}
