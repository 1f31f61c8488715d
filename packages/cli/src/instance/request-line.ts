import { printable } from "@attache/base"
import { styled } from "../output/format.ts"

/**
 * One request of Envoy Gateway's default JSON access log as a short line: method, path, status, time, route.
 *
 * Undefined for any other line.
 */
export function requestLine(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined
  let entry: Readonly<Record<string, unknown>>
  try {
    entry = JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
  const {
    method,
    "x-envoy-origin-path": path,
    response_code: status,
    duration,
    route_name: route,
    response_flags: flags,
  } = entry
  if (typeof method !== "string" || typeof status !== "number") return undefined
  const colour = status >= 500 ? "red" : status >= 400 ? "yellow" : "green"
  const shownFlags = typeof flags === "string" && flags !== "-" ? ` ${flags}` : ""
  const shownRoute = typeof route === "string" ? `  ${route}` : ""
  return (
    printable(`${method} ${String(path)} `) +
    styled(colour, String(status)) +
    printable(`${shownFlags} ${String(duration)} ms${shownRoute}`)
  )
}
