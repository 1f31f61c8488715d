import { chmod } from "node:fs/promises"
import type { AddressInfo, ListenOptions } from "node:net"
import { AttacheError, messageOf } from "@attache/base"
import { createGrpcServer, type GrpcServer, type GrpcServerOptions } from "./grpc/server.ts"
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
 * Opens an address.
 *
 * Errors: ATT_XDS_ADDRESS_IN_USE, ATT_XDS_ADDRESS_UNAVAILABLE, ATT_XDS_PERMISSION, ATT_XDS_SOCKET_PATH_TOO_LONG,
 * ATT_XDS_SOCKET_PATH_TAKEN, ATT_XDS_SOCKET_DIRECTORY_MISSING, ATT_XDS_TLS, ATT_XDS_LISTEN.
 */
export async function bindServer(options: GrpcServerOptions, address: XdsAddress): Promise<XdsListener> {
  if ("unixPath" in address) {
    await clearSocketPath(address.unixPath)
    const bound = createGrpcServer(options)
    await listen(bound, { path: address.unixPath })
    await chmod(address.unixPath, 0o600)
    return { address: `unix:${address.unixPath}`, port: 0, close: closer(bound) }
  }
  const bound = secured(options, address.tls)
  await listen(bound, { host: address.host, port: address.port })
  const host = address.host.includes(":") ? `[${address.host}]` : address.host
  const { port } = bound.server.address() as AddressInfo
  return { address: `${host}:${port}`, port, close: closer(bound) }
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

/** Proxies that all come at once, after this process was started again, wait in line instead of being turned away. */
const backlog = 4096

type Where = { readonly path: string } | { readonly host: string; readonly port: number }

function listen({ server }: GrpcServer, where: Where): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once("error", (cause: NodeJS.ErrnoException) => {
    const name = "path" in where ? where.path : `${where.host}:${where.port}`
    const [code, what] = codeByErrno[cause.code ?? ""] ?? ["ATT_XDS_LISTEN", `cannot be listened on: ${cause.message}`]
    reject(new AttacheError(code, `xds address ${name} ${what}`, { cause, facts: { ...where }, retry: "later" }))
  })
  const options: ListenOptions = { ...where, backlog }
  server.listen(options, () => resolve())
  return promise
}

function closer({ server, closeConnections }: GrpcServer): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= new Promise((resolve) => {
      server.close(() => resolve())
      closeConnections()
    })
    return done
  }
}

function secured(options: GrpcServerOptions, tls: XdsTls | undefined): GrpcServer {
  try {
    return createGrpcServer(options, tls)
  } catch (cause) {
    throw new AttacheError("ATT_XDS_TLS", `the TLS files for xDS cannot be used: ${messageOf(cause)}`, { cause })
  }
}
