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
  const fields = {
    ...(plan.minVersion === undefined ? {} : { tlsMinimumProtocolVersion: version(plan.minVersion) }),
    ...(plan.maxVersion === undefined ? {} : { tlsMaximumProtocolVersion: version(plan.maxVersion) }),
    ...(plan.ciphers === undefined ? {} : { cipherSuites: [...plan.ciphers] }),
    ...(plan.ecdhCurves === undefined ? {} : { ecdhCurves: [...plan.ecdhCurves] }),
    ...(plan.signatureAlgorithms === undefined ? {} : { signatureAlgorithms: [...plan.signatureAlgorithms] }),
  }
  return Object.keys(fields).length === 0 ? undefined : fields
}

function version(text: string): TlsParameters_TlsProtocol {
  const found = versions[text]
  if (found === undefined) throw new Error(`not a TLS version: ${text}`)
  return found
}
