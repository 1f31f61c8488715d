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
import { addressesBeside, loopbackRanges } from "@attache/oci"
import type { ModuleLoader } from "@attache/translate"
import type { Configuration } from "./configuration/configuration.ts"

/** Folder of this user's modules. Error: ATT_STATE_DIRECTORY. */
export function moduleFolder(): string {
  return join(stateDirectory(), "modules")
}

/**
 * A loader for verbs that end by themselves: Envoy on this machine reads the store's files, others fetch from the module
 * server of `serve`.
 */
export function moduleLoaderFor(configuration: Configuration, isOffline: boolean): ModuleLoader {
  const { settings } = configuration
  const isHost = settings.profile === "host"
  const { host, port } = settings.moduleServer
  const folder = moduleFolder()
  const modules = async () =>
    createModules({
      store: createModuleStore(folder),
      ...moduleRights(configuration),
      place: isHost ? placeAsFile : placeAtServer(`https://${host}:${port}`, await moduleKey(join(folder, "key"))),
      isOffline,
    })
  let made: ReturnType<typeof modules> | undefined
  return async (request, signal, context) => {
    made ??= modules()
    return (await made).load(request, signal, context)
  }
}

/** Where modules of policies may come from, and who must have signed them; in profile host policies are those of who owns the machine. */
export function moduleRights({ settings, signatures, allowedAddresses = [] }: Configuration): ModuleRights {
  const isHost = settings.profile === "host"
  return {
    addresses: addressesBeside(isHost ? [...loopbackRanges, ...allowedAddresses] : allowedAddresses),
    areLayoutsAllowed: isHost,
    ...(signatures === undefined ? {} : { signatures: createSignatureJudge(signatures.policy, signatures.trust) }),
  }
}

type ModuleRights = Pick<ModulesOptions, "addresses" | "areLayoutsAllowed" | "signatures">
