/** The backends of `live-edits.ts`, in a process of their own: plain answers, an echo behind upgrades, and one of HTTP/2 streams. */
import { createServer as createHttp } from "node:http"
import { createServer as createHttp2 } from "node:http2"
import { type AddressInfo, createServer, type Server } from "node:net"

const answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

// Requests come whole and one at a time; a full parser would be what is measured.
const plain = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on("data", () => socket.write(answer))
  socket.on("error", () => {})
})

const upgrades = createHttp((_request, response) => response.writeHead(426).end())
upgrades.on("upgrade", (_request, socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n")
  socket.on("error", () => {})
  socket.pipe(socket)
})

const streams = createHttp2()
streams.on("stream", (stream) => {
  stream.respond({ ":status": 200, "content-type": "application/grpc" })
  stream.on("error", () => {})
  stream.pipe(stream)
})

const portOf = (server: Pick<Server, "listen" | "address">): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)))

process.send?.({
  plain: await portOf(plain),
  upgrades: await portOf(upgrades as unknown as Server),
  streams: await portOf(streams as unknown as Server),
})
process.on("disconnect", () => process.exit(0))
