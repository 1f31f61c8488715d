// HTTPS listeners of one port whose names or certificates overlap: HTTP/2 connections could be coalesced across them.
import { type ListenerDraft, note } from "./listener-draft.ts"

/**
 * Marks overlapping ready HTTPS listeners of one Gateway, or of all Gateways that share a proxy.
 *
 * Overlap of certificates takes HTTP/2 away by default, overlap of hostnames is a notice only. Source: Envoy Gateway 1.9.
 */
export function markTlsOverlap(listeners: readonly ListenerDraft[]): void {
  const https = listeners.filter((l) => l.spec.protocol === "HTTPS" && l.isReady)
  for (const listener of https) {
    const others = https.filter((other) => other !== listener && other.spec.port === listener.spec.port)
    if (others.length === 0) continue
    markHostnames(listener, others)
    markCertificates(listener, others)
  }
}

function markHostnames(listener: ListenerDraft, others: readonly ListenerDraft[]): void {
  for (const other of others) {
    const [a, b] = [listener.spec.hostname, other.spec.hostname]
    if (!namesOverlap(a, b)) continue
    const message = `The hostname ${a ?? ""} overlaps with the hostname ${b ?? ""} in listener ${placeOf(listener, other)}.`
    note(listener, "OverlappingTLSConfig", "True", "OverlappingHostnames", message)
    return
  }
}

function markCertificates(listener: ListenerDraft, others: readonly ListenerDraft[]): void {
  if (listener.isSdsBacked) {
    listener.isTlsOverlapping = true
    const message =
      "HTTP/2 is disabled by default because one or more HTTPS listeners on this port use an SDS-backed certificate whose DNS names cannot be inspected. Configure ALPN explicitly with ClientTrafficPolicy to override this default."
    note(listener, "OverlappingTLSConfig", "True", "SDSCertificateOpaque", message)
    return
  }
  const names = certificateNames(listener)
  for (const other of others) {
    // One certificate on two listeners is what its owner meant.
    if (certificateNames(other).some((name) => names.includes(name))) continue
    for (const a of listener.sans) {
      const b = other.sans.find((san) => namesOverlap(a, san))
      if (b === undefined) continue
      listener.isTlsOverlapping = true
      const message = `The certificate SAN ${a} overlaps with the certificate SAN ${b} in listener ${placeOf(listener, other)}. ALPN will default to HTTP/1.1 to prevent HTTP/2 connection coalescing, unless explicitly configured via ClientTrafficPolicy`
      note(listener, "OverlappingTLSConfig", "True", "OverlappingCertificates", message)
      return
    }
  }
}

function placeOf(listener: ListenerDraft, other: ListenerDraft): string {
  const name = other.gateway.metadata.name
  return listener.gateway === other.gateway ? other.spec.name : `${other.spec.name} of gateway ${name}`
}

/** A wildcard covers exactly one label here; an absent name covers everything. */
function namesOverlap(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return true
  const [left, right] = [a.toLowerCase(), b.toLowerCase()]
  return left === right || covers(left, right) || covers(right, left)
}

function covers(wildcard: string, name: string): boolean {
  if (!wildcard.startsWith("*.")) return false
  const dot = name.indexOf(".")
  return dot > 0 && name.slice(dot) === wildcard.slice(1)
}

function certificateNames(listener: ListenerDraft): readonly string[] {
  return (listener.tls?.certificates ?? []).map(({ name }) => name)
}
