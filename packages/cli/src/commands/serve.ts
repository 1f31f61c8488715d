import { join } from "node:path"
import { AttacheError, createLogger, messageOf } from "@attache/base"
import {
  createControlPlane,
  createModuleStore,
  type Reporter,
  reportStatus,
  resourceFiles,
  serveStatus,
  stateDirectory,
} from "@attache/control-plane"
import { configurationOf } from "../configuration/configuration.ts"
import { type ExitCode, exitCodes } from "../exit.ts"
import { findEnvoyFor } from "../find-envoy.ts"
import { createInstance } from "../instance/instance.ts"
import { untilStopped } from "../instance/signals.ts"
import { moduleFolder } from "../module-loader.ts"
import {
  addressOf,
  appliedConfiguration,
  formatOf,
  isLoopbackHost,
  isOn,
  type Options,
  pathsOf,
  textOf,
  usageError,
} from "../options.ts"
import { printFindings } from "../output/format.ts"
import { profileOf } from "../profile-settings.ts"
import { runModules } from "../running-modules.ts"

/** Runs the control plane alone, over files, until it is told to stop. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const paths = pathsOf(options)
  if (resourceFiles(paths).length === 0) {
    throw new AttacheError("ATT_FILE_NONE", `no resource files at ${paths.join(", ")}`, {
      hint: "name a YAML or JSON file, or a folder that holds some",
    })
  }
  const address = addressOf(textOf(options, "xdsAddress") ?? "127.0.0.1:18000")
  if ("host" in address && !isLoopbackHost(address.host) && !isOn(options, "insecure")) {
    throw usageError(
      `xDS at ${address.host} would be plain text beyond this machine`,
      "use a loopback address, a Unix socket, or --insecure",
    )
  }
  const configuration = configurationOf(options, profileOf(options, "host"))
  const logger = createLogger({ format: formatOf(options) === "text" ? "text" : "json" })
  const instance = createInstance((error) =>
    logger.warn("attache status does not find this instance", { error: messageOf(error) }),
  )
  const modules = await runModules(configuration, options, logger)
  const controlPlane = createControlPlane({
    paths,
    settings: modules.settings,
    stateFolder: stateDirectory(),
    defaultNamespace: textOf(options, "namespace") ?? "default",
    ...appliedConfiguration(options),
    loadModule: modules.loadModule,
    // Only an Envoy that is here already: who serves others' Envoys need not have one.
    envoyBinary: () => findEnvoyFor({ ...options, offline: true }),
    ...(modules.address === undefined ? {} : { moduleFile: createModuleStore(moduleFolder()).find }),
    logger,
  })
  modules.follow(controlPlane.xds)
  try {
    const listener = await controlPlane.xds.listen(address)
    const report: Reporter = async (isFresh) => {
      if (isFresh && controlPlane.isReady()) await controlPlane.refresh()
      return reportStatus(controlPlane, [listener.address])
    }
    const statusSocket = join(instance.socketFolder, "status.sock")
    const servers = [await serveStatus({ unixPath: statusSocket }, controlPlane, report)]
    const statusAddress = textOf(options, "statusAddress")
    if (statusAddress !== undefined) servers.push(await serveStatus(addressOf(statusAddress), controlPlane, report))
    instance.write(
      "instance.json",
      JSON.stringify({
        name: instance.name,
        pid: process.pid,
        verb: "serve",
        startedAt: Date.now(),
        paths,
        statusSocket,
      }),
    )
    await controlPlane.start()
    controlPlane.watch()
    printFindings(controlPlane.files.view().findings)
    const ready = {
      ready: true,
      xds: listener.address,
      status: servers.map((server) => server.address),
      ...(modules.address === undefined ? {} : { modules: modules.address }),
      proxies: controlPlane.proxyKeys(),
    }
    const served = modules.address === undefined ? "" : ` modules=${modules.address}`
    process.stdout.write(
      formatOf(options) === "text"
        ? `ready xds=${ready.xds} status=${ready.status.join(",")} proxies=${ready.proxies.join(",")}${served}\n`
        : `${JSON.stringify(ready)}\n`,
    )
    await untilStopped()
    await Promise.all(servers.map((server) => server.close()))
    return exitCodes.done
  } finally {
    await controlPlane.close()
    await modules.close()
    instance.remove()
  }
}
