// What Envoy refuses and its control plane therefore keeps from it: the rest is accepted, this is not.
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
  return parts.map(({ part, kind, resource, object, field, message }) => {
    const [of = "", namespace = "", ...name] = object.split("/")
    const apiVersion = apiVersions.get(of) ?? ""
    return {
      subject: `${types[kind]} ${resource}`,
      object: { apiVersion, kind: of, namespace, name: name.join("/") },
      field,
      reason: `${part === "" ? "Envoy refuses it" : "Envoy refuses a part, which is withdrawn"}: ${message.trim()}`,
    }
  })
}

/** API version by kind, in the storage version. */
const apiVersions: ReadonlyMap<string, string> = new Map(
  knownKinds().map(({ kind, group, versions: [first] }) => {
    const version = first?.name ?? "v1"
    return [kind, group === "" ? version : `${group}/${version}`]
  }),
)
