import { chmod } from "node:fs/promises"
import { createServer } from "node:net"
import { AttacheError, messageOf } from "@attache/base"
import { type Server, ServerCredentials } from "@grpc/grpc-js"
import { clearSocketPath } from "./socket-path.ts"

/** Mutual TLS: PEM texts. */
export interface XdsTls {
  /** Certificate chain of the server. */
  readonly cert: string | Uint8Array
  readonly key: string | Uint8Array
  /** Authority that client certificates must be signed by. Without it clients are not asked for one. */
  readonly ca?: string | Uint8Array
}

/**
 * Where to listen: a Unix socket, or a TCP port.
 *
 * The socket's directory is the caller's, with mode 0700; the socket gets 0600. Port 0 takes any free one.
 */
export type XdsAddress =
  | { readonly unixPath: string }
  | { readonly host: string; readonly port: number; readonly tls?: XdsTls }

/** An open address. */
export interface XdsListener {
  /** `unix:PATH`, or `HOST:PORT` with the port that was taken. */
  readonly address: string
  /** 0 for a Unix socket. */
  readonly port: number
  /** Ends the address and every stream on it. May be called twice. */
  close(): Promise<void>
}

/**
 * Binds a gRPC server.
 *
 * Errors: ATT_XDS_ADDRESS_IN_USE, ATT_XDS_ADDRESS_UNAVAILABLE, ATT_XDS_PERMISSION, ATT_XDS_SOCKET_PATH_TOO_LONG,
 * ATT_XDS_SOCKET_PATH_TAKEN, ATT_XDS_SOCKET_DIRECTORY_MISSING, ATT_XDS_TLS, ATT_XDS_LISTEN.
 */
export async function bindServer(server: Server, address: XdsAddress): Promise<XdsListener> {
  if ("unixPath" in address) {
    await clearSocketPath(address.unixPath)
    await tryAddress({ path: address.unixPath })
    await bind(server, `unix:${address.unixPath}`, ServerCredentials.createInsecure(), { path: address.unixPath })
    await chmod(address.unixPath, 0o600)
    return { address: `unix:${address.unixPath}`, port: 0, close: closer(server) }
  }
  await tryAddress({ host: address.host, port: address.port })
  const host = address.host.includes(":") ? `[${address.host}]` : address.host
  const target = `${host}:${address.port}`
  const port = await bind(server, target, credentialsOf(address.tls), { host: address.host, port: address.port })
  return { address: `${host}:${port}`, port, close: closer(server) }
}

const codeByErrno: Readonly<Record<string, readonly [string, string]>> = {
  EADDRINUSE: ["ATT_XDS_ADDRESS_IN_USE", "is in use"],
  EACCES: ["ATT_XDS_PERMISSION", "may not be used by this user"],
  EROFS: ["ATT_XDS_PERMISSION", "may not be used by this user"],
  EPERM: ["ATT_XDS_PERMISSION", "may not be used by this user"],
  EADDRNOTAVAIL: ["ATT_XDS_ADDRESS_UNAVAILABLE", "is not an address of this machine"],
  ENOTFOUND: ["ATT_XDS_ADDRESS_UNAVAILABLE", "cannot be resolved"],
  EAI_AGAIN: ["ATT_XDS_ADDRESS_UNAVAILABLE", "cannot be resolved"],
}

/** Listens for a moment: grpc-js prints its own complaint and gives no code. */
function tryAddress(
  where: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const server = createServer()
  server.once("error", (cause: NodeJS.ErrnoException) => {
    const name = "path" in where ? where.path : `${where.host}:${where.port}`
    const [code, what] = codeByErrno[cause.code ?? ""] ?? ["ATT_XDS_LISTEN", `cannot be listened on: ${cause.message}`]
    reject(new AttacheError(code, `xds address ${name} ${what}`, { cause, facts: { ...where }, retry: "later" }))
  })
  server.listen(where, () => server.close(() => resolve()))
  return promise
}

function closer(server: Server): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= new Promise((resolve) => {
      server.tryShutdown(() => resolve())
      server.forceShutdown()
    })
    return done
  }
}

function credentialsOf(tls: XdsTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure()
  try {
    const pair = { cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }
    return ServerCredentials.createSsl(tls.ca === undefined ? null : Buffer.from(tls.ca), [pair], tls.ca !== undefined)
  } catch (cause) {
    throw new AttacheError("ATT_XDS_TLS", `the TLS files for xDS cannot be used: ${messageOf(cause)}`, { cause })
  }
}

type Facts = Readonly<Record<string, string | number>>

function bind(server: Server, target: string, credentials: ServerCredentials, facts: Facts): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  try {
    server.bindAsync(target, credentials, (error, port) => {
      if (error === null) resolve(port)
      else reject(bindError(error, target, facts))
    })
  } catch (error) {
    reject(bindError(error, target, facts))
  }
  return promise
}

/** What is left: a certificate that TLS will not take, and what happens between the trial and the real thing. */
function bindError(cause: unknown, target: string, facts: Facts): AttacheError {
  const text = messageOf(cause)
  const code = /PEM|SSL|key values mismatch|x509/i.test(text) ? "ATT_XDS_TLS" : "ATT_XDS_LISTEN"
  return new AttacheError(code, `xds address ${target} cannot be listened on: ${text}`, {
    cause,
    facts,
    retry: "later",
  })
}
