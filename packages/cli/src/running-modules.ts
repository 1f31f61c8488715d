// Modules of a control plane that runs: kept whole, judged by signatures, and served to Envoys elsewhere.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { AttacheError, type Clock, type Logger, Secret, systemClock } from "@attache/base"
import {
  createModuleStore,
  createModules,
  givenPaths,
  type IsGiven,
  type ModuleServer,
  type Modules,
  moduleKey,
  placeAsFile,
  placeAtServer,
  type ServerIdentity,
  serveModules,
} from "@attache/control-plane"
import type { ModuleLoader, Settings } from "@attache/translate"
import type { Configuration } from "./configuration/configuration.ts"
import { moduleFolder, moduleRights } from "./module-loader.ts"
import { addressOf, isLoopbackHost, isOn, type Options, textOf, usageError } from "./options.ts"

/** Modules of a control plane that runs. */
export interface RunningModules {
  readonly loadModule: ModuleLoader
  /** Those given, with the address of the module server. */
  readonly settings: Settings
  /** URL of the module server, if there is one. */
  readonly address?: string
  /** Has the module server give proxies what is published for them; before that it gives nothing. */
  follow(xds: Parameters<typeof givenPaths>[0]): void
  close(): Promise<void>
}

/** How often files that Envoys may read are looked at, in milliseconds. */
const lookMs = 10_000

/**
 * Starts what `--module-address` and `--module-certs` ask for, under the policies of the configuration.
 *
 * Errors: ATT_USAGE_OPTION, ATT_MODULE_LISTEN, ATT_MODULE_STORE.
 */
export async function runModules(
  configuration: Configuration,
  options: Options,
  logger: Logger,
  clock: Clock = systemClock,
): Promise<RunningModules> {
  const { settings } = configuration
  if (textOf(options, "moduleCerts") !== undefined && textOf(options, "moduleAddress") === undefined)
    throw usageError("--module-certs is for --module-address", "give both")
  const store = createModuleStore(moduleFolder())
  const key = await keyOf(settings, options)
  const restore: Modules["restore"] = (sha256, signal) => modules.restore(sha256, signal)
  let isGiven: IsGiven = () => false
  const parts = { store, restore, isGiven: (...asked: Parameters<IsGiven>) => isGiven(...asked) }
  const served = key === undefined ? undefined : await serverOf(settings, options, { ...parts, key })
  const { host, port, isPlainHttp } = served?.settings.moduleServer ?? settings.moduleServer
  const base = `${isPlainHttp === true ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`
  const modules: Modules = createModules({
    store,
    ...moduleRights(configuration),
    place: key === undefined ? placeAsFile : placeAtServer(base, key),
    isOffline: isOn(options, "offline"),
    logger,
  })
  if (key !== undefined && served === undefined)
    logger.warn("Envoys are told to fetch Wasm modules from a server that is not here: give --module-address", { base })
  const stopLooking = keepWhole(modules, clock)
  return {
    loadModule: modules.load,
    settings: served?.settings ?? settings,
    ...(served === undefined ? {} : { address: base }),
    follow: (xds) => {
      isGiven = givenPaths(xds)
    },
    close: async () => {
      stopLooking()
      await served?.server.close()
    },
  }
}

/** The key of URLs, where there are any. */
async function keyOf({ profile }: Settings, options: Options): Promise<Secret | undefined> {
  const isServed = profile === "kubernetes" || textOf(options, "moduleAddress") !== undefined
  return isServed ? moduleKey(join(moduleFolder(), "key")) : undefined
}

function keepWhole(modules: Modules, clock: Clock): () => void {
  const closing = new AbortController()
  let cancel = (): void => {}
  const plan = (): void => {
    if (!closing.signal.aborted) cancel = clock.after(lookMs, () => void modules.restoreAll(closing.signal).then(plan))
  }
  plan()
  return () => {
    closing.abort(new Error("the control plane is closing"))
    cancel()
  }
}

interface Served {
  readonly server: ModuleServer
  readonly settings: Settings
}

async function serverOf(
  settings: Settings,
  options: Options,
  parts: Pick<Parameters<typeof serveModules>[0], "store" | "key" | "restore" | "isGiven">,
): Promise<Served | undefined> {
  const text = textOf(options, "moduleAddress")
  const certificates = textOf(options, "moduleCerts")
  if (text === undefined) return undefined
  const address = addressOf(text)
  if ("unixPath" in address) throw usageError("modules are not served on a Unix socket", "write HOST:PORT")
  const isOpen = certificates === undefined && !isLoopbackHost(address.host)
  if (isOpen && !isOn(options, "insecure")) {
    throw usageError(
      `modules at ${address.host} would be plain text beyond this machine`,
      "use a loopback address, --module-certs, or --insecure",
    )
  }
  const tls = certificates === undefined ? {} : { tls: () => identityIn(certificates) }
  const server = await serveModules({ ...parts, address, ...tls })
  // Behind TLS is a Service whose name is on the certificate.
  if (certificates !== undefined) return { server, settings }
  return {
    server,
    settings: { ...settings, moduleServer: { host: address.host, port: server.port, isPlainHttp: true } },
  }
}

/** The files of a mounted Secret: `tls.crt`, `tls.key`, and `ca.crt` for the certificates of clients. */
function identityIn(folder: string): ServerIdentity {
  const read = (name: string): Buffer => {
    try {
      return readFileSync(join(folder, name))
    } catch (error) {
      throw new AttacheError("ATT_USAGE_OPTION", `cannot read ${join(folder, name)} of --module-certs`, {
        cause: error,
        hint: "put tls.crt, tls.key and ca.crt into the folder",
      })
    }
  }
  return {
    certificate: read("tls.crt").toString("utf8"),
    key: new Secret(read("tls.key")),
    clientAuthorities: read("ca.crt").toString("utf8"),
  }
}
