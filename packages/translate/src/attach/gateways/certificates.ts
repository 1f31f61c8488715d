// Certificates of a listener: references, Secrets, PEM. Texts as Envoy Gateway 1.9 words them.
import { createPrivateKey, X509Certificate } from "node:crypto"
import { Secret as SecretBytes } from "@attache/base"
import type { Secret, SecretObjectReference } from "@attache/kube-api"
import type { TlsCertificate } from "../../plan/index.ts"
import type { World } from "../../world/world.ts"
import { isReferenceAllowed } from "../references.ts"
import { readSdsSecret, sdsSecretType } from "../sds-secret.ts"
import { type ListenerDraft, note } from "./listener-draft.ts"
import { pemBlocks, pemText } from "./pem.ts"

const certKey = "tls.crt"
const keyKey = "tls.key"

interface Finding {
  readonly reason: "InvalidCertificateRef" | "RefNotPermitted"
  readonly message: string
}

/** Resolves a listener's certificates; problems become conditions, what is left becomes the draft's TLS. */
export function readCertificates(world: World, draft: ListenerDraft, refs: readonly SecretObjectReference[]): void {
  const findings: Finding[] = []
  const certificates: TlsCertificate[] = []
  const sans: string[] = []
  refs.forEach((ref, index) => {
    const read = readCertificate(world, draft, ref)
    if ("message" in read) {
      findings.push(read.isPrefixed ? { ...read, message: `certificate refs ${index}: ${read.message}` } : read)
      return
    }
    certificates.push(read.certificate)
    sans.push(...read.sans)
    if (read.certificate.content.type === "sds") draft.isSdsBacked = true
  })
  if (certificates.length > 0) draft.tls = { certificates }
  draft.sans = sans
  if (findings.length === 0) return
  const message = findings.map((f) => f.message).join("\n")
  if (certificates.length > 0) {
    note(draft, "ResolvedRefs", "False", "PartiallyInvalidCertificateRef", `Some secrets are invalid: ${message}`)
    return
  }
  const reason = findings.every((f) => f.reason === "RefNotPermitted") ? "RefNotPermitted" : "InvalidCertificateRef"
  note(
    draft,
    "ResolvedRefs",
    "False",
    reason,
    `No valid secrets exist: ${message.endsWith(".") ? message : `${message}.`}`,
  )
}

type Read =
  | { readonly certificate: TlsCertificate; readonly sans: readonly string[] }
  | (Finding & { readonly isPrefixed: boolean })

function readCertificate(world: World, draft: ListenerDraft, ref: SecretObjectReference): Read {
  const failed = (message: string, isPrefixed = true): Read => ({
    reason: "InvalidCertificateRef",
    message,
    isPrefixed,
  })
  if (ref.group !== undefined && ref.group !== "")
    return failed("Listener's TLS certificate ref group must be unspecified/empty.")
  if (ref.kind !== undefined && ref.kind !== "Secret")
    return failed("Listener's TLS certificate ref kind must be Secret.")
  const { owner } = draft
  const namespace = ref.namespace ?? owner.namespace
  const from = { group: "gateway.networking.k8s.io", kind: owner.kind, namespace: owner.namespace }
  if (!isReferenceAllowed(world, from, { group: "", kind: "Secret", namespace, name: ref.name })) {
    const message = `Certificate ref to secret ${namespace}/${ref.name} not permitted by any ReferenceGrant.`
    return { reason: "RefNotPermitted", message, isPrefixed: true }
  }
  const secret = world.get("Secret", namespace, ref.name)
  if (secret === undefined) return failed(`Secret ${namespace}/${ref.name} does not exist.`)
  if (secret.type === sdsSecretType) return readSds(world, secret, failed)
  if (secret.type !== "kubernetes.io/tls")
    return failed(`Secret ${namespace}/${ref.name} must be of type kubernetes.io/tls.`)
  const chain = bytesOf(secret, certKey)
  const key = bytesOf(secret, keyKey)
  if (chain.length === 0 || key.length === 0)
    return failed(`Secret ${namespace}/${ref.name} must contain ${certKey} and ${keyKey}.`)
  const pair = checkPair(chain, key)
  if (pair.error !== undefined) return failed(`${namespace}/${ref.name} ${pair.error}`, false)
  const staple = bytesOf(secret, "tls.ocsp-staple")
  const content = {
    type: "inline" as const,
    chain: canonicalPem(chain),
    key: new SecretBytes(key),
    ...(staple.length > 0 ? { ocspStaple: staple } : {}),
  }
  return { certificate: { name: `${namespace}/${ref.name}`, content }, sans: pair.sans }
}

function readSds(world: World, secret: Secret, failed: (message: string) => Read): Read {
  const name = `${secret.metadata.namespace}/${secret.metadata.name}`
  if (!world.settings().isSdsSecretRefEnabled) {
    return failed(
      `SDS Secret ${name} cannot be used because SDS Secret references are not enabled in EnvoyGateway configuration.`,
    )
  }
  const read = readSdsSecret(secret)
  if ("error" in read) return failed(`Secret ${name} is not a valid SDS reference secret: ${read.error}.`)
  return { certificate: { name, content: { type: "sds", sds: read } }, sans: [] }
}

/** Bytes of a Secret's key; empty when absent. */
export function bytesOf(secret: Secret, key: string): Uint8Array {
  const text = secret.data?.[key]
  return text === undefined ? new Uint8Array() : new Uint8Array(Buffer.from(text, "base64"))
}

/** Checks that a PEM chain and key fit; gives the certificate's DNS names, or the error behind the Secret's name. */
export function checkPair(
  chain: Uint8Array,
  key: Uint8Array,
): { readonly sans: readonly string[]; readonly error?: string } {
  const invalid = (what: string) => ({ sans: [], error: `must contain valid ${certKey} and ${keyKey}, ${what}` })
  const [first] = pemBlocks(Buffer.from(chain).toString("latin1"))
  if (first === undefined)
    return invalid(`unable to validate certificate in ${certKey}: unable to decode pem data for certificate`)
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(pemText(first))
  } catch (error) {
    return invalid(
      `unable to validate certificate in ${certKey}: unable to parse certificate: ${(error as Error).message}`,
    )
  }
  const [keyBlock] = pemBlocks(Buffer.from(key).toString("latin1"))
  if (keyBlock === undefined) return invalid(`unable to decode pem data in ${keyKey}`)
  try {
    const privateKey = createPrivateKey({ key: pemText(keyBlock), format: "pem" })
    if (!certificate.checkPrivateKey(privateKey)) {
      return {
        sans: [],
        error: `must contain a matching ${certKey} and ${keyKey}: tls: private key does not match public key`,
      }
    }
  } catch (error) {
    return invalid(`unable to parse private key in ${keyKey}: ${(error as Error).message}`)
  }
  return { sans: dnsNames(certificate) }
}

/** A chain as Envoy Gateway delivers it: its certificates and nothing else, lines of 64 characters, an end of line at the end. */
function canonicalPem(chain: Uint8Array): Uint8Array {
  const blocks = pemBlocks(Buffer.from(chain).toString("latin1")).filter(({ type }) => type === "CERTIFICATE")
  return new Uint8Array(Buffer.from(blocks.map(pemText).join(""), "latin1"))
}

function dnsNames(certificate: X509Certificate): readonly string[] {
  const names = (certificate.subjectAltName ?? "")
    .split(/,\s*/)
    .flatMap((part) => (part.startsWith("DNS:") ? [part.slice(4)] : []))
  if (names.length > 0) return names
  return certificate.subject.split("\n").flatMap((part) => (part.startsWith("CN=") ? [part.slice(3)] : []))
}
