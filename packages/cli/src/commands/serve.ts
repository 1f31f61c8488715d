import { createLogger, messageOf } from "@attache/base"
import { createControlPlane, createModuleStore, reportStatus, stateDirectory } from "@attache/control-plane"
import { configurationOf } from "../configuration/configuration.ts"
import { type ExitCode, exitCodes } from "../exit.ts"
import { findEnvoyFor } from "../find-envoy.ts"
import { createInstance } from "../instance/instance.ts"
import { untilStopped } from "../instance/signals.ts"
import { type StatusServers, serveStatusOf } from "../instance/status-servers.ts"
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
import { filesAt } from "../resource-files.ts"
import { runModules } from "../running-modules.ts"

/** Runs the control plane alone, over files, until it is told to stop. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const paths = pathsOf(options)
  filesAt(paths)
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
    envoyBinary: async () => ({
      ...(await findEnvoyFor({ ...options, offline: true })),
      folder: instance.socketFolder,
    }),
    ...(modules.address === undefined ? {} : { moduleFile: createModuleStore(moduleFolder()).find }),
    logger,
  })
  modules.follow(controlPlane.xds)
  let status: StatusServers | undefined
  try {
    const listener = await controlPlane.xds.listen(address)
    status = await serveStatusOf(instance, "serve", options, controlPlane, () =>
      reportStatus(controlPlane, [listener.address]),
    )
    await controlPlane.start()
    controlPlane.watch()
    printFindings(controlPlane.files.view().findings)
    const ready = {
      ready: true,
      xds: listener.address,
      status: status.addresses,
      ...(modules.address === undefined ? {} : { modules: modules.address }),
      proxies: controlPlane.proxyKeys(),
    }
    const served = modules.address === undefined ? "" : ` modules=${modules.address}`
    // Whoever waited for the line may say stop at once.
    const stopped = untilStopped()
    process.stdout.write(
      formatOf(options) === "text"
        ? `ready xds=${ready.xds} status=${ready.status.join(",")} proxies=${ready.proxies.join(",")}${served}\n`
        : `${JSON.stringify(ready)}\n`,
    )
    await stopped
    return exitCodes.done
  } finally {
    await status?.close()
    await controlPlane.close()
    await modules.close()
    instance.remove()
  }
}
