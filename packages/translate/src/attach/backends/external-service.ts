// Backends of services that the proxy itself calls (external processors, log and trace collectors), with the checks and
// words of Envoy Gateway 1.9, which differ from those of routes.
import type { BackendProtocol, DestinationSetting } from "../../plan/index.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import type { BackendOptions } from "../gateway-view.ts"
import { isReferenceAllowed, type ReferenceFrom } from "../references.ts"
import { type BackendReads, backendSetting } from "./backend-setting.ts"
import { type BackendReference, type BackendTarget, findPort } from "./find-backend.ts"

/** A backend reference with the members that only services have. */
export interface ServiceReference extends BackendReference {
  /** Default 1; 0 takes it out. */
  readonly weight?: number
  /** True: used when the others are gone. */
  readonly fallback?: boolean
}

/** Who calls the service. */
export interface ServiceUse {
  readonly from: ReferenceFrom
  readonly options: BackendOptions
  readonly protocol: BackendProtocol
  /** Name of the setting of a reference; extension services count them, telemetry has `-1`. */
  readonly settingName: (index: number) => string
  /** Telemetry: no ReferenceGrant is asked for, and backends without endpoints are no error. */
  readonly isTelemetry: boolean
}

/** Settings of a service, or why it cannot be called, and the BackendTLSPolicies that were looked at for it. */
export type ServiceSettings = { readonly uses: readonly TlsPolicyUse[] } & (
  | { readonly settings: readonly DestinationSetting[] }
  | { readonly error: string }
)

/** Resolves the references of one service. All of them are checked, also those without weight; the first error is given. */
export function serviceSettings(
  reads: BackendReads,
  use: ServiceUse,
  refs: readonly ServiceReference[],
): ServiceSettings {
  const settings: DestinationSetting[] = []
  const uses: TlsPolicyUse[] = []
  for (const [index, ref] of refs.entries()) {
    const target = findService(reads, use, ref)
    if ("error" in target) return { ...target, uses }
    const made = backendSetting(reads, target, use.settingName(index), {
      protocol: use.protocol,
      isAppProtocolRead: false,
      routingType: use.options.routingType,
      clientTls: use.options.tls,
    })
    if (made.use !== undefined) uses.push(made.use)
    if (made.error !== undefined && !(use.isTelemetry && made.error.reason === "EndpointsNotFound"))
      return { error: made.error.message, uses }
    const weight = ref.weight ?? 1
    if (made.setting === undefined || weight === 0) continue
    settings.push({ ...made.setting, weight, ...(ref.fallback === true ? { priority: 1 } : {}) })
  }
  const names = settings.filter((s) => s.addressType === "fqdn").length
  if (settings.some((s) => s.addressType === "mixed") || (names > 0 && names < settings.length)) {
    return { error: "external service destinations having multiple endpoint types are not supported", uses }
  }
  return { settings, uses }
}

function findService(
  reads: BackendReads,
  use: ServiceUse,
  ref: ServiceReference,
): BackendTarget | { readonly error: string } {
  const { group = "", kind = "Service", name } = ref
  if (!["", "multicluster.x-k8s.io", "gateway.envoyproxy.io"].includes(group)) {
    return {
      error:
        "group is invalid, only the core API group (specified by omitting the group field or setting it to an empty string), the multicluster.x-k8s.io API group, and the gateway.envoyproxy.io API group are supported",
    }
  }
  if (kind !== "Service" && kind !== "ServiceImport" && kind !== "Backend") {
    return {
      error:
        "kind is invalid, only Service (specified by omitting the kind field or setting it to 'Service'), ServiceImport, and Backend are supported",
    }
  }
  const namespace = ref.namespace === undefined || ref.namespace === "" ? use.from.namespace : ref.namespace
  const target = findObject(reads, kind, namespace, ref)
  if ("error" in target) return target
  if (!use.isTelemetry && !isReferenceAllowed(reads, use.from, { group, kind, namespace, name })) {
    return { error: `backend ref to ${kind} ${namespace}/${name} not permitted by any ReferenceGrant` }
  }
  return target
}

function findObject(
  reads: BackendReads,
  kind: "Service" | "ServiceImport" | "Backend",
  namespace: string,
  ref: ServiceReference,
): BackendTarget | { readonly error: string } {
  const { name, port } = ref
  const label = kind.toLowerCase()
  if (kind === "Backend") {
    if (!reads.settings().isBackendEnabled) {
      return {
        error: `resource ${name} of type Backend cannot be used since Backend is disabled in Envoy Gateway configuration`,
      }
    }
    const object = reads.get("Backend", namespace, name)
    if (object === undefined) return { error: `backend ${namespace}/${name} not found` }
    if (object.spec.type === "DynamicResolver")
      return { error: `dynamic resolver backend ${namespace}/${name} is not supported` }
    return { kind, namespace, object, ...(port === undefined ? {} : { port }) }
  }
  if (port === undefined)
    return { error: "a valid port number corresponding to a port on the Service must be specified" }
  if (kind === "Service") {
    const object = reads.get("Service", namespace, name)
    if (object === undefined) return { error: `${label} ${namespace}/${name} not found` }
    if (object.spec?.type === "ExternalName") {
      return {
        error: `Service ${namespace}/${name} is of type ExternalName, which is not supported as a backend; use an Envoy Gateway Backend resource with an FQDN endpoint instead`,
      }
    }
    const found = findPort(object.spec?.ports ?? [], port, "TCP")
    return found === undefined
      ? { error: `TCP Port ${port} not found on ${label} ${namespace}/${name}` }
      : { kind, namespace, object, port: found }
  }
  const object = reads.get("ServiceImport", namespace, name)
  if (object === undefined) return { error: `${label} ${namespace}/${name} not found` }
  const found = findPort(object.spec?.ports ?? [], port, "TCP")
  return found === undefined
    ? { error: `TCP Port ${port} not found on ${label} ${namespace}/${name}` }
    : { kind, namespace, object, port: found }
}
