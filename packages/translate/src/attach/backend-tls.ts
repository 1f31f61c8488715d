// TLS towards backends: what a Backend says, what a BackendTLSPolicy says over it, and the proxy's own side from the Gateway.
import type { Backend, BackendTLSPolicy } from "@attache/kube-api"
import type { TlsCertificate, TlsParameters, UpstreamCa, UpstreamTls } from "../plan/index.ts"
import { byAge } from "../world/order.ts"
import { keyOf, type ObjectKey, type World } from "../world/world.ts"
import type { CaError } from "./ca-certificates.ts"
import { readClientCertificate } from "./client-certificate.ts"
import type { BackendOptions } from "./gateway-view.ts"
import { readUpstreamCa } from "./upstream-ca.ts"

/** The backend that TLS is for. `section` is the name of a Service's port, or the number in a reference to a Backend. */
export interface TlsTarget {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly section?: string
  /** The object, when it is a Backend. */
  readonly backend?: Backend
}

/** That a BackendTLSPolicy was looked at for a backend; its status is made of these. */
export interface TlsPolicyUse {
  readonly policy: ObjectKey
  readonly error?: CaError
}

/** TLS of a backend; neither `tls` nor `error`: plain text. */
export interface ResolvedTls {
  readonly tls?: UpstreamTls
  readonly error?: string
  readonly use?: TlsPolicyUse
}

interface ServerValidation {
  readonly ca?: UpstreamCa
  readonly sni?: string
  readonly isSniFromEndpoint?: boolean
  readonly isUnverified?: boolean
  readonly subjectAltNames: UpstreamTls["subjectAltNames"]
}

/**
 * Resolves the TLS of one backend.
 *
 * A policy goes over the Backend's own CA, SNI and names, field by field; a Backend's client side goes over the Gateway's. Without validation from either
 * there is no TLS, whatever the Gateway says. Source: Envoy Gateway 1.9.
 */
export function resolveUpstreamTls(world: World, target: TlsTarget, client: BackendOptions["tls"]): ResolvedTls {
  const own = target.backend === undefined ? undefined : backendValidation(world, target.backend)
  if (own !== undefined && "error" in own) return { error: own.error.message }
  const policy = selectTlsPolicy(world, target)
  const ruled = policy === undefined ? undefined : policyValidation(world, policy)
  const use: TlsPolicyUse | undefined =
    policy === undefined || ruled === undefined
      ? undefined
      : { policy: keyOf(policy), ...("error" in ruled ? { error: ruled.error } : {}) }
  const used = use === undefined ? {} : { use }
  if (ruled !== undefined && "error" in ruled) return { error: ruled.error.message, ...used }
  if (own === undefined && ruled === undefined) return used
  const { ca, ...rest }: ServerValidation = { ...own, ...ruled, subjectAltNames: ruled?.subjectAltNames ?? [] }
  // Nothing is checked, so nobody asks for the certificates.
  const server = ca === undefined || rest.isUnverified === true ? rest : { ...rest, ca }
  if (ca === undefined && rest.isUnverified !== true) {
    return { error: "CACertificate must be specified when InsecureSkipVerify is false", ...used }
  }
  const side = clientSide(world, target.backend, client)
  if ("error" in side) return { error: side.error, ...used }
  return { tls: { ...server, ...side }, ...used }
}

/** The BackendTLSPolicy for a backend: one that names the section before one that does not, then the oldest. */
export function selectTlsPolicy(world: World, target: TlsTarget): BackendTLSPolicy | undefined {
  const policies = policiesOf(world, target)
  const matches = (policy: BackendTLSPolicy, section: string | undefined): boolean =>
    policy.spec.targetRefs.some(
      (ref) =>
        ref.group === target.group &&
        ref.kind === target.kind &&
        ref.name === target.name &&
        ref.sectionName === section,
    )
  const named = target.section === undefined ? undefined : policies.find((policy) => matches(policy, target.section))
  return named ?? policies.find((policy) => matches(policy, undefined))
}

function policiesOf(world: World, target: Pick<TlsTarget, "kind" | "namespace" | "name">): readonly BackendTLSPolicy[] {
  const keys = world.members("policies-of-target", `BackendTLSPolicy|${target.kind}/${target.namespace}/${target.name}`)
  const policies = keys.flatMap((key) => {
    const policy = world.get("BackendTLSPolicy", target.namespace, key.slice(key.lastIndexOf("/") + 1))
    return policy === undefined ? [] : [policy]
  })
  return policies.sort(byAge)
}

/** The older policy that targets exactly what this one targets, so that this one is refused. */
export function conflictingTlsPolicy(world: World, policy: BackendTLSPolicy): BackendTLSPolicy | undefined {
  const namespace = policy.metadata.namespace ?? ""
  for (const ref of policy.spec.targetRefs) {
    const older = policiesOf(world, { kind: ref.kind, namespace, name: ref.name }).find((other) =>
      other.spec.targetRefs.some(
        (r) => r.group === ref.group && r.kind === ref.kind && r.name === ref.name && r.sectionName === ref.sectionName,
      ),
    )
    if (older !== undefined && older.metadata.name !== policy.metadata.name) return older
  }
  return undefined
}

function policyValidation(world: World, policy: BackendTLSPolicy): ServerValidation | { readonly error: CaError } {
  const { hostname, subjectAltNames = [], wellKnownCACertificates, caCertificateRefs } = policy.spec.validation
  const read = readUpstreamCa(world, policy, wellKnownCACertificates === "System", caCertificateRefs)
  if ("error" in read) return read
  return {
    ...read,
    sni: hostname,
    subjectAltNames: subjectAltNames.flatMap((san): ServerValidation["subjectAltNames"] => {
      if (san.type === "Hostname") return [{ type: "dns", value: san.hostname ?? "" }]
      return san.type === "URI" ? [{ type: "uri", value: san.uri ?? "" }] : []
    }),
  }
}

function backendValidation(world: World, backend: Backend): ServerValidation | { readonly error: CaError } | undefined {
  const { tls } = backend.spec
  if (tls === undefined) return undefined
  const shared = {
    subjectAltNames: [],
    ...(tls.sni === undefined ? {} : { sni: tls.sni }),
    ...(tls.autoSNIFromEndpointHostname === true ? { isSniFromEndpoint: true } : {}),
  }
  if (tls.insecureSkipVerify === true) return { ...shared, isUnverified: true }
  const isSystem = tls.wellKnownCACertificates === "System"
  if (!isSystem && (tls.caCertificateRefs ?? []).length === 0) return shared
  const read = readUpstreamCa(world, backend, isSystem, tls.caCertificateRefs)
  return "error" in read ? read : { ...shared, ...read }
}

type ClientSide = Pick<UpstreamTls, "parameters" | "alpnProtocols" | "clientCertificates">

function clientSide(
  world: World,
  backend: Backend | undefined,
  options: BackendOptions["tls"],
): ClientSide | { readonly error: string } {
  const tls = backend?.spec.tls
  const own = ownCertificate(world, backend)
  if ("error" in own) return own
  if (options?.error !== undefined) return { error: options.error }
  const base = options?.parameters ?? {}
  const list = (mine: readonly string[] | undefined, theirs: readonly string[] | undefined): readonly string[] =>
    (mine ?? []).length > 0 ? (mine ?? []) : (theirs ?? [])
  const ciphers = list(tls?.ciphers, base.ciphers)
  const ecdhCurves = list(tls?.ecdhCurves, base.ecdhCurves)
  const signatureAlgorithms = list(tls?.signatureAlgorithms, base.signatureAlgorithms)
  const parameters: TlsParameters = {
    minVersion: knownVersion(tls?.minVersion ?? base.minVersion ?? "1.2"),
    maxVersion: knownVersion(tls?.maxVersion ?? base.maxVersion ?? "1.3"),
    ...(ciphers.length > 0 ? { ciphers } : {}),
    ...(ecdhCurves.length > 0 ? { ecdhCurves } : {}),
    ...(signatureAlgorithms.length > 0 ? { signatureAlgorithms } : {}),
  }
  const alpnProtocols = tls?.alpnProtocols ?? options?.alpnProtocols ?? []
  return {
    parameters,
    clientCertificates: own.length > 0 ? own : (options?.clientCertificates ?? []),
    ...(alpnProtocols.length > 0 ? { alpnProtocols } : {}),
  }
}

/** A version that does not exist is left to Envoy. */
function knownVersion(version: string): string {
  return ["1.0", "1.1", "1.2", "1.3"].includes(version) ? version : "Auto"
}

function ownCertificate(
  world: World,
  backend: Backend | undefined,
): readonly TlsCertificate[] | { readonly error: string } {
  const ref = backend?.spec.tls?.clientCertificateRef
  if (backend === undefined || ref === undefined) return []
  const { namespace = "", name } = backend.metadata
  return readClientCertificate(world, { kind: "Backend", namespace, name }, ref)
}
