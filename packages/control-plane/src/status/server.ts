// Status, health and metrics over HTTP, on loopback or a Unix socket.
import { chmodSync, rmSync } from "node:fs"
import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { AttacheError } from "@attache/base"
import type { ControlPlane } from "../control-plane.ts"
import type { StatusReport } from "./report.ts"

/** Where a status server listens. */
export type StatusAddress = { readonly host: string; readonly port: number } | { readonly unixPath: string }

/** A listening status server. */
export interface StatusServer {
  /** URL, or `unix:PATH`. */
  readonly address: string
  close(): Promise<void>
}

/**
 * Serves `/status`, `/healthz`, `/readyz` and `/metrics`.
 *
 * Errors: ATT_STATUS_LISTEN. A socket gets mode 0600; its folder should be the caller's own.
 */
export async function serveStatus(
  address: StatusAddress,
  controlPlane: ControlPlane,
  report: () => StatusReport,
): Promise<StatusServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0]
    if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, "text/plain", "only GET\n")
    if (path === "/status") return send(response, 200, "application/json", `${JSON.stringify(report())}\n`)
    if (path === "/healthz") return send(response, 200, "text/plain", "ok\n")
    if (path === "/readyz") {
      const isReady = controlPlane.isReady()
      return send(response, isReady ? 200 : 503, "text/plain", isReady ? "ready\n" : "not ready\n")
    }
    if (path !== "/metrics") return send(response, 404, "text/plain", "try /status, /healthz, /readyz or /metrics\n")
    const { registry } = controlPlane.metrics
    registry.metrics().then(
      (text) => send(response, 200, registry.contentType, text),
      () => send(response, 500, "text/plain", "metrics failed\n"),
    )
  })
  await listen(server, address)
  if ("unixPath" in address) chmodSync(address.unixPath, 0o600)
  return {
    address:
      "unixPath" in address
        ? `unix:${address.unixPath}`
        : `http://${address.host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          if ("unixPath" in address) rmSync(address.unixPath, { force: true })
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, address: StatusAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new AttacheError(
          "ATT_STATUS_LISTEN",
          `status cannot be served at ${JSON.stringify(address)}: ${error.message}`,
          { cause: error, hint: "choose another address" },
        ),
      ),
    )
    if ("unixPath" in address) server.listen(address.unixPath, resolve)
    else server.listen(address.port, address.host, resolve)
  })
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" })
  response.end(body)
}
