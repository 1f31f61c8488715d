// What Envoy refuses and its control plane therefore keeps from it: the rest is accepted, this is not.
import type { ObjectRef } from "@attache/base"
import { knownKinds } from "@attache/kube-api"
import type { QuarantinedPart } from "../quarantine/record.ts"
import type { Lack } from "./fact.ts"

const types = {
  listeners: "Listener",
  routes: "RouteConfiguration",
  clusters: "Cluster",
  endpoints: "ClusterLoadAssignment",
  secrets: "Secret",
} as const

/** What a proxy was not given, or did not take, and the objects that are to blame. */
export function withdrawnLacks(parts: readonly QuarantinedPart[]): readonly Lack[] {
  return parts.map(({ part, kind, resource, object, field, message }) => ({
    subject: `${types[kind]} ${resource}`,
    object: objectRefOf(object),
    field,
    reason: part === "" ? refusedReason(message) : `Envoy refuses a part, which is withdrawn: ${message.trim()}`,
  }))
}

/** Why something is not accepted, in Envoy's words. */
export function refusedReason(message: string): string {
  return `Envoy refuses it: ${message.trim()}`
}

/** The object of a key `Kind/namespace/name`. */
export function objectRefOf(key: string): ObjectRef {
  const [kind = "", namespace = "", ...name] = key.split("/")
  return { apiVersion: apiVersions.get(kind) ?? "", kind, namespace, name: name.join("/") }
}

/** API version by kind, in the storage version. */
const apiVersions: ReadonlyMap<string, string> = new Map(
  knownKinds().map(({ kind, group, versions: [first] }) => {
    const version = first?.name ?? "v1"
    return [kind, group === "" ? version : `${group}/${version}`]
  }),
)
