// TLS that listeners terminate, and the certificates for it.
import { CertificateValidationContext_TrustChainVerification } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/common_pb"
import {
  type CommonTlsContextSchema,
  DownstreamTlsContextSchema,
} from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/tls_pb"
import type { SecretSpec } from "../../emit/cluster-spec.ts"
import { caSecret, caSecretConfig, certificateConfig, certificateSecret, sdsCluster } from "../../emit/secrets.ts"
import { tlsParameters } from "../../emit/tls-parameters.ts"
import { defined, type Init, typed } from "../../emit/wire.ts"
import type { ClientValidation, ListenerTls } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"

/** Terminated TLS of HTTPS listeners and of TLS and TCP listeners with certificates. */
export const clientTls: Feature = {
  name: "client-tls",
  claimListener: ({ tls, origin }) => {
    if (tls === undefined) return undefined
    const ca = tls.clientValidation?.ca
    const secrets: (SecretSpec | undefined)[] = tls.certificates.map((certificate) =>
      certificateSecret(certificate, origin),
    )
    if (ca !== undefined) secrets.push(caSecret(ca, origin))
    return {
      secrets: secrets.filter((secret) => secret !== undefined),
      clusters: [
        ...tls.certificates.map(({ content }) => (content.type === "sds" ? content.sds : undefined)),
        ca?.type === "sds" ? ca.sds : undefined,
      ].flatMap((source) => (source === undefined ? [] : [sdsCluster(source, origin)])),
    }
  },
  contributeListener: (context) => {
    const { tls } = context.listener
    if (tls === undefined || context.protocol === "udp") return undefined
    // Raw TCP behind TLS must not be told to speak HTTP/2.
    const alpn =
      context.protocol === "http"
        ? httpAlpn(tls, context.listener.isTlsOverlapping === true)
        : (tls.alpnProtocols ?? [])
    return {
      filterChain: {
        transportSocket: {
          name: "envoy.transport_sockets.tls",
          configType: { case: "typedConfig", value: downstreamTls(tls, alpn) },
        },
      },
    }
  },
}

/** HTTP/2 on a connection shared by two listeners' names would let requests reach the wrong one. */
function httpAlpn(tls: ListenerTls, isOverlapping: boolean): readonly string[] {
  return tls.alpnProtocols ?? (isOverlapping ? ["http/1.1"] : ["h2", "http/1.1"])
}

function downstreamTls(tls: ListenerTls, alpn: readonly string[]): ReturnType<typeof typed> {
  return typed(
    DownstreamTlsContextSchema,
    defined({
      commonTlsContext: defined({
        alpnProtocols: [...alpn],
        tlsParams: tlsParameters(tls.parameters),
        tlsCertificateSdsSecretConfigs: tls.certificates.map(certificateConfig),
        validationContextType: validation(tls.clientValidation),
      }),
      requireClientCertificate: tls.clientValidation === undefined ? undefined : !tls.clientValidation.isOptional,
      sessionTicketKeysType: { case: "disableStatelessSessionResumption" as const, value: true },
      disableStatefulSessionResumption: true,
    }),
  )
}

function validation(plan: ClientValidation | undefined): Init<typeof CommonTlsContextSchema>["validationContextType"] {
  if (plan === undefined) return undefined
  const options = plan.isOptional
    ? { trustChainVerification: CertificateValidationContext_TrustChainVerification.ACCEPT_UNTRUSTED }
    : {}
  if (plan.ca === undefined) return { case: "validationContext", value: options }
  const secret = caSecretConfig(plan.ca)
  if (!plan.isOptional) return { case: "validationContextSdsSecretConfig", value: secret }
  return {
    case: "combinedValidationContext",
    value: { defaultValidationContext: options, validationContextSdsSecretConfig: secret },
  }
}
