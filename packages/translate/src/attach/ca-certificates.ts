// CA certificates that objects refer to: ConfigMaps, Secrets and ClusterTrustBundles. Texts as Envoy Gateway 1.9 words them.
import type { Secret } from "@attache/kube-api"
import type { SdsSource } from "../plan/index.ts"
import { objectKey, type World } from "../world/world.ts"
import { readSdsSecret, sdsSecretType } from "./sds-secret.ts"

/** Why no CA certificates could be had. */
export interface CaError {
  readonly reason: "InvalidCACertificateRef" | "InvalidKind"
  readonly message: string
}

/** A reference whose namespace is settled. */
export interface CaReference {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** Certificates of several references one after the other, or the secret of another SDS server. */
export type CaCertificates =
  | { readonly certificate: Uint8Array }
  | { readonly sds: SdsSource }
  | { readonly error: CaError }

/** Reads all references. One to a secret of an SDS server stands for all. */
export function readCaCertificates(world: World, refs: readonly CaReference[]): CaCertificates {
  const parts: string[] = []
  for (const { kind, namespace, name } of refs) {
    const secret = kind === "Secret" ? world.get("Secret", namespace, name) : undefined
    if (secret?.type === sdsSecretType) return readSds(world, secret)
    const part = readPart(world, namespace, kind, name, secret)
    if (part === undefined) continue
    if ("error" in part) return invalid(part.error)
    parts.push(part.text)
  }
  const certificate = parts.join("\n")
  if (certificate === "") {
    const message =
      "Unsupported reference kind, supported kinds are ConfigMap, Secret, and ClusterTrustBundle in caCertificateRefs"
    return { error: { reason: "InvalidKind", message } }
  }
  return { certificate: Buffer.from(certificate, "latin1") }
}

function invalid(message: string): { readonly error: CaError } {
  return { error: { reason: "InvalidCACertificateRef", message } }
}

function readSds(world: World, secret: Secret): CaCertificates {
  const name = `${secret.metadata.namespace}/${secret.metadata.name}`
  if (!world.settings().isSdsSecretRefEnabled) {
    return invalid(
      `SDS Secret ${name} cannot be used because SDS Secret references are not enabled in EnvoyGateway configuration`,
    )
  }
  const sds = readSdsSecret(secret)
  return "error" in sds ? invalid(sds.error) : { sds }
}

type Part = { readonly text: string } | { readonly error: string } | undefined

function readPart(world: World, namespace: string, kind: string, name: string, secret: Secret | undefined): Part {
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
