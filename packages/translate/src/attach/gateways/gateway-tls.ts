// Gateway `spec.tls`: who may connect (frontend) and with which certificate the proxy connects (backend).
import { Secret as SecretBytes } from "@attache/base"
import type { Condition, Gateway, SecretObjectReference } from "@attache/kube-api"
import type { TlsCertificate, TlsParameters } from "../../plan/index.ts"
import type { World } from "../../world/world.ts"
import { readClientCertificate } from "../client-certificate.ts"
import type { BackendOptions } from "../gateway-view.ts"
import { isReferenceAllowed } from "../references.ts"
import { bytesOf } from "./certificates.ts"
import type { EffectiveEnvoyProxy } from "./envoy-proxy.ts"
import { type FrontendTls, readFrontendTls } from "./frontend-tls.ts"

/** What a Gateway says of TLS beside its listeners. */
export interface GatewayTls {
  readonly conditions: readonly Condition[]
  /** Client certificate and parameters towards TLS backends. */
  readonly backend?: NonNullable<BackendOptions["tls"]>
  readonly frontend: FrontendTls
}

/**
 * Reads a Gateway's `spec.tls` and the EnvoyProxy's `backendTLS`.
 *
 * A Gateway that names a client certificate, even in vain, takes nothing of the EnvoyProxy. Source: Envoy Gateway 1.9.
 */
export function readGatewayTls(world: World, gateway: Gateway, proxy: EffectiveEnvoyProxy): GatewayTls {
  const frontend = readFrontendTls(world, gateway)
  const ref = gateway.spec.tls?.backend?.clientCertificateRef
  const own = ref === undefined ? undefined : readGatewayCertificate(world, gateway, ref)
  const backend = own === undefined ? proxyBackend(world, proxy) : ownBackend(own)
  return { conditions: conditionsOf(gateway, frontend, own), ...(backend === undefined ? {} : { backend }), frontend }
}

type OwnCertificate = TlsCertificate | { readonly reason: string; readonly message: string }

function conditionsOf(gateway: Gateway, frontend: FrontendTls, own: OwnCertificate | undefined): readonly Condition[] {
  if (gateway.spec.tls === undefined) return []
  const insecure = frontend.conditions.filter((c) => c.type !== "ResolvedRefs")
  const unresolved = frontend.conditions.find((c) => c.type === "ResolvedRefs")
  const backend: Condition | undefined =
    own !== undefined && "reason" in own ? { type: "ResolvedRefs", status: "False", ...own } : undefined
  return [...insecure, backend ?? unresolved ?? resolved]
}

const resolved: Condition = {
  type: "ResolvedRefs",
  status: "True",
  reason: "ResolvedRefs",
  message: "Successfully resolved all TLS references for the gateway",
}

function ownBackend(own: OwnCertificate): GatewayTls["backend"] {
  return "reason" in own ? undefined : { clientCertificates: [own], parameters: {} }
}

function readGatewayCertificate(world: World, gateway: Gateway, ref: SecretObjectReference): OwnCertificate {
  const invalid = (message: string) => ({ reason: "InvalidClientCertificateRef", message })
  const prefix = "Invalid backend client certificate reference for gateway: invalid client certificate reference"
  if (ref.group !== undefined && ref.group !== "") return invalid(`${prefix} group: ${ref.group}`)
  if (ref.kind !== undefined && ref.kind !== "Secret") return invalid(`${prefix} kind: ${ref.kind}`)
  const home = gateway.metadata.namespace
  const namespace = ref.namespace ?? home
  const from = { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: home }
  if (!isReferenceAllowed(world, from, { group: "", kind: "Secret", namespace, name: ref.name })) {
    return { reason: "RefNotPermitted", message: "invalid cross-namespace reference to backend client certificate" }
  }
  const secret = world.get("Secret", namespace, ref.name)
  if (secret === undefined) return invalid("failed to get backend client certs for gateway")
  const chain = bytesOf(secret, "tls.crt")
  const key = bytesOf(secret, "tls.key")
  if (chain.length === 0 || key.length === 0) {
    const missing = `secret ${namespace}/${ref.name} must contain 'tls.crt' and 'tls.key' fields`
    return invalid(`invalid backend client cert secret for gateway: ${missing}`)
  }
  return { name: `${namespace}/${ref.name}`, content: { type: "inline", chain, key: new SecretBytes(key) } }
}

/** The EnvoyProxy's side; its certificate stands in its own namespace, the default specification's in the controller's. */
function proxyBackend(world: World, { spec, object }: EffectiveEnvoyProxy): GatewayTls["backend"] {
  const { backendTLS: tls } = spec
  if (tls === undefined) return undefined
  const { namespace, name } = object?.metadata ?? { namespace: world.settings().controllerNamespace, name: "" }
  const ref = tls.clientCertificateRef
  const read = ref === undefined ? [] : readClientCertificate(world, { kind: "EnvoyProxy", namespace, name }, ref)
  const alpn = tls.alpnProtocols
  return {
    ...("error" in read ? { clientCertificates: [], error: read.error } : { clientCertificates: read }),
    parameters: parametersOf(tls),
    ...(alpn === undefined ? {} : { alpnProtocols: alpn }),
  }
}

function parametersOf(tls: NonNullable<EffectiveEnvoyProxy["spec"]["backendTLS"]>): TlsParameters {
  return {
    ...(tls.minVersion === undefined ? {} : { minVersion: tls.minVersion }),
    ...(tls.maxVersion === undefined ? {} : { maxVersion: tls.maxVersion }),
    ...(tls.ciphers === undefined ? {} : { ciphers: tls.ciphers }),
    ...(tls.ecdhCurves === undefined ? {} : { ecdhCurves: tls.ecdhCurves }),
    ...(tls.signatureAlgorithms === undefined ? {} : { signatureAlgorithms: tls.signatureAlgorithms }),
  }
}
