// TLS towards backends: BackendTLSPolicy, `Backend.spec.tls` and client certificates.
import type { Cluster_TransportSocketMatchSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import type { TransportSocketSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import {
  SubjectAltNameMatcher_SanType,
  TlsParameters_TlsProtocol,
} from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/common_pb"
import {
  type CommonTlsContextSchema,
  UpstreamTlsContextSchema,
} from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/tls_pb"
import type { BackendCluster, ClusterTls, SecretSpec } from "../../emit/cluster-spec.ts"
import { ownSecret } from "../../emit/config-source.ts"
import { tlsMatchName } from "../../emit/names.ts"
import { caSecret, caSecretConfig, certificateConfig, certificateSecret, sdsCluster } from "../../emit/secrets.ts"
import { tlsParameters } from "../../emit/tls-parameters.ts"
import { defined, type Init, typed } from "../../emit/wire.ts"
import type { Origin, UpstreamTls } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"
import { isAllTls, needsAutoSni, placeholderSocket } from "./sni.ts"

type Socket = Init<typeof TransportSocketSchema>

/** TLS sockets of a cluster by endpoint, the secrets they ask for, and the name that is sent to the server. */
export const upstreamTls: Feature = {
  name: "upstream-tls",
  claimCluster: ({ settings, origin }) => {
    const plans = settings.flatMap(({ tls }) => (tls === undefined ? [] : [tls]))
    return plans.length === 0
      ? undefined
      : {
          secrets: plans.flatMap((tls) => secretsOf(tls, origin)),
          clusters: plans.flatMap((tls) => sourcesOf(tls).map((source) => sdsCluster(source, origin))),
        }
  },
  contributeCluster: (cluster) => {
    if (cluster.tls !== undefined) return { cluster: { transportSocket: tlsSocket(clusterTls(cluster.tls)) } }
    const { settings } = cluster
    if (settings.every(({ tls }) => tls === undefined)) return undefined
    const [first] = settings
    if (first?.addressType === "dynamic-resolver" && first.tls !== undefined) {
      return {
        cluster: { transportSocket: tlsSocket(context(first.tls, true, false)) },
        httpOptions: { upstreamHttpProtocolOptions: { autoSni: true, autoSanValidation: true } },
      }
    }
    const isAutoSni = needsAutoSni(settings)
    return {
      cluster: {
        transportSocketMatches: matches(cluster, isAutoSni),
        // Automatic choice of HTTP version demands a socket that could negotiate; the matches are what is used.
        ...(isAllTls(settings) && !isRaw(cluster)
          ? { transportSocket: tlsSocket(typed(UpstreamTlsContextSchema, { commonTlsContext: {} }), placeholderSocket) }
          : {}),
      },
      ...(isAutoSni ? { httpOptions: { upstreamHttpProtocolOptions: { autoSni: true } } } : {}),
    }
  },
}

function isRaw({ settings }: BackendCluster): boolean {
  return settings.some(({ protocol }) => protocol === "tcp" || protocol === "udp")
}

function matches(
  { name, settings }: BackendCluster,
  isAutoSni: boolean,
): Init<typeof Cluster_TransportSocketMatchSchema>[] {
  return settings.flatMap(({ tls }, index) => {
    if (tls === undefined) return []
    const match = tlsMatchName(name, index)
    return [{ name: match, match: { name: match }, transportSocket: tlsSocket(context(tls, false, isAutoSni)) }]
  })
}

function tlsSocket(config: ReturnType<typeof typed>, name = "envoy.transport_sockets.tls"): Socket {
  return { name, configType: { case: "typedConfig", value: config } }
}

function context(tls: UpstreamTls, isDynamic: boolean, isAutoSni: boolean): ReturnType<typeof typed> {
  const names = sanMatchers(tls)
  const hasName = tls.sni !== undefined || isAutoSni || tls.isSniFromEndpoint === true
  const isSanValidated = !isDynamic && tls.isUnverified !== true && names.length === 0 && hasName
  return typed(
    UpstreamTlsContextSchema,
    defined({
      sni: tls.sni,
      autoHostSni: tls.isSniFromEndpoint === true ? true : undefined,
      autoSniSanValidation: isSanValidated ? true : undefined,
      commonTlsContext: defined({
        tlsParams: tlsParameters(tls.parameters),
        alpnProtocols: [...(tls.alpnProtocols ?? [])],
        tlsCertificateSdsSecretConfigs: tls.clientCertificates.map(certificateConfig),
        validationContextType: validation(tls, names),
      }),
    }),
  )
}

function validation(
  { ca, isUnverified }: UpstreamTls,
  matchTypedSubjectAltNames: ReturnType<typeof sanMatchers>,
): Init<typeof CommonTlsContextSchema>["validationContextType"] {
  if (isUnverified === true || ca === undefined) return undefined
  return {
    case: "combinedValidationContext",
    value: {
      defaultValidationContext: { matchTypedSubjectAltNames },
      validationContextSdsSecretConfig: caSecretConfig(ca),
    },
  }
}

/** Names the server must show: the explicit ones, else the host name it is asked for. */
function sanMatchers({ subjectAltNames, sni }: UpstreamTls): {
  sanType: SubjectAltNameMatcher_SanType
  matcher: { matchPattern: { case: "exact"; value: string } }
}[] {
  const names =
    subjectAltNames.length > 0 ? subjectAltNames : sni === undefined ? [] : [{ type: "dns" as const, value: sni }]
  return names.map(({ type, value }) => ({
    sanType: type === "dns" ? SubjectAltNameMatcher_SanType.DNS : SubjectAltNameMatcher_SanType.URI,
    matcher: { matchPattern: { case: "exact", value } },
  }))
}

function clusterTls({ caFile, sni, clientCertificate }: ClusterTls): ReturnType<typeof typed> {
  return typed(UpstreamTlsContextSchema, {
    ...(sni === undefined ? {} : { sni }),
    commonTlsContext: {
      tlsParams: { tlsMaximumProtocolVersion: TlsParameters_TlsProtocol.TLSv1_3 },
      tlsCertificateSdsSecretConfigs: clientCertificate === undefined ? [] : [ownSecret(clientCertificate)],
      validationContextType: {
        case: "validationContext",
        value: { trustedCa: { specifier: { case: "filename", value: caFile } } },
      },
    },
  })
}

function secretsOf({ ca, clientCertificates }: UpstreamTls, origin: Origin): SecretSpec[] {
  return [
    ca === undefined ? undefined : caSecret(ca, origin),
    ...clientCertificates.map((certificate) => certificateSecret(certificate, origin)),
  ].filter((secret) => secret !== undefined)
}

function sourcesOf({ ca, clientCertificates }: UpstreamTls): Parameters<typeof sdsCluster>[0][] {
  return [
    ...(ca?.type === "sds" ? [ca.sds] : []),
    ...clientCertificates.flatMap(({ content }) => (content.type === "sds" ? [content.sds] : [])),
  ]
}
