// What a running gateway says about itself, as `attache status` asks it.
import { readdirSync, readFileSync } from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import type { StatusReport } from "@attache/control-plane"
import type { GatewayUnderTest } from "./gateway-under-test.ts"

/** The status of a gateway that runs. */
export async function statusOf({ folder }: GatewayUnderTest): Promise<StatusReport> {
  const instances = join(folder, ".state", "instances")
  const [name = ""] = readdirSync(instances)
  const { statusSocket } = JSON.parse(readFileSync(join(instances, name, "instance.json"), "utf8")) as {
    readonly statusSocket: string
  }
  const text = await new Promise<string>((resolve, reject) => {
    const call = request({ socketPath: statusSocket, path: "/status" }, (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")))
    })
    call.on("error", reject)
    call.end()
  })
  return JSON.parse(text) as StatusReport
}
