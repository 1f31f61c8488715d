import { connect } from "node:net"
import type { BoundAddress } from "@attache/envoy"
import type { Knock } from "./dead-processors.ts"

/**
 * Whether somebody accepts connections at an address: opens one and closes it at once.
 *
 * @param timeoutMs after which the address counts as silent
 */
export function knockAt(address: BoundAddress, timeoutMs = 500): Promise<Knock> {
  return new Promise((resolve) => {
    const socket = "path" in address ? connect(address.path) : connect(address.port, address.address)
    const settle = (knock: Knock): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(knock)
    }
    const timer = setTimeout(() => settle("silent"), timeoutMs)
    socket.once("connect", () => settle("open"))
    // Whatever else keeps us out need not keep Envoy out.
    socket.once("error", ({ code }: NodeJS.ErrnoException) =>
      settle(code === "ECONNREFUSED" || code === "ENOENT" ? "refused" : "open"),
    )
  })
}
