// Long bodies past Node's parser: it copies each byte once more and gives pieces of 64 KiB, which costs as much as hashing them.
import type { Agent, IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import { createSlabs, slabBytes } from "./slabs.ts"

/** Length from which a body is taken straight: its connection serves no other request, so it must be worth one. */
const straightBytes = 8 * 1024 * 1024

/** What is read at once for the parser: each piece goes through everything between the connection and the disk. */
const parsedBytes = 512 * 1024

/** Where bytes for a parser are written, whichever connection they come from: it copies what it keeps before the next ones come. */
let parsed: Buffer | undefined

/** Where what a connection receives goes. */
interface Receiver {
  /** Where the next bytes are written. */
  room(): Uint8Array
  /** Takes what was written; whether more may come now. */
  came(count: number): boolean
}

/** A connection whose receiver can be changed. */
interface Tap {
  receiver: Receiver
  /** Called once the parser has had the bytes in which a response began. */
  begin: (() => void) | undefined
}

const taps = new WeakMap<Duplex, Tap>()

/** Lets {@link straightBody} take bodies from the connections of an agent. */
export function withStraightBodies<T extends Agent>(agent: T): T {
  const create = agent.createConnection.bind(agent)
  agent.createConnection = (options, done) => {
    const { tap, listen } = createTap()
    const onread = { buffer: () => tap.receiver.room(), callback: (count: number) => tap.receiver.came(count) }
    const socket = create({ ...options, onread } as typeof options, done)
    if (socket === undefined || socket === null) throw new Error("an agent of Node gives its connection at once")
    listen(socket)
    taps.set(socket, tap)
    return socket
  }
  return agent
}

/** A tap whose bytes go to whoever listens to the connection: the parser. */
function createTap(): { readonly tap: Tap; readonly listen: (socket: Duplex) => void } {
  let socket: Duplex | undefined
  const room = (): Buffer => {
    parsed ??= Buffer.allocUnsafeSlow(parsedBytes)
    return parsed
  }
  const came = (count: number): boolean => {
    socket?.emit("data", room().subarray(0, count))
    tap.begin?.()
    return true
  }
  const tap: Tap = { receiver: { room, came }, begin: undefined }
  const listen = (opened: Duplex): void => {
    socket = opened
  }
  return { tap, listen }
}

/**
 * The body of a response as it arrives, where it is long enough and its connection can give it; undefined otherwise.
 *
 * To be called in the very turn of the event `response`. The connection is closed after the last byte; errors are those
 * of the connection.
 */
export function straightBody(incoming: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> | undefined {
  const { socket, headers, statusCode } = incoming
  const tap = taps.get(socket)
  const length = Number(headers["content-length"] ?? Number.NaN)
  const isPlain = headers["transfer-encoding"] === undefined && (statusCode === 200 || statusCode === 206)
  if (tap === undefined || !isPlain || !(length >= straightBytes)) return undefined
  const arrival = createArrival(socket, length)
  tap.begin = () => {
    tap.begin = undefined
    arrival.begin((incoming.read() as Uint8Array | null) ?? undefined)
    tap.receiver = arrival
    socket.resume()
  }
  return arrival.bytes()
}

/** Bytes of a connection until there are as many as were announced. */
function createArrival(socket: Duplex, length: number) {
  const slabs = createSlabs()
  let parsed: Uint8Array | undefined
  let left = length
  let isPaused = false
  let failure: Error | undefined
  let wake = (): void => {}
  const fail = (error: Error): void => {
    failure ??= error
    wake()
  }
  socket.once("error", fail)
  socket.once("close", () => fail(new Error("the connection was closed")))
  const more = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
    })
  const next = (): Uint8Array | undefined => {
    const chunk = parsed ?? slabs.take()
    parsed = undefined
    if (isPaused && slabs.waiting() < slabBytes) {
      isPaused = false
      socket.resume()
    }
    return chunk
  }
  return {
    begin: (first: Uint8Array | undefined): void => {
      parsed = first
      left -= first?.length ?? 0
    },
    room: slabs.room,
    came: (count: number): boolean => {
      const wanted = Math.min(count, left)
      slabs.fill(wanted)
      left -= wanted
      isPaused = slabs.waiting() >= slabBytes
      wake()
      return !isPaused
    },
    async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        for (;;) {
          const chunk = next()
          if (chunk !== undefined) yield chunk
          else if (left === 0) return
          else if (failure !== undefined) throw failure
          else await more()
        }
      } finally {
        socket.destroy()
      }
    },
  }
}
