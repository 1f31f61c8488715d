import type { DestinationSetting } from "../../plan/index.ts"

/** Whether every backend of a cluster speaks TLS. */
export function isAllTls(settings: readonly DestinationSetting[]): boolean {
  return settings.length > 0 && settings.every(({ tls }) => tls !== undefined)
}

/** Whether the server's name must come from each request, because no setting names it. */
export function needsAutoSni(settings: readonly DestinationSetting[]): boolean {
  return isAllTls(settings) && settings.every(({ tls }) => tls?.sni === undefined && tls?.isSniFromEndpoint !== true)
}

/** Name of a socket that is never used: all endpoints have one of their own. */
export const placeholderSocket = "dummy.transport_socket"
