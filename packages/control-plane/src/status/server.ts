// Status, health and metrics over HTTP, on loopback or a Unix socket.
import { chmodSync, lstatSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { type AddressInfo, connect, isIP } from "node:net"
import { AttacheError, messageOf } from "@attache/base"
import { xdsDocument } from "@attache/translate"
import type { ControlPlane } from "../control-plane.ts"
import type { StatusReport } from "./report.ts"

/** Where a status server listens. Port 0 takes any free one. */
export type StatusAddress = { readonly host: string; readonly port: number } | { readonly unixPath: string }

/** Makes a report. @param isFresh read first what has changed in the files */
export type Reporter = (isFresh: boolean) => StatusReport | Promise<StatusReport>

/** A listening status server. */
export interface StatusServer {
  /** URL, or `unix:PATH`. */
  readonly address: string
  /** Ends the server and its connections, and removes its socket. May be called twice. */
  close(): Promise<void>
}

/**
 * Serves `/status`, `/xds`, `/healthz`, `/readyz` and `/metrics`, for reading only. `/xds` has what all proxies get, private
 * keys as their sha256. `/status?fresh` has files read first that changed just now.
 *
 * Errors: ATT_STATUS_LISTEN. A socket gets mode 0600; its folder should be the caller's own. One that a dead process left
 * is replaced. There is no authentication: whoever reaches the address may read, so beyond loopback is the caller's choice.
 */
export async function serveStatus(
  address: StatusAddress,
  controlPlane: Pick<ControlPlane, "isReady" | "metrics" | "translator">,
  report: Reporter,
): Promise<StatusServer> {
  const isLoopback = !("unixPath" in address) && isLoopbackName(address.host)
  const server = createServer((request, response) => {
    answer(request, controlPlane, report, isLoopback).then(
      ({ status, type, body }) => send(response, status, type, body),
      (error: unknown) => send(response, 500, "text/plain", `${messageOf(error)}\n`),
    )
  })
  // Whoever is slow to ask or to read holds a socket, not the server.
  server.headersTimeout = 5_000
  server.requestTimeout = 10_000
  if ("unixPath" in address) await removeDeadSocket(address.unixPath)
  await listen(server, address)
  if ("unixPath" in address) chmodSync(address.unixPath, 0o600)
  return { address: addressOf(server, address), close: closer(server, address) }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

async function answer(
  request: IncomingMessage,
  { isReady, metrics, translator }: Pick<ControlPlane, "isReady" | "metrics" | "translator">,
  report: Reporter,
  isLoopback: boolean,
): Promise<Answer> {
  const text = (status: number, body: string): Answer => ({ status, type: "text/plain", body: `${body}\n` })
  if (request.method !== "GET" && request.method !== "HEAD") return text(405, "only GET")
  // A web page may name a host of its own that resolves to loopback; its name stands in Host then.
  if (isLoopback && !isLoopbackName(hostOf(request))) return text(421, "ask for localhost")
  const [path, query = ""] = (request.url ?? "").split("?")
  switch (path) {
    case "/status": {
      const isFresh = query.split("&").includes("fresh")
      return { status: 200, type: "application/json", body: `${JSON.stringify(await report(isFresh))}\n` }
    }
    case "/xds":
      return { status: 200, type: "application/json", body: `${JSON.stringify(xdsDocument(translator))}\n` }
    case "/healthz":
      return text(200, "ok")
    case "/readyz":
      return isReady() ? text(200, "ready") : text(503, "not ready")
    case "/metrics":
      return { status: 200, type: metrics.contentType, body: await metrics.text() }
    default:
      return text(404, "try /status, /xds, /healthz, /readyz or /metrics")
  }
}

function hostOf({ headers }: IncomingMessage): string {
  return (headers.host ?? "localhost").replace(/:\d+$/, "")
}

function isLoopbackName(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, "").toLowerCase()
  return plain === "localhost" || plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."))
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" })
  response.end(body)
}

function listen(server: Server, address: StatusAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const place = "unixPath" in address ? address.unixPath : `${address.host}:${address.port}`
      const text = `status cannot be served at ${place}: ${error.message}`
      reject(new AttacheError("ATT_STATUS_LISTEN", text, { cause: error, hint: "choose another address" }))
    })
    if ("unixPath" in address) server.listen(address.unixPath, resolve)
    else server.listen(address.port, address.host, resolve)
  })
}

/** Removes a socket that nobody listens on; anything else stays and makes listening fail. */
async function removeDeadSocket(path: string): Promise<void> {
  try {
    if (!lstatSync(path).isSocket()) return
  } catch {
    return
  }
  const isDead = await new Promise<boolean>((resolve) => {
    const socket = connect(path)
    const settle = (isRefused: boolean): void => {
      socket.destroy()
      resolve(isRefused)
    }
    socket.once("connect", () => settle(false))
    socket.once("error", (error: NodeJS.ErrnoException) => settle(error.code === "ECONNREFUSED"))
  })
  if (isDead) rmSync(path, { force: true })
}

function addressOf(server: Server, address: StatusAddress): string {
  if ("unixPath" in address) return `unix:${address.unixPath}`
  const { port } = server.address() as AddressInfo
  return `http://${address.host.includes(":") ? `[${address.host}]` : address.host}:${port}`
}

function closer(server: Server, address: StatusAddress): () => Promise<void> {
  let closed: Promise<void> | undefined
  return () => {
    closed ??= new Promise((resolve) => {
      server.close(() => {
        if ("unixPath" in address) rmSync(address.unixPath, { force: true })
        resolve()
      })
      server.closeAllConnections()
    })
    return closed
  }
}
