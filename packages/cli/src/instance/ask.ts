import { request } from "node:http"
import { AttacheError } from "@attache/base"
import type { StatusReport } from "@attache/control-plane"

const limitBytes = 256 * 1024 * 1024

/** Asks a running instance for its status. Errors: ATT_CLI_NOT_RUNNING. */
export function askStatus(socketPath: string): Promise<StatusReport> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown): void =>
      reject(
        new AttacheError("ATT_CLI_NOT_RUNNING", `the instance does not answer at ${socketPath}`, {
          cause,
          hint: "start one with attache run -f FILE",
        }),
      )
    const call = request({ socketPath, path: "/status", timeout: 5_000 }, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on("data", (chunk: Buffer) => {
        size += chunk.length
        if (size > limitBytes) response.destroy(new Error("status is too large"))
        else chunks.push(chunk)
      })
      response.on("error", failed)
      response.on("end", () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")) as StatusReport)
        } catch (error) {
          failed(error)
        }
      })
    })
    call.on("timeout", () => call.destroy(new Error("no answer within 5 s")))
    call.on("error", failed)
    call.end()
  })
}
