import { Secret as SecretBytes } from "@attache/base"
import type { Secret } from "@attache/kube-api"
import type { TlsCertificate } from "../plan/index.ts"
import type { World } from "../world/world.ts"
import { readSdsSecret, sdsSecretType } from "./sds-secret.ts"

/** Whose `clientCertificateRef` is read. */
export interface CertificateOwner {
  readonly kind: "Backend" | "EnvoyProxy"
  readonly namespace: string
  readonly name: string
}

/** The client certificate a Backend or an EnvoyProxy refers to, or why it cannot be had. It must stand in the owner's namespace. */
export function readClientCertificate(
  world: World,
  owner: CertificateOwner,
  ref: { readonly name: string; readonly namespace?: string },
): readonly TlsCertificate[] | { readonly error: string } {
  const { kind, namespace: home } = owner
  const namespace = ref.namespace ?? home
  if (namespace !== home) {
    const fault = `Secret namespace: ${namespace} does not match ${kind} namespace: ${home}`
    return { error: `ClientCertificateRef Secret is not located in the same namespace as ${kind}. ${fault}` }
  }
  const secret = world.get("Secret", namespace, ref.name)
  if (secret !== undefined) return clientCertificateOf(world, secret)
  const where = `${home}/${ref.name} specified in ${kind} ${home}/${owner.name}`
  return { error: `failed to locate TLS secret for client auth: ${where}` }
}

/** The client certificate in a Secret, or why it cannot be used. */
export function clientCertificateOf(
  world: World,
  secret: Secret,
): readonly TlsCertificate[] | { readonly error: string } {
  const name = `${secret.metadata.namespace}/${secret.metadata.name}`
  if (secret.type === sdsSecretType) {
    if (!world.settings().isSdsSecretRefEnabled) {
      return {
        error: `SDS Secret ${name} cannot be used because SDS Secret references are not enabled in EnvoyGateway configuration`,
      }
    }
    const sds = readSdsSecret(secret)
    return "error" in sds ? sds : [{ name, content: { type: "sds", sds } }]
  }
  const bytes = (key: string): Uint8Array => new Uint8Array(Buffer.from(secret.data?.[key] ?? "", "base64"))
  return [{ name, content: { type: "inline", chain: bytes("tls.crt"), key: new SecretBytes(bytes("tls.key")) } }]
}
