import type { Backend, BackendTLSPolicy } from "@attache/kube-api"
import type { UpstreamCa } from "../plan/index.ts"
import type { World } from "../world/world.ts"
import { type CaError, readCaCertificates } from "./ca-certificates.ts"

/** References to CA certificates in the owner's namespace. */
type CaRefs = BackendTLSPolicy["spec"]["validation"]["caCertificateRefs"]

/**
 * The CA certificates a Backend or a BackendTLSPolicy names: the proxy's own bundle, those of another SDS server, or all references' in one text.
 */
export function readUpstreamCa(
  world: World,
  owner: Backend | BackendTLSPolicy,
  isSystem: boolean,
  refs: CaRefs,
): { readonly ca: UpstreamCa } | { readonly error: CaError } {
  const namespace = owner.metadata.namespace ?? ""
  const secretName = `${owner.metadata.name}/${namespace}-ca`
  if (isSystem) {
    const isOwn = world.settings().runtimeFlags.includes("PerResourceSystemCASecret")
    return { ca: { type: "system", secretName: isOwn ? secretName : "system_ca_certificates" } }
  }
  const read = readCaCertificates(
    world,
    (refs ?? []).map(({ kind, name }) => ({ kind, namespace, name })),
  )
  if ("error" in read) return read
  if ("sds" in read) return { ca: { type: "sds", secretName: read.sds.secretName, sds: read.sds } }
  return { ca: { type: "inline", secretName, certificate: read.certificate } }
}
