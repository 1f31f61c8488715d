import { lstat, unlink } from "node:fs/promises"
import { connect } from "node:net"
import { dirname } from "node:path"
import { AttacheError } from "@attache/base"

/** Longest path the kernel takes, without the final zero. */
const longestPath = process.platform === "darwin" ? 103 : 107

/**
 * Makes sure a socket can be created: removes a stale one, and nothing else.
 *
 * Errors: ATT_XDS_SOCKET_PATH_TOO_LONG, ATT_XDS_SOCKET_PATH_TAKEN, ATT_XDS_SOCKET_DIRECTORY_MISSING, ATT_XDS_ADDRESS_IN_USE,
 * ATT_XDS_PERMISSION, ATT_XDS_LISTEN.
 */
export async function clearSocketPath(path: string): Promise<void> {
  const bytes = Buffer.byteLength(path)
  if (bytes > longestPath) {
    const message = `the socket path ${path} has ${bytes} bytes, more than ${longestPath}`
    throw new AttacheError("ATT_XDS_SOCKET_PATH_TOO_LONG", message, { facts: { path, limit: longestPath } })
  }
  const found = await lstat(path).catch((cause: NodeJS.ErrnoException) => pathError(cause, path))
  if (found === undefined) return void (await directoryOf(path))
  if (!found.isSocket()) {
    throw new AttacheError("ATT_XDS_SOCKET_PATH_TAKEN", `${path} exists and is not a socket`, { facts: { path } })
  }
  if (await isListening(path)) {
    throw new AttacheError("ATT_XDS_ADDRESS_IN_USE", `another process listens on ${path}`, {
      facts: { path },
      retry: "later",
    })
  }
  await unlink(path).catch((cause: NodeJS.ErrnoException) => pathError(cause, path))
}

async function directoryOf(path: string): Promise<void> {
  const directory = dirname(path)
  const found = await lstat(directory).catch((cause: NodeJS.ErrnoException) => pathError(cause, path))
  if (found === undefined) {
    const message = `the directory ${directory} of the xds socket does not exist`
    throw new AttacheError("ATT_XDS_SOCKET_DIRECTORY_MISSING", message, { facts: { path } })
  }
}

/** Absence is an answer; everything else is an error. */
function pathError(cause: NodeJS.ErrnoException, path: string): undefined {
  if (cause.code === "ENOENT") return undefined
  const code = cause.code === "EACCES" || cause.code === "EPERM" ? "ATT_XDS_PERMISSION" : "ATT_XDS_LISTEN"
  throw new AttacheError(code, `the socket ${path} cannot be created: ${cause.message}`, { cause, facts: { path } })
}

function isListening(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
  socket.once("connect", () => {
    socket.destroy()
    resolve(true)
  })
  // Only a refusal proves that nobody listens.
  socket.once("error", (error: NodeJS.ErrnoException) =>
    resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"),
  )
  return promise
}
