// Secrets: how they are asked for, and what is delivered.
import type {
  SdsSecretConfigSchema,
  SecretSchema,
} from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/secret_pb"
import type { Origin, SdsSource, TlsCertificate, UpstreamCa } from "../plan/index.ts"
import type { ClusterSpec, SecretSpec } from "./cluster-spec.ts"
import { foreignSecret, ownSecret, socketPath } from "./config-source.ts"
import { sdsClusterName } from "./names.ts"
import type { Init } from "./wire.ts"

/** Certificate bundle of the proxy image. */
export const systemCaFile = "/etc/ssl/certs/ca-certificates.crt"

type SecretConfig = Init<typeof SdsSecretConfigSchema>

/** Where Envoy gets a certificate. */
export function certificateConfig({ name, content }: TlsCertificate): SecretConfig {
  return content.type === "sds" ? foreignSecret(content.sds) : ownSecret(name)
}

/** Where Envoy gets CA certificates. */
export function caSecretConfig(ca: UpstreamCa): SecretConfig {
  return ca.type === "sds" ? foreignSecret(ca.sds) : ownSecret(ca.secretName)
}

/** The secret of a certificate, unless another SDS server has it. */
export function certificateSecret({ name, content }: TlsCertificate, origin: Origin): SecretSpec | undefined {
  if (content.type === "sds") return undefined
  const { chain, key, ocspStaple } = content
  return { type: "certificate", name, chain, key, ...(ocspStaple === undefined ? {} : { ocspStaple }), origin }
}

/** The secret of CA certificates, unless another SDS server has it. */
export function caSecret(ca: UpstreamCa, origin: Origin): SecretSpec | undefined {
  switch (ca.type) {
    case "sds":
      return undefined
    case "system":
      return { type: "system-ca", name: ca.secretName, origin }
    case "inline":
      return {
        type: "ca",
        name: ca.secretName,
        certificate: ca.certificate,
        ...(ca.crl === undefined ? {} : { crl: ca.crl }),
        origin,
      }
  }
}

/** The cluster of an SDS server. */
export function sdsCluster(source: SdsSource, origin: Origin): ClusterSpec {
  const path = socketPath(source)
  return { type: "sds", name: sdsClusterName(path), path, origin }
}

/** The xDS secret itself; the only place where a private key is revealed. */
export function secretMessage(spec: SecretSpec): Init<typeof SecretSchema> {
  return { name: spec.name, type: secretType(spec) }
}

function secretType(spec: SecretSpec): NonNullable<Init<typeof SecretSchema>["type"]> {
  switch (spec.type) {
    case "certificate":
      return {
        case: "tlsCertificate",
        value: {
          certificateChain: bytes(spec.chain),
          privateKey: bytes(spec.key.reveal()),
          ...(spec.ocspStaple === undefined ? {} : { ocspStaple: bytes(spec.ocspStaple) }),
        },
      }
    case "ca":
      return {
        case: "validationContext",
        value: { trustedCa: bytes(spec.certificate), ...(spec.crl === undefined ? {} : { crl: bytes(spec.crl) }) },
      }
    case "system-ca":
      return {
        case: "validationContext",
        value: { trustedCa: { specifier: { case: "filename", value: systemCaFile } } },
      }
    case "generic":
      return { case: "genericSecret", value: { secret: bytes(spec.value.reveal()) } }
  }
}

function bytes(value: Uint8Array): { specifier: { case: "inlineBytes"; value: Uint8Array } } {
  return { specifier: { case: "inlineBytes", value } }
}
