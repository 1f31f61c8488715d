// Gateway `spec.tls`: who may connect (frontend) and with which certificate the proxy connects (backend).
import type { Condition, EnvoyProxySpec, Gateway, SecretObjectReference } from "@attache/kube-api"
import { Secret as SecretBytes } from "@attache/base"
import type { ClientValidation, TlsCertificate, TlsParameters } from "../../plan/index.ts"
import type { World } from "../../world/world.ts"
import { isReferenceAllowed } from "../references.ts"
import { readSdsSecret, sdsSecretType } from "../sds-secret.ts"
import { bytesOf } from "./certificates.ts"
import type { ListenerDraft } from "./listener-draft.ts"

/** What a Gateway says of TLS beside its listeners. */
export interface GatewayTls {
  readonly conditions: readonly Condition[]
  /** Client certificate and parameters towards TLS backends. */
  readonly backend?: {
    readonly clientCertificates: readonly TlsCertificate[]
    readonly parameters: TlsParameters
    readonly alpnProtocols?: readonly string[]
    readonly error?: string
  }
  readonly checkListeners: (listeners: readonly ListenerDraft[]) => void
  readonly clientValidation: (listener: ListenerDraft) => ClientValidation | undefined
}

/** Reads a Gateway's `spec.tls` and the EnvoyProxy's `backendTLS`; the Gateway's client certificate wins. */
export function readGatewayTls(world: World, gateway: Gateway, proxy: EnvoyProxySpec): GatewayTls {
  const ref = gateway.spec.tls?.backend?.clientCertificateRef
  const conditions: Condition[] = []
  const parameters = parametersOf(proxy)
  const alpn = proxy.backendTLS?.alpnProtocols
  let backend: GatewayTls["backend"] =
    proxy.backendTLS === undefined ? undefined : { ...proxyCertificate(world, gateway, proxy), parameters, ...(alpn === undefined ? {} : { alpnProtocols: alpn }) }
  if (ref !== undefined) {
    const read = readClientCertificate(world, gateway, ref)
    if ("reason" in read) {
      conditions.push({ type: "ResolvedRefs", status: "False", ...read })
    } else {
      backend = { clientCertificates: [read], parameters, ...(alpn === undefined ? {} : { alpnProtocols: alpn }) }
    }
  }
  if (gateway.spec.tls !== undefined && conditions.length === 0) {
    conditions.push({
      type: "ResolvedRefs",
      status: "True",
      reason: "ResolvedRefs",
      message: "Successfully resolved all TLS references for the gateway",
    })
  }
  return { conditions, ...(backend === undefined ? {} : { backend }), checkListeners: () => {}, clientValidation: () => undefined }
}

function readClientCertificate(world: World, gateway: Gateway, ref: SecretObjectReference): TlsCertificate | { reason: string; message: string } {
  const invalid = (message: string) => ({ reason: "InvalidClientCertificateRef", message })
  const prefix = "Invalid backend client certificate reference for gateway: invalid client certificate reference"
  if (ref.group !== undefined && ref.group !== "") return invalid(`${prefix} group: ${ref.group}`)
  if (ref.kind !== undefined && ref.kind !== "Secret") return invalid(`${prefix} kind: ${ref.kind}`)
  const own = gateway.metadata.namespace
  const namespace = ref.namespace ?? own
  const from = { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: own }
  if (!isReferenceAllowed(world, from, { group: "", kind: "Secret", namespace, name: ref.name })) {
    return { reason: "RefNotPermitted", message: "invalid cross-namespace reference to backend client certificate" }
  }
  const secret = world.get("Secret", namespace, ref.name)
  if (secret === undefined) return invalid("failed to get backend client certs for gateway")
  const chain = bytesOf(secret, "tls.crt")
  const key = bytesOf(secret, "tls.key")
  if (chain.length === 0 || key.length === 0) {
    return invalid(`invalid backend client cert secret for gateway: secret ${namespace}/${ref.name} must contain 'tls.crt' and 'tls.key' fields`)
  }
  return { name: `${namespace}/${ref.name}`, content: { type: "inline", chain, key: new SecretBytes(key) } }
}

function proxyCertificate(world: World, gateway: Gateway, proxy: EnvoyProxySpec): { clientCertificates: readonly TlsCertificate[]; error?: string } {
  const ref = proxy.backendTLS?.clientCertificateRef
  if (ref === undefined) return { clientCertificates: [] }
  const namespace = ref.namespace ?? gateway.metadata.namespace
  const secret = world.get("Secret", namespace, ref.name)
  const name = `${namespace}/${ref.name}`
  if (secret === undefined) return { clientCertificates: [], error: `failed to locate TLS secret for client auth: ${name} specified in EnvoyProxy` }
  if (secret.type === sdsSecretType) {
    const sds = readSdsSecret(secret)
    return "error" in sds ? { clientCertificates: [], error: sds.error } : { clientCertificates: [{ name, content: { type: "sds", sds } }] }
  }
  const content = { type: "inline" as const, chain: bytesOf(secret, "tls.crt"), key: new SecretBytes(bytesOf(secret, "tls.key")) }
  return { clientCertificates: [{ name, content }] }
}

function parametersOf(proxy: EnvoyProxySpec): TlsParameters {
  const tls = proxy.backendTLS
  return {
    ...(tls?.minVersion === undefined ? {} : { minVersion: tls.minVersion }),
    ...(tls?.maxVersion === undefined ? {} : { maxVersion: tls.maxVersion }),
    ...(tls?.ciphers === undefined ? {} : { ciphers: tls.ciphers }),
    ...(tls?.ecdhCurves === undefined ? {} : { ecdhCurves: tls.ecdhCurves }),
    ...(tls?.signatureAlgorithms === undefined ? {} : { signatureAlgorithms: tls.signatureAlgorithms }),
  }
}
