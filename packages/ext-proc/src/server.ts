import { X509Certificate } from "node:crypto"
import { chmod } from "node:fs/promises"
import type { ServerOptions } from "node:http2"
import { createSecureContext } from "node:tls"
import { AttacheError, createLogger, type Logger, messageOf } from "@attache/base"
import { Server, ServerCredentials } from "@grpc/grpc-js"
import type { Handlers } from "./handlers.ts"
import { checkHealth, externalProcessorService, healthService, processStreams } from "./service.ts"
import { clearSocketPath } from "./socket-path.ts"

/** Handlers and limits of an ext_proc server. */
export interface ExtProcServerOptions<State> extends Handlers<State> {
  /** Makes the state of one exchange, `exchange.state`. Default: none. */
  readonly createState?: () => State
  /** Default: to standard error from `info` on. */
  readonly logger?: Logger
  /** Largest message accepted from Envoy, in bytes. Default 4 MiB, as in gRPC; a buffered body comes as one message. */
  readonly maxMessageBytes?: number
  /** Longest time a handler's promise may take, in milliseconds. Default 5000. Envoy's own `message_timeout` is 200 by default. */
  readonly handlerTimeoutMs?: number
}

/** Where to listen. */
export type ListenAddress =
  /** Absolute path of at most 107 bytes. The socket gets mode 0600: Envoy runs as the same user. A stale one is replaced. */
  | { readonly unixPath: string }
  /** Port 0 picks a free one. Host: default `127.0.0.1`. Without `tls` whoever reaches the port may ask and sees all. */
  | { readonly port: number; readonly host?: string; readonly tls?: ServerTls }

/** The certificate a server shows, in PEM. */
export interface ServerTls {
  /** The server's own certificate first, then those up to the root. */
  readonly cert: string
  readonly key: string
  /** Present: only clients with a certificate of one of these are served. */
  readonly ca?: string
}

/** An ext_proc server. */
export interface ExtProcServer {
  /**
   * Starts to listen; gives the address as gRPC writes it (`unix:/run/a.sock`, `127.0.0.1:50051`).
   *
   * @throws AttacheError ATT_EXT_PROC_ADDRESS_IN_USE, ATT_EXT_PROC_ADDRESS_INVALID, ATT_EXT_PROC_LISTEN_FAILED,
   * ATT_EXT_PROC_CERTIFICATE
   */
  listen(address: ListenAddress): Promise<string>
  /** Lets streams end for `graceMs` (default 1000), then cuts them. Safe to call twice. */
  close(graceMs?: number): Promise<void>
}

/**
 * An external processor for Envoy's `ext_proc` filter.
 *
 * Handlers are called in the order of the wire, one at a time per exchange; exchanges run side by side. A handler that throws
 * fails its stream with one log line (ATT_EXT_PROC_HANDLER_FAILED), and the filter's `failure_mode_allow` decides
 * what becomes of the request.
 *
 * ```ts
 * const server = createExtProcServer({ onResponseHeaders: (headers) => headers.set("x-ext-proc", "hello") })
 * await server.listen({ unixPath: "/tmp/hello.sock" })
 * ```
 */
export function createExtProcServer<State = undefined>(options: ExtProcServerOptions<State>): ExtProcServer {
  const logger = options.logger ?? createLogger()
  const server = new Server({
    "grpc.max_receive_message_length": options.maxMessageBytes ?? 4 * 1024 * 1024,
    "grpc.max_send_message_length": -1,
  })
  const session = {
    handlers: options,
    createState: options.createState ?? (() => undefined as State),
    handlerTimeoutMs: options.handlerTimeoutMs ?? 5000,
  }
  allowStreamResets(server)
  server.addService(externalProcessorService, { process: processStreams(session, logger) })
  server.addService(healthService, { check: checkHealth })
  let closing: Promise<void> | undefined
  return {
    listen: (address) =>
      "unixPath" in address ? listenOnSocket(server, address.unixPath) : listenOnPort(server, address),
    close(graceMs = 1000) {
      closing ??= shutDown(server, graceMs)
      return closing
    },
  }
}

/**
 * Lifts HTTP/2's limit on resets: Envoy resets every stream it is done with, and Node ends a connection after 1000 resets in
 * a burst and 33 a second after that, which fails about one request in a thousand. grpc-js 1.14 hands these options to
 * Node's server but offers none of its own for them.
 */
function allowStreamResets(server: Server): void {
  const { commonServerOptions } = server as unknown as { readonly commonServerOptions: ServerOptions }
  Object.assign(commonServerOptions, {
    streamResetBurst: 2 ** 31 - 1,
    streamResetRate: 2 ** 31 - 1,
  } satisfies ServerOptions)
}

async function listenOnSocket(server: Server, path: string): Promise<string> {
  await clearSocketPath(path)
  await bind(server, `unix:${path}`, ServerCredentials.createInsecure())
  await chmod(path, 0o600)
  return `unix:${path}`
}

async function listenOnPort(server: Server, address: Exclude<ListenAddress, { unixPath: string }>): Promise<string> {
  const host = address.host ?? "127.0.0.1"
  const bracketed = host.includes(":") ? `[${host}]` : host
  const credentials = address.tls === undefined ? ServerCredentials.createInsecure() : tlsCredentials(address.tls)
  return `${bracketed}:${await bind(server, `${bracketed}:${address.port}`, credentials)}`
}

function tlsCredentials({ cert, key, ca }: ServerTls): ServerCredentials {
  try {
    createSecureContext({ cert, key })
    // A secure context takes any text for an authority.
    if (ca !== undefined) new X509Certificate(ca)
  } catch (cause) {
    const message = `certificate or key cannot be used: ${messageOf(cause)}`
    throw new AttacheError("ATT_EXT_PROC_CERTIFICATE", message, { cause })
  }
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }
  return ServerCredentials.createSsl(ca === undefined ? null : Buffer.from(ca), [pair], ca !== undefined)
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) resolve(port)
      else reject(listenFailure(address, error))
    })
  })
}

function listenFailure(address: string, cause: Error): AttacheError {
  const isTaken = messageOf(cause).includes("EADDRINUSE")
  const code = isTaken ? "ATT_EXT_PROC_ADDRESS_IN_USE" : "ATT_EXT_PROC_LISTEN_FAILED"
  const message = isTaken ? `another process listens on ${address}` : `cannot listen on ${address}: ${messageOf(cause)}`
  return new AttacheError(code, message, { cause, facts: { address } })
}

async function shutDown(server: Server, graceMs: number): Promise<void> {
  const gone = new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
  const timer = setTimeout(() => server.forceShutdown(), graceMs)
  await gone
  clearTimeout(timer)
}
