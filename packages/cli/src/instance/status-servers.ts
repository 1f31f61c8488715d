// Where an instance answers about itself: on a socket that other commands of this user find, and where --status-address says.
import { join } from "node:path"
import { type ControlPlane, type Reporter, type StatusServer, serveStatus } from "@attache/control-plane"
import { addressOf, type Options, pathsOf, textOf } from "../options.ts"
import type { Instance } from "./instance.ts"

/** Status servers of an instance. */
export interface StatusServers {
  readonly addresses: readonly StatusServer["address"][]
  close(): Promise<void>
}

/** Serves reports, and writes down where, for who looks for instances. Error: ATT_STATUS_LISTEN; then none is left open. */
export async function serveStatusOf(
  instance: Instance,
  verb: "run" | "serve",
  options: Options,
  controlPlane: ControlPlane,
  report: () => ReturnType<Reporter>,
): Promise<StatusServers> {
  const whenAsked: Reporter = async (isFresh) => {
    if (isFresh && controlPlane.isReady()) await controlPlane.refresh()
    return report()
  }
  const statusSocket = join(instance.socketFolder, "status.sock")
  const told = textOf(options, "statusAddress")
  const servers: StatusServer[] = []
  const close = async () => void (await Promise.all(servers.map((server) => server.close())))
  try {
    for (const address of [{ unixPath: statusSocket }, ...(told === undefined ? [] : [addressOf(told)])])
      servers.push(await serveStatus(address, controlPlane, whenAsked))
  } catch (error) {
    await close()
    throw error
  }
  instance.tell({ verb, startedAt: Date.now(), paths: pathsOf(options), statusSocket })
  return { addresses: servers.map(({ address }) => address), close }
}
