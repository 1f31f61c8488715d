// Modules over HTTP for Envoys that do not read this machine's files.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createSecureServer, type Http2SecureServer } from "node:http2"
import type { AddressInfo, Server } from "node:net"
import { AttacheError, type Clock, type Secret, systemClock } from "@attache/base"
import type { IsGiven } from "./given-paths.ts"
import { answerModule, type ModuleAnswers } from "./module-answer.ts"
import { type ServerIdentity, secureContextOf, verificationOf } from "./server-identity.ts"
import type { ModuleStore } from "./store.ts"

/** How modules are served. */
export interface ModuleServerOptions {
  readonly store: Pick<ModuleStore, "find">
  /** The key that URLs are made with; see {@link moduleKey}. */
  readonly key: Secret
  /** Whether a proxy may have what is at a path that was made for it. Default: for ever; see {@link givenPaths}. */
  readonly isGiven?: IsGiven
  /** Port 0 takes any free one. */
  readonly address: { readonly host: string; readonly port: number }
  /**
   * Reads certificates: at the start, and every ten seconds, so that new ones are taken without a restart. One that cannot
   * be read keeps the old ones. Default: plain HTTP/1.1.
   */
  readonly tls?: () => ServerIdentity
  /** Brings back a module that should be in the store and is not. Default: nothing is brought back. */
  readonly restore?: ModuleAnswers["restore"]
  /** Default: the machine's. */
  readonly clock?: Clock
}

/** A listening module server. */
export interface ModuleServer {
  readonly port: number
  /** Ends the server and its connections. May be called twice. */
  close(): Promise<void>
}

/** Connections at most; an Envoy has one or two. */
const maxConnections = 2_000

/** How long a connection may be silent, in milliseconds. */
const silenceMs = 60_000

/** How often certificates are read again, in milliseconds. */
const identityMs = 10_000

/**
 * Serves modules: parts of them too, with their digest as entity tag, to whoever knows the URL that was made for one.
 *
 * Over TLS it is 1.3, HTTP/2 or 1.1. Errors: ATT_MODULE_LISTEN, ATT_MODULE_TLS.
 */
export async function serveModules(options: ModuleServerOptions): Promise<ModuleServer> {
  const { clock = systemClock, restore = async () => false, isGiven = () => true, address } = options
  const answers: ModuleAnswers = { ...options, clock, restore, isGiven }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    void answerModule(request, response, answers)
  }
  const { tls } = options
  const server = tls === undefined ? plainServer(onRequest) : secureServer(onRequest, tls())
  const stop = tls === undefined ? () => {} : followIdentity(server as Http2SecureServer, tls, clock)
  server.maxConnections = maxConnections
  await listen(server, address)
  const close = closer(server)
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      stop()
      return close()
    },
  }
}

type OnRequest = (request: IncomingMessage, response: ServerResponse) => void

function plainServer(onRequest: OnRequest): Server {
  const server = createServer(onRequest)
  server.headersTimeout = 15_000
  server.requestTimeout = 30_000
  server.setTimeout(silenceMs)
  return server
}

function secureServer(onRequest: OnRequest, identity: ServerIdentity): Http2SecureServer {
  const server = createSecureServer({ ...secureContextOf(identity), ...verificationOf(identity), allowHTTP1: true })
  // The two differ in what is not used here.
  server.on("request", onRequest as never)
  server.on("session", (session) => session.setTimeout(silenceMs, () => session.destroy()))
  server.on("tlsClientError", (_error, socket) => socket.destroy())
  server.on("sessionError", () => {})
  return server
}

/** Takes new certificates when there are some; those that do not fit together are not taken. */
function followIdentity(server: Http2SecureServer, read: () => ServerIdentity, clock: Clock): () => void {
  let cancel = (): void => {}
  const look = (): void => {
    try {
      server.setSecureContext(secureContextOf(read()))
    } catch {
      // Half written, or gone for a moment: those in force stay, and it is looked again.
    }
    cancel = clock.after(identityMs, look)
  }
  cancel = clock.after(identityMs, look)
  return () => cancel()
}

function listen(server: Server, { host, port }: ModuleServerOptions["address"]): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      const text = `modules cannot be served at ${host}:${port}: ${error.message}`
      reject(new AttacheError("ATT_MODULE_LISTEN", text, { cause: error, hint: "choose another address" }))
    }
    server.once("error", failed)
    server.listen(port, host, () => {
      server.off("error", failed)
      // Later ones are of single connections.
      server.on("error", () => {})
      resolve()
    })
  })
}

/** Closing alone would wait for connections that stay open. */
function closer(server: Server): () => Promise<void> {
  const sockets = new Set<{ destroy(): void; once(event: "close", call: () => void): void }>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  let closed: Promise<void> | undefined
  return () => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
    return closed
  }
}
