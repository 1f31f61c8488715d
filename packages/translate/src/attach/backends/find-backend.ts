// Finds what a backend reference means, with the checks a route makes, in the order and words of Envoy Gateway 1.9.
import type { Backend, Service, ServiceImport } from "@attache/kube-api"
import { type ObjectKey, objectKey, type World } from "../../world/world.ts"
import { isReferenceAllowed, type ReferenceFrom } from "../references.ts"
import { backendFault } from "./backend-status.ts"

/** A `BackendObjectReference`. Absent group and kind: core Service; absent namespace: that of the referring object. */
export interface BackendReference {
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
  readonly port?: number
}

/** A port of a Service or ServiceImport. */
export interface ServicePortView {
  readonly port: number
  /** Empty for the only port. */
  readonly name: string
  /** `TCP` or `UDP`. */
  readonly protocol: string
  readonly appProtocol?: string
}

/** What a reference means. */
export type BackendTarget =
  | { readonly kind: "Service"; readonly namespace: string; readonly object: Service; readonly port: ServicePortView }
  | {
      readonly kind: "ServiceImport"
      readonly namespace: string
      readonly object: ServiceImport
      readonly port: ServicePortView
    }
  | { readonly kind: "Backend"; readonly namespace: string; readonly object: Backend; readonly port?: number }
  /** A kind that an extension server makes a cluster of. */
  | { readonly kind: "custom"; readonly namespace: string; readonly key: ObjectKey }

/** Why a backend cannot be used. */
export interface BackendError {
  readonly reason: string
  readonly message: string
}

/** Who asks, and what it may use. */
export interface BackendUse {
  readonly from: ReferenceFrom
  readonly transport: "TCP" | "UDP"
  readonly isOnHost: boolean
}

const groups: readonly string[] = ["", "multicluster.x-k8s.io", "gateway.envoyproxy.io"]
const kinds: readonly string[] = ["Service", "ServiceImport", "Backend"]

/** Whether a reference is to a kind that extension servers own. */
export function isCustomBackend(world: World, ref: BackendReference): boolean {
  const { resources, backends } = world.settings().extensionKinds
  const key = `${ref.group ?? ""}/${ref.kind ?? "Service"}`
  return resources.includes(key) || backends.includes(key)
}

/** Resolves the reference of a route, or says why not: group, kind, grant, port, existence, then what the kind asks for. */
export function findBackend(world: World, use: BackendUse, ref: BackendReference): BackendTarget | BackendError {
  const namespace = namespaceOf(use, ref)
  if (isCustomBackend(world, ref)) return findCustom(world, use, ref, namespace)
  const { group = "", kind = "Service", name } = ref
  if (!groups.includes(group)) {
    const list = "multicluster.x-k8s.io and gateway.envoyproxy.io"
    const core = "the core API group (specified by omitting the group field or setting it to an empty string)"
    return { reason: "InvalidKind", message: `Group is invalid, only ${core}, ${list} are supported` }
  }
  if (!kinds.includes(kind)) {
    const message = "Kind is invalid, only Service, MCS ServiceImport and Envoy Gateway Backend are supported"
    return { reason: "InvalidKind", message }
  }
  const refused = checkGrant(world, use, ref, namespace)
  if (refused !== undefined) return refused
  if (kind === "Backend") return findEnvoyBackend(world, use, namespace, name, ref.port)
  if (ref.port === undefined) {
    const message = "A valid port number corresponding to a port on the Service must be specified"
    return { reason: "PortNotSpecified", message }
  }
  return kind === "Service"
    ? findService(world, use, namespace, name, ref.port)
    : findServiceImport(world, use, namespace, name, ref.port)
}

/** Namespace of what is referred to. */
export function namespaceOf(use: BackendUse, ref: BackendReference): string {
  return ref.namespace === undefined || ref.namespace === "" ? use.from.namespace : ref.namespace
}

function checkGrant(world: World, use: BackendUse, ref: BackendReference, namespace: string): BackendError | undefined {
  const { group = "", kind = "Service", name } = ref
  if (isReferenceAllowed(world, use.from, { group, kind, namespace, name })) return undefined
  const message = `Backend ref to ${kind} ${namespace}/${name} not permitted by any ReferenceGrant`
  return { reason: "RefNotPermitted", message }
}

function findService(
  world: World,
  use: BackendUse,
  namespace: string,
  name: string,
  number: number,
): BackendTarget | BackendError {
  const object = world.get("Service", namespace, name)
  if (object === undefined) return { reason: "BackendNotFound", message: `service ${namespace}/${name} not found` }
  if (object.spec?.type === "ExternalName") {
    const cure = "use an Envoy Gateway Backend resource with an FQDN endpoint instead"
    const message = `Service ${namespace}/${name} is of type ExternalName, which is not supported as a backend; ${cure}`
    return { reason: "UnsupportedValue", message }
  }
  const port = findPort(object.spec?.ports ?? [], number, use.transport)
  if (port !== undefined) return { kind: "Service", namespace, object, port }
  return portNotFound(use, number, `Service ${namespace}/${name}`)
}

function findServiceImport(
  world: World,
  use: BackendUse,
  namespace: string,
  name: string,
  number: number,
): BackendTarget | BackendError {
  const object = world.get("ServiceImport", namespace, name)
  if (object === undefined)
    return { reason: "BackendNotFound", message: `service import ${namespace}/${name} not found` }
  const port = findPort(object.spec?.ports ?? [], number, use.transport)
  if (port !== undefined) return { kind: "ServiceImport", namespace, object, port }
  return portNotFound(use, number, `ServiceImport ${namespace}/${name}`)
}

function portNotFound(use: BackendUse, number: number, owner: string): BackendError {
  return { reason: "PortNotFound", message: `${use.transport} Port ${number} not found on ${owner}` }
}

interface Port {
  readonly port: number
  readonly name?: string
  readonly protocol?: string
  readonly appProtocol?: string
}

/** The port of a Service or ServiceImport by number and transport. */
export function findPort(
  ports: readonly Port[],
  number: number,
  transport: "TCP" | "UDP",
): ServicePortView | undefined {
  const found = ports.find((port) => port.port === number && (port.protocol ?? "TCP") === transport)
  if (found === undefined) return undefined
  const { name = "", appProtocol } = found
  return { port: number, name, protocol: transport, ...(appProtocol === undefined ? {} : { appProtocol }) }
}

function findEnvoyBackend(
  world: World,
  use: BackendUse,
  namespace: string,
  name: string,
  port: number | undefined,
): BackendTarget | BackendError {
  const object = world.get("Backend", namespace, name)
  if (object === undefined) return { reason: "BackendNotFound", message: `Backend ${namespace}/${name} not found` }
  if (!world.settings().isBackendEnabled) {
    return { reason: "UnsupportedValue", message: "Backend is disabled in Envoy Gateway configuration" }
  }
  const fault = backendFault(world, object, use.isOnHost)
  if (fault !== undefined) return fault
  if ((object.spec.endpoints ?? []).some((endpoint) => endpoint.unix !== undefined)) {
    return { reason: "UnsupportedAddressType", message: "unix domain sockets are not supported in backend references" }
  }
  return { kind: "Backend", namespace, object, ...(port === undefined ? {} : { port }) }
}

function findCustom(
  world: World,
  use: BackendUse,
  ref: BackendReference,
  namespace: string,
): BackendTarget | BackendError {
  const refused = checkGrant(world, use, ref, namespace)
  if (refused !== undefined) return refused
  const kind = ref.kind ?? "Service"
  const key = objectKey(kind, namespace, ref.name)
  const { apiVersion = "" } = world.lookup(key) ?? {}
  const slash = apiVersion.indexOf("/")
  if (slash < 0 || apiVersion.slice(0, slash) !== ref.group) {
    return { reason: "BackendNotFound", message: `custom backend ${kind} ${namespace}/${ref.name} not found` }
  }
  return { kind: "custom", namespace, key }
}
