import { type IncomingMessage, request } from "node:http"
import { AttacheError } from "@attache/base"
import type { StatusReport } from "@attache/control-plane"

const limitBytes = 256 * 1024 * 1024
const timeout = 10_000

/**
 * Asks a running instance for its status, at the path of its socket. Errors: ATT_CLI_NOT_RUNNING.
 *
 * @param isFresh it reads files first that have changed. Default false
 */
export async function askStatus(socketPath: string, isFresh = false): Promise<StatusReport> {
  return (await askInstance(`unix:${socketPath}`, isFresh ? "/status?fresh" : "/status")) as StatusReport
}

/** Asks a status server, at a URL or `unix:PATH`, for a document. Errors: ATT_CLI_NOT_RUNNING. */
export function askInstance(address: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown): void =>
      reject(
        new AttacheError("ATT_CLI_NOT_RUNNING", `the instance does not answer at ${address}`, {
          cause,
          hint: "start one with attache run -f FILE",
        }),
      )
    const answered = (response: IncomingMessage): void => {
      const chunks: Buffer[] = []
      let size = 0
      response.on("data", (chunk: Buffer) => {
        size += chunk.length
        if (size > limitBytes) response.destroy(new Error("the answer is too large"))
        else chunks.push(chunk)
      })
      response.on("error", failed)
      response.on("end", () => {
        try {
          if (response.statusCode !== 200) throw new Error(`it answers ${response.statusCode} for ${path}`)
          resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")))
        } catch (error) {
          failed(error)
        }
      })
    }
    const call = address.startsWith("unix:")
      ? request({ socketPath: address.slice("unix:".length), path, timeout }, answered)
      : request(new URL(path, address), { timeout }, answered)
    call.on("timeout", () => call.destroy(new Error(`no answer within ${timeout / 1000} s`)))
    call.on("error", failed)
    call.end()
  })
}
