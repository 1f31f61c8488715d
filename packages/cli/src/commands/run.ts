// Resources on this machine: a control plane on a Unix socket, and one Envoy for each proxy.
import { join } from "node:path"
import { AttacheError, createLogger, messageOf } from "@attache/base"
import {
  type ControlPlane,
  type ControlPlaneUpdate,
  createControlPlane,
  type Drain,
  filtersOfRoute,
  type Reporter,
  reportStatus,
  resourceFiles,
  serveStatus,
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
import { addressOf, appliedConfiguration, type Options, pathsOf, textOf } from "../options.ts"
import { printFindings, say, styled } from "../output/format.ts"
import { type PortClash, portClashes } from "../port-clashes.ts"
import { runModules } from "../running-modules.ts"

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
  if (resourceFiles(paths).length === 0) {
    throw new AttacheError("ATT_FILE_NONE", `no resource files at ${paths.join(", ")}`, {
      hint: "name a YAML or JSON file, or a folder that holds some",
    })
  }
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
    envoyBinary: () => envoy,
    logger,
    onUpdate: ({ reason, proxies, drains }) => {
      if (reason === "answer") return
      for (const line of changeLines(proxies, drains)) say(line)
      printNewFindings()
      printWithdrawn()
      if (isStarted) sayClashes()
      fleet
        .follow(controlPlane.proxyKeys(), (key) => controlPlane.translator.listeners(key))
        .catch((error: unknown) => {
          // What fails before ends the command, with the same error.
          if (isStarted) say(`${styled("red", "error:")} ${messageOf(error)}`)
        })
    },
  })
  let shown = ""
  const printNewFindings = (): void => {
    const { findings } = controlPlane.files.view()
    const text = JSON.stringify(findings)
    if (text !== shown) printFindings(findings)
    shown = text
  }
  const told = new Set<string>()
  const printWithdrawn = (): void => {
    for (const { proxyKey, part, object, field, message } of controlPlane.quarantine.list()) {
      if (told.has(`${proxyKey} ${part}`)) continue
      told.add(`${proxyKey} ${part}`)
      say(`${styled("red", "withdrawn")} ${object}${field === "" ? "" : ` ${field}`}: Envoy refuses it: ${message}`)
    }
  }
  const clashes = (): readonly PortClash[] =>
    portClashes(new Map(controlPlane.proxyKeys().map((key) => [key, controlPlane.translator.listeners(key)])))
  let clashing: readonly string[] = []
  const sayClashes = (): void => {
    const now = clashes().map(({ message }) => message)
    for (const message of now) if (!clashing.includes(message)) say(`${styled("red", "error:")} ${message}`)
    clashing = now
  }
  let isStarted = false
  const changeLines = (proxies: readonly string[], drains: ControlPlaneUpdate["drains"]): readonly string[] =>
    isStarted
      ? proxies.flatMap((key) => [`${styled("cyan", "updated")} ${key}`, ...(drains.get(key) ?? []).map(drainLine)])
      : []
  const servers: { close(): Promise<void> }[] = []
  try {
    const listener = await controlPlane.xds.listen({ unixPath: xdsSocket })
    const report: Reporter = async (isFresh) => {
      if (isFresh && controlPlane.isReady()) await controlPlane.refresh()
      return reportStatus(controlPlane, [listener.address], await fleet.views())
    }
    const statusSocket = join(instance.socketFolder, "status.sock")
    servers.push(await serveStatus({ unixPath: statusSocket }, controlPlane, report))
    const statusAddress = textOf(options, "statusAddress")
    if (statusAddress !== undefined) servers.push(await serveStatus(addressOf(statusAddress), controlPlane, report))
    instance.write(
      "instance.json",
      JSON.stringify({
        name: instance.name,
        pid: process.pid,
        verb: "run",
        startedAt: Date.now(),
        paths,
        statusSocket,
      }),
    )
    await controlPlane.start()
    const keys = controlPlane.proxyKeys()
    if (keys.length === 0) {
      printNewFindings()
      throw new AttacheError("ATT_GATEWAY_NONE", "no Gateway of ours is among the resources", {
        hint: `add a Gateway and a GatewayClass with controllerName ${settings.controllerName}`,
      })
    }
    const [clash] = clashes()
    if (clash !== undefined) throw portTaken(clash)
    await fleet.follow(keys, (key) => controlPlane.translator.listeners(key))
    await fleet.serving()
    isStarted = true
    controlPlane.watch()
    const listeners = keys.flatMap((key) => controlPlane.translator.listeners(key))
    const startMs = performance.now() - begun
    const refused = refusedListeners(controlPlane)
    for (const { name, address, port, externalPort } of listeners) {
      const reason = refused.get(name)
      if (reason !== undefined) {
        say(`${styled("red", "refused")} ${name}: ${reason}`)
        continue
      }
      const shifted = port === externalPort ? "" : ` (port ${externalPort} of the Gateway is not ours to bind)`
      say(`${styled("green", "listening")} ${name} on ${address}:${port}${shifted}`)
    }
    say(`ready in ${Math.round(startMs)} ms; watching ${paths.join(", ")}; stop with Ctrl-C`)
    return await whileRunning({ listeners, startMs })
  } finally {
    await fleet.stop()
    await Promise.all(servers.map((server) => server.close()))
    await controlPlane.close()
    await modules.close()
    instance.remove()
  }
}

function portTaken({ message }: PortClash): AttacheError {
  return new AttacheError("ATT_RESOURCE_PORT_TAKEN", message, { hint: codes.ATT_RESOURCE_PORT_TAKEN.cure })
}

/** Tells whose connections end within the drain time: filters sit in the listener, so their edits replace it. */
function drainLine({ listener, chains }: Drain): string {
  const part = chains === undefined ? "" : `${chains.drained} of ${chains.of} filter chains of `
  return `  drains ${part}listener ${listener}`
}

/** Envoy's reasons by the name of the listener it refused. */
function refusedListeners({ refusals }: ControlPlane): ReadonlyMap<string, string> {
  const own = refusals.list().filter(({ typeUrl }) => typeUrl.endsWith(".Listener"))
  return new Map(own.map(({ resource, message }) => [resource, message.trim()]))
}
