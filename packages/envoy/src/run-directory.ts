import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { AdminAddress } from "./admin-request.ts"
import { adminConfig } from "./bootstrap.ts"
import { errnoOf, failure, writeFailure } from "./failure.ts"
import { type JsonObject, objectIn, textIn } from "./json.ts"

/** The private directory of one running Envoy: bootstrap, admin socket, admin address. */
export interface RunDirectory {
  /** Mode 0700. */
  readonly path: string
  /** The bootstrap as a JSON file, with an admin interface. */
  readonly bootstrapPath: string
  /** Envoy writes its admin address here once it is bound. */
  readonly addressPath: string
  /** Known before the start when the admin interface is a Unix socket. */
  readonly adminAddress: AdminAddress | undefined
  /** Removes the directory; may be called twice. */
  remove(): Promise<void>
}

/**
 * Makes the directory for one run and writes the bootstrap into it.
 *
 * @param folder where it is made; default: the system's folder for temporary files
 *
 * A bootstrap without `admin.address` gets a Unix socket in the directory, or 127.0.0.1 with a port of the system's choice.
 *
 * @throws AttacheError ATT_ENVOY_SOCKET_PATH_TOO_LONG, ATT_ENVOY_DISK_FULL, ATT_ENVOY_CACHE_READ_ONLY
 */
export async function createRunDirectory(
  bootstrap: JsonObject,
  admin: "unix" | "tcp",
  folder = tmpdir(),
): Promise<RunDirectory> {
  const path = await mkdtemp(join(folder, "attache-envoy-")).catch((error: unknown) => {
    throw writeFailure(error, folder)
  })
  const remove = () => rm(path, { recursive: true, force: true })
  try {
    const complete = withAdmin(bootstrap, path, admin)
    const bootstrapPath = join(path, "bootstrap.json")
    await writeFile(bootstrapPath, JSON.stringify(complete), { mode: 0o600 })
    const socketPath = textIn(objectIn(objectIn(objectIn(complete, "admin"), "address"), "pipe"), "path")
    const adminAddress = socketPath === undefined ? undefined : { socketPath }
    return { path, bootstrapPath, addressPath: join(path, "admin-address"), adminAddress, remove }
  } catch (error) {
    await remove()
    if (errnoOf(error)?.startsWith("ATT_") === true) throw error
    throw writeFailure(error, path)
  }
}

/** The address in the file that Envoy writes; undefined while it is absent or not complete. */
export async function readAdminAddress(path: string): Promise<AdminAddress | undefined> {
  const text = (await readFile(path, "utf8").catch(() => "")).trim()
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  if (host !== undefined) return { host, port: Number(match?.[3]) }
  return text.startsWith("/") ? { socketPath: text } : undefined
}

function withAdmin(bootstrap: JsonObject, directory: string, admin: "unix" | "tcp"): JsonObject {
  const given = objectIn(bootstrap, "admin")
  if (objectIn(given, "address") !== undefined) return bootstrap
  if (admin === "tcp") return { ...bootstrap, admin: { ...given, ...adminConfig({ host: "127.0.0.1", port: 0 }) } }
  const socketPath = join(directory, "admin.sock")
  // sun_path holds 108 bytes on Linux and 104 on macOS, the end mark included.
  if (Buffer.byteLength(socketPath) > 103) {
    throw failure("ATT_ENVOY_SOCKET_PATH_TOO_LONG", `the path ${socketPath} is too long for a Unix socket`, {
      facts: { path: socketPath },
    })
  }
  return { ...bootstrap, admin: { ...given, ...adminConfig({ socketPath }) } }
}
