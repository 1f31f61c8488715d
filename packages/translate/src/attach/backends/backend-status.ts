import type { Backend } from "@attache/kube-api"
import type { World } from "../../world/world.ts"
import type { Condition } from "../route-error.ts"
import { backendHostnameError, backendIpError } from "./backend-address.ts"

/** What is wrong with a Backend, with the reason a route that uses it shows. */
export interface BackendFault {
  readonly reason: "InvalidBackendRef" | "InvalidAddress"
  readonly message: string
}

/** Checks a Backend by itself and against the BackendTLSPolicies that target it. The first fault is given. */
export function backendFault(world: World, backend: Backend, isOnHost: boolean): BackendFault | undefined {
  const { type, endpoints = [], tls } = backend.spec
  if (type === "DynamicResolver" && endpoints.length > 0) {
    return { reason: "InvalidBackendRef", message: "DynamicResolver type cannot have endpoints specified" }
  }
  const hasCa = tls?.wellKnownCACertificates !== undefined || (tls?.caCertificateRefs ?? []).length > 0
  if (tls !== undefined && tls.insecureSkipVerify !== true && !hasCa && !isTargetedByTlsPolicy(world, backend)) {
    const message =
      "must specify either CACertificateRefs or WellKnownCACertificates when InsecureSkipVerify is unset or false"
    return { reason: "InvalidBackendRef", message }
  }
  for (const { hostname, fqdn, ip } of endpoints) {
    const message =
      (hostname === undefined ? undefined : backendHostnameError(hostname, "hostname", isOnHost)) ??
      (fqdn !== undefined
        ? backendHostnameError(fqdn.hostname, "FQDN", isOnHost)
        : ip === undefined
          ? undefined
          : backendIpError(ip.address, isOnHost))
    if (message !== undefined) return { reason: "InvalidAddress", message }
  }
  return undefined
}

/** A policy without section, or with the port of one of the endpoints as section. */
function isTargetedByTlsPolicy(world: World, backend: Backend): boolean {
  const namespace = backend.metadata.namespace ?? ""
  const ports = (backend.spec.endpoints ?? []).map((e) => String(e.ip?.port ?? e.fqdn?.port ?? ""))
  const bucket = `BackendTLSPolicy|Backend/${namespace}/${backend.metadata.name}`
  return world.members("policies-of-target", bucket).some((key) => {
    const policy = world.get("BackendTLSPolicy", namespace, key.slice(key.lastIndexOf("/") + 1))
    return policy?.spec.targetRefs.some(
      ({ kind, name, sectionName }) =>
        kind === "Backend" &&
        name === backend.metadata.name &&
        (sectionName === undefined || ports.includes(sectionName)),
    )
  })
}

/**
 * Conditions of a Backend.
 *
 * A refused one has type `Invalid` and reason `Accepted`: Envoy Gateway 1.9 has them so, and tools read it.
 */
export function backendConditions(world: World, backend: Backend, isOnHost: boolean): readonly Condition[] {
  const refused = (message: string): readonly Condition[] => [
    { type: "Invalid", status: "False", reason: "Accepted", message },
  ]
  if (!world.settings().isBackendEnabled) {
    return refused("The Backend was not accepted since Backend is not enabled in Envoy Gateway Config")
  }
  const fault = backendFault(world, backend, isOnHost)
  if (fault !== undefined) return refused(`The Backend was not accepted: ${fault.message}`)
  return [{ type: "Accepted", status: "True", reason: "Accepted", message: "The Backend was accepted" }]
}
