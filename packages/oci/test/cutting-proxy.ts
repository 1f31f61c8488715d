import { connect, createServer, type Socket } from "node:net"

/** A way to a server that is cut now and then. */
export interface CuttingProxy extends AsyncDisposable {
  /** Host and port. */
  readonly host: string
  /** Connections that were cut so far. */
  readonly cuts: number
  /** Cuts the next connections once so many bytes have gone the way; 0 of them: no more. */
  cutNext(count: number, way: "up" | "down", afterBytes: number): void
}

/** Starts a proxy for TCP in front of a server. @param host of the server, with its port */
export async function cuttingProxy(host: string): Promise<CuttingProxy> {
  const [name = "", port = "0"] = host.split(":")
  const plan = { number: 0, left: 0, cuts: 0, way: "up" as "up" | "down", afterBytes: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), name)
    let count = 0
    let counted = plan.number
    const passed = (way: "up" | "down", bytes: number): void => {
      if (way !== plan.way || plan.left === 0) return
      // A connection that serves on counts from the plan on.
      if (counted !== plan.number) count = 0
      counted = plan.number
      count += bytes
      if (count < plan.afterBytes) return
      plan.left--
      plan.cuts++
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on("data", (chunk: Buffer) => passed("up", chunk.length))
    far.on("data", (chunk: Buffer) => passed("down", chunk.length))
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return {
    host: `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    get cuts() {
      return plan.cuts
    },
    cutNext: (left, way, afterBytes) => Object.assign(plan, { number: plan.number + 1, left, way, afterBytes }),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
