import { Agent, type IncomingMessage, request } from "node:http"
import { type AttacheError, isAttacheError, messageOf } from "@attache/base"
import { errnoOf, failure } from "./failure.ts"
import type { JsonValue } from "./json.ts"

/** Where an admin interface listens. */
export type AdminAddress = { readonly host: string; readonly port: number } | { readonly socketPath: string }

/** Bounds of one request. */
export interface AdminRequestOptions {
  /** Default `GET`; everything that changes something is `POST`. */
  readonly method?: "GET" | "POST"
  /** Milliseconds for the whole exchange. Default 10 s. Longer: ATT_ENVOY_ADMIN_UNREACHABLE. */
  readonly timeoutMs?: number
  /** Largest body accepted, in bytes. Default 256 MiB. Larger: ATT_ENVOY_ADMIN_TOO_LARGE. */
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/** Answer of an admin interface, whatever its status. */
export interface AdminResponse {
  readonly status: number
  readonly body: string
}

/** Connections to one admin interface. */
export interface AdminConnection {
  readonly address: AdminAddress
  /** Any status is an answer. @throws AttacheError ATT_ENVOY_ADMIN_UNREACHABLE, ATT_ENVOY_ADMIN_TOO_LARGE */
  send(path: string, options?: AdminRequestOptions): Promise<AdminResponse>
  /** Only status 200 is an answer. @throws AttacheError also ATT_ENVOY_ADMIN_REFUSED */
  text(path: string, options?: AdminRequestOptions): Promise<string>
  /** @throws AttacheError also ATT_ENVOY_ADMIN_REFUSED when the body is no JSON */
  json(path: string, options?: AdminRequestOptions): Promise<JsonValue>
  /** Closes idle connections; may be called twice. */
  close(): void
}

/** Connections to an admin interface over TCP or a Unix socket; idle ones are kept and do not keep the process alive. */
export function connectAdmin(address: AdminAddress): AdminConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const send = (path: string, options: AdminRequestOptions = {}) => exchange(address, agent, path, options)
  const text = async (path: string, options?: AdminRequestOptions) => {
    const { status, body } = await send(path, options)
    if (status === 200) return body
    throw failure("ATT_ENVOY_ADMIN_REFUSED", `${path} answered ${status}: ${body.trim().slice(0, 200)}`, {
      facts: { path, status },
    })
  }
  const json = async (path: string, options?: AdminRequestOptions): Promise<JsonValue> => {
    const body = await text(path, options)
    try {
      return JSON.parse(body)
    } catch (error) {
      throw failure("ATT_ENVOY_ADMIN_REFUSED", `${path} did not answer with JSON`, { cause: error, facts: { path } })
    }
  }
  return { address, send, text, json, close: () => agent.destroy() }
}

function exchange(
  address: AdminAddress,
  agent: Agent,
  path: string,
  options: AdminRequestOptions,
): Promise<AdminResponse> {
  const timeoutMs = options.timeoutMs ?? 10_000
  return new Promise((resolve, reject) => {
    const call = request({
      ...address,
      path,
      agent,
      method: options.method ?? "GET",
      headers: { host: "localhost", ...(options.method === "POST" ? { "content-length": 0 } : {}) },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    const timer = setTimeout(
      () => call.destroy(unreachable(address, path, `no answer within ${timeoutMs} ms`)),
      timeoutMs,
    )
    call.on("close", () => clearTimeout(timer))
    call.on("error", (error) => {
      reject(isAttacheError(error) ? error : unreachable(address, path, errnoOf(error) ?? error.message, error))
    })
    call.on("response", (response) => {
      collect(response, options.limitBytes ?? 256 * 1024 * 1024, path).then(
        (body) => resolve({ status: response.statusCode ?? 0, body }),
        (error: unknown) => {
          reject(isAttacheError(error) ? error : unreachable(address, path, errnoOf(error) ?? messageOf(error), error))
          call.destroy()
        },
      )
    })
    call.end()
  })
}

async function collect(response: IncomingMessage, limit: number, path: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue
    size += chunk.length
    if (size > limit)
      throw failure("ATT_ENVOY_ADMIN_TOO_LARGE", `${path} answered with more than ${limit} bytes`, {
        facts: { path, limit },
      })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

function unreachable(address: AdminAddress, path: string, why: string, cause?: unknown): AttacheError {
  const place = "socketPath" in address ? address.socketPath : `${address.host}:${address.port}`
  return failure("ATT_ENVOY_ADMIN_UNREACHABLE", `Envoy's admin interface at ${place} is not reachable: ${why}`, {
    cause,
    facts: { address: place, path },
    retry: "later",
  })
}
