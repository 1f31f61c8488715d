// A client that keeps some connections of HTTP/1.1 busy, cheap enough not to be what is measured.
import { connect } from "node:net"

/**
 * Sends requests, one after the other on each connection, for some time and gives how many were answered. The body is `ok`.
 *
 * @param wanted text that the head of each connection's first response must hold
 */
export async function sendFor(port: number, connections: number, ms: number, wanted?: string): Promise<number> {
  const end = performance.now() + ms
  const counts = await Promise.all(Array.from({ length: connections }, () => runConnection(port, end, wanted)))
  return counts.reduce((sum, each) => sum + each, 0)
}

function runConnection(port: number, end: number, wanted: string | undefined): Promise<number> {
  const request = "GET /bench HTTP/1.1\r\nhost: bench\r\n\r\n"
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const socket = connect(port, "127.0.0.1")
  let answered = 0
  let rest = ""
  socket.setNoDelay(true)
  socket.setEncoding("latin1")
  socket.on("connect", () => socket.write(request))
  socket.on("data", (text: string) => {
    rest += text
    if (!rest.endsWith("\r\n\r\nok")) return
    if (answered === 0 && wanted !== undefined && !rest.includes(wanted)) reject(new Error(`no ${wanted} in ${rest}`))
    rest = ""
    answered += 1
    if (performance.now() < end) socket.write(request)
    else {
      socket.end()
      resolve(answered)
    }
  })
  socket.on("error", reject)
  socket.on("close", () => reject(new Error("the proxy closed a connection")))
  return promise
}
