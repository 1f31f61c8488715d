// Modules over an empty store, and policies that ask for them.
import { createManualClock, type ManualClock } from "@attache/base"
import { addressesBeside, loopbackRanges } from "@attache/oci"
import type { ModuleContext, WasmCode, WasmRequest } from "@attache/translate"
import { createModules, type Modules, type ModulesOptions } from "../src/modules/loader.ts"
import { placeAsFile } from "../src/modules/place.ts"
import { createModuleStore } from "../src/modules/store.ts"
import { temporaryDirectory } from "./temporary-directory.ts"

/** The bytes of a module with a name in it. */
export function moduleOf(name: string): Buffer {
  return Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), Buffer.from(name)])
}

/** The data of a pull secret. */
export function pullSecret(host: string, user: string, password: string): Readonly<Record<string, string>> {
  const auth = Buffer.from(`${user}:${password}`).toString("base64")
  const logins = JSON.stringify({ auths: { [host]: { auth } } })
  return { ".dockerconfigjson": Buffer.from(logins).toString("base64") }
}

/** One load, and what came of it. */
export interface Asked {
  readonly result: Promise<WasmCode>
  /** What was said meanwhile, in order. */
  readonly meanwhile: (WasmCode | undefined)[]
  readonly released: AbortController
  /** How often the load was asked to be started again. */
  readonly reloads: () => number
  readonly stop: AbortController
}

/** Modules under test. */
export interface ModuleWorld extends AsyncDisposable {
  readonly folder: string
  readonly clock: ManualClock
  /** Data of Secrets by `namespace/name`; may be changed. */
  readonly secrets: Map<string, Readonly<Record<string, string>>>
  /** The modules of this process, or of the next one after a restart. */
  modules(): Modules
  /** Asks and gives all of it. */
  start(request: WasmRequest): Asked
  /** Asks and gives the result. */
  load(request: WasmRequest): Promise<WasmCode>
  /** As another process would begin: over the same folder, with nothing in memory. */
  restart(more?: Partial<ModulesOptions>): void
}

/** Sets up modules that ask once and wait for nothing. */
export async function moduleWorld(first: Partial<ModulesOptions> = {}): Promise<ModuleWorld> {
  const folder = await temporaryDirectory()
  const clock = createManualClock(Date.UTC(2030, 0, 1))
  const secrets = new Map<string, Readonly<Record<string, string>>>()
  const open = (more: Partial<ModulesOptions>): Modules =>
    createModules({
      store: createModuleStore(folder.path),
      addresses: addressesBeside(loopbackRanges),
      place: placeAsFile,
      isOffline: false,
      fetch: { attempts: 1 },
      retry: { attempts: 1 },
      clock,
      ...first,
      ...more,
    })
  let modules = open({})
  const start = (request: WasmRequest): Asked => {
    const said: (WasmCode | undefined)[] = []
    const [released, stop] = [new AbortController(), new AbortController()]
    let reloads = 0
    const context: ModuleContext = {
      meanwhile: (code) => void said.push(code),
      released: released.signal,
      reload: () => reloads++,
      secretData: (name) => secrets.get(name),
    }
    const result = modules.load(request, stop.signal, context)
    result.catch(() => {})
    return { result, meanwhile: said, released, reloads: () => reloads, stop }
  }
  return {
    folder: folder.path,
    clock,
    secrets,
    modules: () => modules,
    start,
    load: (request) => start(request).result,
    restart: (more = {}) => {
      modules = open(more)
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
