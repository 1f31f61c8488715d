import type { Backend, BackendTLSPolicy, Secret } from "@attache/kube-api"
import type { UpstreamCa } from "../plan/index.ts"
import { objectKey, type World } from "../world/world.ts"
import { readSdsSecret, sdsSecretType } from "./sds-secret.ts"

/** Why no CA certificates could be had; the reason is the one a BackendTLSPolicy shows. */
export interface CaError {
  readonly reason: "InvalidCACertificateRef" | "InvalidKind"
  readonly message: string
}

/** References to CA certificates in the owner's namespace. */
type CaRefs = BackendTLSPolicy["spec"]["validation"]["caCertificateRefs"]

type CaRead = { readonly ca?: UpstreamCa } | { readonly error: CaError }

/**
 * The CA certificates a Backend or a BackendTLSPolicy names: the proxy's own bundle, those of another SDS server, or all references' in one text.
 */
export function readUpstreamCa(
  world: World,
  owner: Backend | BackendTLSPolicy,
  isSystem: boolean,
  refs: CaRefs,
): CaRead {
  const namespace = owner.metadata.namespace ?? ""
  const secretName = `${owner.metadata.name}/${namespace}-ca`
  if (isSystem) {
    const isOwn = world.settings().runtimeFlags.includes("PerResourceSystemCASecret")
    return { ca: { type: "system", secretName: isOwn ? secretName : "system_ca_certificates" } }
  }
  const parts: string[] = []
  for (const { kind, name } of refs ?? []) {
    const secret = kind === "Secret" ? world.get("Secret", namespace, name) : undefined
    if (secret?.type === sdsSecretType) return readSdsCa(world, secret)
    const part = readCaPart(world, namespace, kind, name, secret)
    if (part === undefined) continue
    if ("error" in part) return { error: { reason: "InvalidCACertificateRef", message: part.error } }
    parts.push(part.text)
  }
  const certificate = parts.join("\n")
  if (certificate === "") {
    const message =
      "Unsupported reference kind, supported kinds are ConfigMap, Secret, and ClusterTrustBundle in caCertificateRefs"
    return { error: { reason: "InvalidKind", message } }
  }
  return { ca: { type: "inline", secretName, certificate: Buffer.from(certificate, "latin1") } }
}

function readSdsCa(world: World, secret: Secret): CaRead {
  const name = `${secret.metadata.namespace}/${secret.metadata.name}`
  if (!world.settings().isSdsSecretRefEnabled) {
    const message = `SDS Secret ${name} cannot be used because SDS Secret references are not enabled in EnvoyGateway configuration`
    return { error: { reason: "InvalidCACertificateRef", message } }
  }
  const sds = readSdsSecret(secret)
  if ("error" in sds) return { error: { reason: "InvalidCACertificateRef", message: sds.error } }
  return { ca: { type: "sds", secretName: sds.secretName, sds } }
}

type CaPart = { readonly text: string } | { readonly error: string } | undefined

function readCaPart(world: World, namespace: string, kind: string, name: string, secret: Secret | undefined): CaPart {
  switch (kind) {
    case "ConfigMap": {
      const config = world.get("ConfigMap", namespace, name)
      if (config === undefined) return { error: `configmap ${name} not found in namespace ${namespace}` }
      const text = pickCa(config.data)
      return text === undefined
        ? { error: `no ca found in configmap ${name}` }
        : { text: Buffer.from(text).toString("latin1") }
    }
    case "Secret": {
      if (secret === undefined) return { error: `secret ${name} not found in namespace ${namespace}` }
      const text = pickCa(secret.data)
      return text === undefined
        ? { error: `no ca found in secret ${name}` }
        : { text: Buffer.from(text, "base64").toString("latin1") }
    }
    case "ClusterTrustBundle": {
      const bundle = world.lookup(objectKey(kind, "", name))?.spec as { readonly trustBundle?: string } | undefined
      if (bundle === undefined) return { error: `cluster trust bundle ${name} not found` }
      return { text: bundle.trustBundle ?? "" }
    }
    default:
      return undefined
  }
}

/** `ca.crt`, else `tls.crt`, else the only entry. */
function pickCa(data: Readonly<Record<string, string>> | undefined): string | undefined {
  const values = Object.values(data ?? {})
  return data?.["ca.crt"] ?? data?.["tls.crt"] ?? (values.length === 1 ? values[0] : undefined)
}
