import { lstat, unlink } from "node:fs/promises"
import { connect } from "node:net"
import { isAbsolute } from "node:path"
import { AttacheError, errorFrom } from "@attache/base"

/** Longest path of a Unix socket, in bytes: the system's structure holds 108 with the closing zero. */
export const longestSocketPath = 107

/**
 * Makes way for a Unix socket: a stale one, which nobody listens on, is removed.
 *
 * @throws AttacheError ATT_EXT_PROC_ADDRESS_INVALID, ATT_EXT_PROC_ADDRESS_IN_USE, ATT_EXT_PROC_LISTEN_FAILED
 */
export async function clearSocketPath(path: string): Promise<void> {
  const facts = { path }
  if (!isAbsolute(path))
    throw invalid(`the socket path ${path} is relative; Envoy and this process may differ in their folders`, path)
  if (Buffer.byteLength(path) > longestSocketPath)
    throw invalid(`the socket path ${path} is longer than ${longestSocketPath} bytes`, path)
  try {
    if (!(await lstat(path)).isSocket()) throw invalid(`${path} exists and is not a socket`, path)
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return
    throw errorFrom(error, "ATT_EXT_PROC_LISTEN_FAILED", `cannot look at ${path}`, { facts })
  }
  if (await isAnswered(path))
    throw new AttacheError("ATT_EXT_PROC_ADDRESS_IN_USE", `another process listens on ${path}`, {
      facts,
      hint: "stop it or use another path",
    })
  await unlink(path).catch((error: unknown) => {
    if (errnoOf(error) !== "ENOENT")
      throw errorFrom(error, "ATT_EXT_PROC_LISTEN_FAILED", `cannot remove the stale socket ${path}`, { facts })
  })
}

/** Whether connecting is refused tells a socket left behind from one in use; any other answer counts as in use. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", (error) => resolve(errnoOf(error) !== "ECONNREFUSED" && errnoOf(error) !== "ENOENT"))
  })
}

function invalid(message: string, path: string): AttacheError {
  return new AttacheError("ATT_EXT_PROC_ADDRESS_INVALID", message, { facts: { path } })
}

function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined
}
