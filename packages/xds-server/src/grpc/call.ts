// One bidirectional gRPC call on an HTTP/2 stream.
import { constants, type ServerHttp2Stream } from "node:http2"
import type { AttacheError } from "@attache/base"
import { createMessageReader, messagePrefix } from "./message-reader.ts"
import { type GrpcStatus, grpcStatus, statusTrailers } from "./status.ts"

/** A call, to whoever answers it. */
export interface GrpcCall {
  /** `HOST:PORT` of the client; `unix` for a client on a socket. */
  readonly peer: string
  /**
   * Sends a message, given in pieces. They are not copied: a thousand calls may send the same ones.
   *
   * @param sent called once, when the transport has taken the message or has lost it
   */
  send(pieces: readonly Uint8Array[], sent: () => void): void
  /** Ends the call; may be called twice. */
  end(status: GrpcStatus, details?: string): void
}

/** What a call tells; all but `onMessage` once at most. */
export interface CallHandlers {
  onMessage(bytes: Uint8Array): void
  /** The client sends nothing more. */
  onEnd(): void
  /** The client sent what it may not; the call must be ended. */
  onBadMessage(error: AttacheError): void
  /** The call is over, in whatever way. */
  onClose(): void
}

/** How a call is read. */
export interface CallOptions {
  /** Most bytes of one message. */
  readonly limitBytes: number
  /** Messages may be packed with gzip. */
  readonly isPacked: boolean
}

/** Answers a stream as a call. @param open gets the call and gives what it is told */
export function answerCall(
  stream: ServerHttp2Stream,
  options: CallOptions,
  open: (call: GrpcCall) => CallHandlers,
): void {
  let ended: { readonly status: GrpcStatus; readonly details: string } | undefined
  const sending = new Set<() => void>()
  const end = (status: GrpcStatus, details = ""): void => {
    if (ended !== undefined) return
    ended = { status, details }
    // A client that does not read would never see the status.
    if (status !== grpcStatus.ok && sending.size > 0) stream.close(constants.NGHTTP2_CANCEL)
    else stream.end()
  }
  const send = (pieces: readonly Uint8Array[], sent: () => void): void => {
    const done = (): void => {
      if (sending.delete(done)) sent()
    }
    sending.add(done)
    if (ended !== undefined || stream.destroyed || stream.closed) return void setImmediate(done)
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    const chunks = [messagePrefix(length), ...pieces.filter((piece) => piece.length > 0)]
    stream.cork()
    // The last one tells of all: what is written together is sent together.
    chunks.forEach((chunk, at) => void (at === chunks.length - 1 ? stream.write(chunk, done) : stream.write(chunk)))
    stream.uncork()
  }
  stream.on("wantTrailers", () => {
    const { status, details } = ended ?? { status: grpcStatus.ok, details: "" }
    stream.sendTrailers(statusTrailers(status, details))
  })
  // What breaks off is told by its end.
  stream.on("error", () => {})
  stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true })
  const handlers = open({ peer: peerOf(stream), send, end })
  const reader = createMessageReader({
    ...options,
    onMessage: (bytes) => {
      if (ended === undefined) handlers.onMessage(bytes)
    },
  })
  stream.on("data", (chunk: Buffer) => {
    if (ended !== undefined) return
    try {
      reader.push(chunk)
    } catch (error) {
      handlers.onBadMessage(error as AttacheError)
    }
  })
  stream.on("end", () => handlers.onEnd())
  stream.on("close", () => {
    for (const done of sending) done()
    handlers.onClose()
  })
}

function peerOf({ session }: ServerHttp2Stream): string {
  const { remoteAddress, remotePort } = session?.socket ?? {}
  if (remoteAddress === undefined) return "unix"
  return `${remoteAddress.includes(":") ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`
}
