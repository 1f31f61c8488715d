import { join } from "node:path"
import {
  createModuleStore,
  createModules,
  createSignatureJudge,
  type ModulesOptions,
  moduleKey,
  placeAsFile,
  placeAtServer,
  stateDirectory,
} from "@attache/control-plane"
import type { ModuleLoader, Settings } from "@attache/translate"
import type { Configuration } from "./configuration.ts"

/** Folder of this user's modules. Error: ATT_STATE_DIRECTORY. */
export function moduleFolder(): string {
  return join(stateDirectory(), "modules")
}

/**
 * A loader for verbs that end by themselves: Envoy on this machine reads the store's files, others fetch from the module
 * server of `serve`.
 */
export function moduleLoaderFor({ settings, signatures }: Configuration, isOffline: boolean): ModuleLoader {
  const isHost = settings.profile === "host"
  const { host, port } = settings.moduleServer
  const folder = moduleFolder()
  const modules = async () =>
    createModules({
      store: createModuleStore(folder),
      ...moduleRights(settings),
      ...judgedBy(signatures),
      place: isHost ? placeAsFile : placeAtServer(`https://${host}:${port}`, await moduleKey(join(folder, "key"))),
      isOffline,
    })
  let made: ReturnType<typeof modules> | undefined
  return async (request, signal, context) => {
    made ??= modules()
    return (await made).load(request, signal, context)
  }
}

/** What policies may name: in profile host they are those of who owns the machine. */
export function moduleRights({ profile }: Settings) {
  const isHost = profile === "host"
  return { addresses: { isLoopbackAllowed: isHost, isPrivateAllowed: true }, areLayoutsAllowed: isHost }
}

/** How modules are judged by who signed their images. */
export function judgedBy(signatures: Configuration["signatures"]): Pick<ModulesOptions, "signatures"> {
  return signatures === undefined ? {} : { signatures: createSignatureJudge(signatures.policy, signatures.trust) }
}
