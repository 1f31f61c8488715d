import { printable } from "@attache/base"
import { styled } from "../output/format.ts"

/** One request, from Envoy Gateway's default JSON access log. */
export interface LoggedRequest {
  readonly method: string
  readonly path: string
  readonly status: number
  /** Milliseconds. */
  readonly duration: number
  /** Name of the route in xDS. */
  readonly route?: string
  /** Envoy's flags, such as `UF`. */
  readonly flags?: string
  /** Envoy's own word for how the answer came about, such as `wasm_fail_stream`. */
  readonly details?: string
}

/** Reads a line of the default access log. Undefined for any other line. */
export function parseRequestLine(line: string): LoggedRequest | undefined {
  if (!line.startsWith("{")) return undefined
  let entry: Readonly<Record<string, unknown>>
  try {
    entry = JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
  const { method, response_code: status } = entry
  if (typeof method !== "string" || typeof status !== "number") return undefined
  return {
    method,
    path: String(entry["x-envoy-origin-path"]),
    status,
    duration: Number(entry.duration),
    ...textField("route", entry.route_name),
    ...textField("flags", entry.response_flags),
    ...textField("details", entry.response_code_details),
  }
}

/** A request as a short line: method, path, status, time, route. */
export function requestLine({ method, path, status, duration, route, flags }: LoggedRequest): string {
  const colour = status >= 500 ? "red" : status >= 400 ? "yellow" : "green"
  const shownFlags = flags === undefined ? "" : ` ${flags}`
  const shownRoute = route === undefined ? "" : `  ${route}`
  return (
    printable(`${method} ${path} `) +
    styled(colour, String(status)) +
    printable(`${shownFlags} ${duration} ms${shownRoute}`)
  )
}

/** Envoy writes `-` or null for what is not there. */
function textField<K extends string>(key: K, value: unknown): { readonly [P in K]?: string } {
  return (typeof value === "string" && value !== "-" && value !== "" ? { [key]: value } : {}) as { [P in K]?: string }
}
