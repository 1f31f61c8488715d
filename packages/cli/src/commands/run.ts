// Resources on this machine: a control plane on a Unix socket, and one Envoy for each proxy.
import { join } from "node:path"
import { AttacheError, createLogger, messageOf } from "@attache/base"
import {
  type ControlPlane,
  createControlPlane,
  filtersOfRoute,
  reportStatus,
  stateDirectory,
} from "@attache/control-plane"
import { codes } from "../codes.ts"
import { configurationOf } from "../configuration/configuration.ts"
import { type ExitCode, exitCodes } from "../exit.ts"
import { findEnvoyFor } from "../find-envoy.ts"
import { createBootstrapOver } from "../instance/bootstrap-over.ts"
import { createFleet } from "../instance/fleet.ts"
import { createInstance } from "../instance/instance.ts"
import { untilStopped } from "../instance/signals.ts"
import { type StatusServers, serveStatusOf } from "../instance/status-servers.ts"
import { appliedConfiguration, type Options, pathsOf, textOf } from "../options.ts"
import { say } from "../output/format.ts"
import type { PortClash } from "../port-clashes.ts"
import { filesAt } from "../resource-files.ts"
import { runModules } from "../running-modules.ts"
import { createChanges, portClashesOf, sayFailure, sayListeners } from "./run-changes.ts"

/** What a caller of {@link runResources} learns. */
export interface RunningResources {
  /** Addresses that accept requests, by listener. */
  readonly listeners: readonly { readonly name: string; readonly address: string; readonly port: number }[]
  /** Milliseconds from the call until Envoy served. */
  readonly startMs: number
}

/** Runs resources until it is told to stop. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const stop = new AbortController()
  const signalled = untilStopped(stop.signal)
  return runResources(options, async () => {
    const signal = await signalled
    return signal === "SIGINT" ? exitCodes.interrupted : exitCodes.done
  })
}

/**
 * Starts control plane and Envoys, calls `whileRunning`, and stops them drained when it is done.
 *
 * Errors: ATT_FILE_NONE, ATT_GATEWAY_NONE, ATT_RESOURCE_PORT_TAKEN, ATT_ENVOY_*.
 */
export async function runResources(
  options: Options,
  whileRunning: (running: RunningResources) => Promise<ExitCode>,
): Promise<ExitCode> {
  const begun = performance.now()
  const paths = pathsOf(options)
  filesAt(paths)
  // Finding Envoy reads two small files with a warm cache; it runs while the resources are read.
  const envoy = findEnvoyFor(options)
  envoy.catch(() => {})
  const configuration = configurationOf(options, "host")
  const { settings } = configuration
  const logger = createLogger({ level: "warn" })
  const modules = await runModules(configuration, options, logger)
  const instance = createInstance((error) =>
    logger.warn("attache status does not find this instance", { error: messageOf(error) }),
  )
  const xdsSocket = join(instance.socketFolder, "xds.sock")
  const fleet = createFleet({
    xdsSocket,
    logLevel: textOf(options, "logLevel") ?? "warning",
    findEnvoy: () => envoy,
    folder: instance.socketFolder,
    overBootstrap: createBootstrapOver((key, base) => controlPlane.translator.bootstrapOver(key, base)),
    filtersOfRoute: (key, route) => filtersOfRoute(controlPlane.translator.snapshot(key), route),
  })
  const controlPlane: ControlPlane = createControlPlane({
    paths,
    settings,
    stateFolder: stateDirectory(),
    defaultNamespace: textOf(options, "namespace") ?? "default",
    ...appliedConfiguration(options),
    loadModule: modules.loadModule,
    envoyBinary: async () => ({ ...(await envoy), folder: instance.socketFolder }),
    logger,
    onUpdate: (update) => {
      if (update.reason === "answer") return
      changes.say(update, isStarted)
      fleet
        .follow(controlPlane.proxyKeys(), (key) => controlPlane.translator.listeners(key))
        .catch((error: unknown) => {
          // What fails before ends the command, with the same error.
          if (isStarted) sayFailure(error)
        })
    },
  })
  const changes = createChanges(controlPlane)
  let isStarted = false
  let status: StatusServers | undefined
  try {
    const listener = await controlPlane.xds.listen({ unixPath: xdsSocket })
    status = await serveStatusOf(instance, "run", options, controlPlane, async () =>
      reportStatus(controlPlane, [listener.address], await fleet.views()),
    )
    await controlPlane.start()
    const keys = controlPlane.proxyKeys()
    if (keys.length === 0) {
      changes.sayFindings()
      throw new AttacheError("ATT_GATEWAY_NONE", "no Gateway of ours is among the resources", {
        hint: `add a Gateway and a GatewayClass with controllerName ${settings.controllerName}`,
      })
    }
    const [clash] = portClashesOf(controlPlane)
    if (clash !== undefined) throw portTaken(clash)
    await fleet.follow(keys, (key) => controlPlane.translator.listeners(key))
    await fleet.serving()
    isStarted = true
    controlPlane.watch()
    const listeners = keys.flatMap((key) => controlPlane.translator.listeners(key))
    const startMs = performance.now() - begun
    sayListeners(controlPlane, listeners)
    say(`ready in ${Math.round(startMs)} ms; watching ${paths.join(", ")}; stop with Ctrl-C`)
    return await whileRunning({ listeners, startMs })
  } finally {
    await fleet.stop()
    await status?.close()
    await controlPlane.close()
    await modules.close()
    instance.remove()
  }
}

function portTaken({ message }: PortClash): AttacheError {
  return new AttacheError("ATT_RESOURCE_PORT_TAKEN", message, { hint: codes.ATT_RESOURCE_PORT_TAKEN.cure })
}
