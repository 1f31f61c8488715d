import {
  TlsParameters_TlsProtocol,
  type TlsParametersSchema,
} from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/common_pb"
import type { TlsParameters } from "../plan/index.ts"
import type { Init } from "./wire.ts"

const versions: Readonly<Record<string, TlsParameters_TlsProtocol>> = {
  Auto: TlsParameters_TlsProtocol.TLS_AUTO,
  "1.0": TlsParameters_TlsProtocol.TLSv1_0,
  "1.1": TlsParameters_TlsProtocol.TLSv1_1,
  "1.2": TlsParameters_TlsProtocol.TLSv1_2,
  "1.3": TlsParameters_TlsProtocol.TLSv1_3,
}

/** TLS parameters; undefined when nothing is set. */
export function tlsParameters(plan: TlsParameters | undefined): Init<typeof TlsParametersSchema> | undefined {
  if (plan === undefined) return undefined
  const minimum = version(plan.minVersion)
  const maximum = version(plan.maxVersion)
  const fields = {
    ...(minimum === undefined ? {} : { tlsMinimumProtocolVersion: minimum }),
    ...(maximum === undefined ? {} : { tlsMaximumProtocolVersion: maximum }),
    ...(plan.ciphers === undefined ? {} : { cipherSuites: [...plan.ciphers] }),
    ...(plan.ecdhCurves === undefined ? {} : { ecdhCurves: [...plan.ecdhCurves] }),
    ...(plan.signatureAlgorithms === undefined ? {} : { signatureAlgorithms: [...plan.signatureAlgorithms] }),
  }
  return Object.keys(fields).length === 0 ? undefined : fields
}

/** Accepts `tls1.2` for `1.2`; any other text is as good as none, and Envoy's own bound holds. */
function version(text: string | undefined): TlsParameters_TlsProtocol | undefined {
  return text === undefined ? undefined : versions[text.replace(/^tls/i, "")]
}
