// Traffic of four kinds at a steady pace, each counted apart.
import { request as requestHttp } from "node:http"
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2"
import { connect, type Socket } from "node:net"

/** What became of one kind of traffic. */
export interface Tally {
  /** Requests that were answered with 200, or messages that came back. */
  readonly good: number
  /** Requests that were not answered, or not with 200. */
  readonly failed: number
  /** Connections or streams that were ended while in use, and not by us. */
  readonly cut: number
}

/** Traffic that goes on until it is stopped. */
export interface Load {
  /** So far; a difference tells of a time. */
  tally(): Tally
  stop(): void
  /** What came instead of an answer, the first few times; where it is known. */
  readonly failures?: readonly string[]
}

interface Counts {
  good: number
  failed: number
  cut: number
}

const tickMs = 10
const messageMs = 100

/** Work at a pace. */
interface Pace {
  /** Does what is due; also called by itself. */
  pump(): void
  stop(): void
}

/**
 * Calls `work` so often that it comes to `perSecond`, in small batches.
 *
 * @param work gives false when it cannot be done now. What has been due for more than a second is left out.
 */
function atPace(perSecond: number, work: () => boolean): Pace {
  const begin = performance.now()
  let done = 0
  const pump = (): void => {
    const due = Math.floor(((performance.now() - begin) / 1000) * perSecond)
    done = Math.max(done, due - perSecond)
    while (done < due && work()) done++
  }
  const timer = setInterval(pump, tickMs)
  return { pump, stop: () => clearInterval(timer) }
}

function loadOf(counts: Counts, stop: () => void): Load {
  return { tally: () => ({ ...counts }), stop }
}

const head = (connection: string): string =>
  `GET /plain HTTP/1.1\r\nhost: bench\r\n${connection === "" ? "" : `connection: ${connection}\r\n`}\r\n`
const isGood = (text: string): boolean => text.startsWith("HTTP/1.1 200 ")

/** Requests over a connection of its own each. */
export function newConnections(port: number, perSecond: number): Load {
  const counts = { good: 0, failed: 0, cut: 0 }
  const failures: string[] = []
  const { stop } = atPace(perSecond, () => {
    const socket = connect(port, "127.0.0.1", () => socket.write(head("close")))
    let text = ""
    socket.setEncoding("latin1")
    socket.on("data", (chunk: string) => {
      text += chunk
    })
    socket.on("error", () => {})
    socket.on("close", () => {
      const isAnswered = isGood(text) && text.endsWith("ok")
      counts[isAnswered ? "good" : "failed"]++
      if (!isAnswered && failures.length < 5) failures.push(text)
    })
    return true
  })
  return { ...loadOf(counts, stop), failures }
}

/** Requests over connections that are kept; one that is ended between two requests is no failure. */
export function keptAlive(port: number, connections: number, perSecond: number): Load {
  const counts = { good: 0, failed: 0, cut: 0 }
  const idle: Socket[] = []
  const open = (): void => {
    const socket = connect(port, "127.0.0.1", () => idle.push(socket))
    let text = ""
    socket.setNoDelay(true)
    socket.setEncoding("latin1")
    socket.on("data", (chunk: string) => {
      text += chunk
      if (!text.endsWith("\r\n\r\nok")) return
      counts[isGood(text) ? "good" : "failed"]++
      const isLast = /\r\nconnection: close\r\n/i.test(text)
      text = ""
      busy.delete(socket)
      if (isLast) return
      idle.push(socket)
      pace.pump()
    })
    socket.on("error", () => {})
    socket.on("close", () => {
      const at = idle.indexOf(socket)
      if (at >= 0) idle.splice(at, 1)
      if (busy.delete(socket)) {
        counts.failed++
        counts.cut++
      }
      if (isRunning) open()
    })
  }
  const busy = new Set<Socket>()
  let isRunning = true
  for (let n = 0; n < connections; n++) open()
  const pace = atPace(perSecond, () => {
    const socket = idle.shift()
    if (socket === undefined) return false
    busy.add(socket)
    socket.write(head(""))
    return true
  })
  return loadOf(counts, () => {
    isRunning = false
    pace.stop()
    for (const socket of [...idle, ...busy]) {
      busy.delete(socket)
      socket.destroy()
    }
  })
}

/** WebSockets that send a message each 100 ms and get it back. */
export function webSockets(port: number, count: number): Load {
  const counts = { good: 0, failed: 0, cut: 0 }
  const ends: (() => void)[] = []
  let isRunning = true
  const open = (): void => {
    const headers = { connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13" }
    const call = requestHttp({ host: "127.0.0.1", port, path: "/upgrades", headers, agent: false })
    const again = (): void => void (isRunning && setTimeout(open, tickMs))
    call.on("upgrade", (_response, socket) => {
      const timer = setInterval(() => socket.write("ping"), messageMs)
      ends.push(() => socket.destroy())
      socket.on("data", () => counts.good++)
      socket.on("error", () => {})
      socket.on("close", () => {
        clearInterval(timer)
        if (isRunning) counts.cut++
        again()
      })
    })
    const failed = (): void => {
      if (isRunning) counts.failed++
      again()
    }
    call.on("response", (response) => {
      response.resume()
      failed()
    })
    call.on("error", failed)
    call.end()
  }
  for (let n = 0; n < count; n++) open()
  return loadOf(counts, () => {
    isRunning = false
    for (const end of ends) end()
  })
}

/** Streams of gRPC's content type that send a message each 100 ms and get it back. */
export function grpcStreams(port: number, sessions: number, perSession: number): Load {
  const counts = { good: 0, failed: 0, cut: 0 }
  let isRunning = true
  const open = new Set<ClientHttp2Session>()
  const openSession = (): void => {
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    open.add(session)
    session.on("error", () => {})
    let isGoing = false
    const goOn = (): void => {
      if (isGoing || !isRunning) return
      isGoing = true
      setTimeout(openSession, tickMs)
    }
    // The streams that are open go on; others begin on a new connection.
    session.on("goaway", goOn)
    session.on("close", () => {
      open.delete(session)
      goOn()
    })
    session.on("connect", () => {
      for (let n = 0; n < perSession; n++) talk(session)
    })
  }
  const talk = (session: ClientHttp2Session): void => {
    const stream: ClientHttp2Stream = session.request({
      ":method": "POST",
      ":path": "/streams",
      "content-type": "application/grpc",
    })
    const timer = setInterval(() => stream.write(Buffer.alloc(5)), messageMs)
    let isGood = false
    stream.on("response", ({ ":status": status }) => {
      isGood = status === 200
    })
    stream.on("data", () => counts.good++)
    stream.on("error", () => {})
    stream.on("close", () => {
      clearInterval(timer)
      if (isRunning) counts[isGood ? "cut" : "failed"]++
    })
  }
  for (let n = 0; n < sessions; n++) openSession()
  return loadOf(counts, () => {
    isRunning = false
    for (const session of open) session.destroy()
  })
}
