// Gateway `spec.tls.frontend`: which client certificates HTTPS listeners ask for. Texts as Envoy Gateway 1.9 words them.
import type { Condition, Gateway } from "@attache/kube-api"
import type { ClientValidation } from "../../plan/index.ts"
import type { World } from "../../world/world.ts"
import { readCaCertificates } from "../ca-certificates.ts"
import { isReferenceAllowed } from "../references.ts"
import { type ListenerDraft, note } from "./listener-draft.ts"

/** Validation of clients on some ports, or why it cannot be. */
export type FrontendValidation =
  | { readonly type: "valid"; readonly validation: ClientValidation }
  | { readonly type: "invalid"; readonly reason: string; readonly message: string }

/** Client validation of a Gateway. A port that is listed without validation asks for no certificate. */
export interface FrontendTls {
  readonly conditions: readonly Condition[]
  readonly default?: FrontendValidation
  readonly perPort: readonly { readonly port: number; readonly validation?: FrontendValidation }[]
}

type Frontend = NonNullable<NonNullable<Gateway["spec"]["tls"]>["frontend"]>
type ValidationSpec = NonNullable<NonNullable<Frontend["default"]>["validation"]>

/** Reads the client validation of a Gateway with the conditions it gives the Gateway; the last fault is the one told. */
export function readFrontendTls(world: World, gateway: Gateway): FrontendTls {
  const frontend = gateway.spec.tls?.frontend
  if (frontend === undefined) return { conditions: [], perPort: [] }
  const own = readValidation(world, gateway, "default", frontend.default?.validation)
  const perPort = (frontend.perPort ?? []).map(({ port, tls }) => ({
    port,
    ...withValidation("validation", readValidation(world, gateway, String(port), tls?.validation)),
  }))
  const modes = [
    frontend.default?.validation?.mode,
    ...(frontend.perPort ?? []).map(({ tls }) => tls?.validation?.mode),
  ]
  const faults = [
    ...faultOf("Failed to get default frontend CA certs for gateway", own),
    ...perPort.flatMap(({ validation }) => faultOf("Failed to get frontend CA certs for gateway", validation)),
  ]
  const conditions = [...(modes.includes("AllowInsecureFallback") ? [insecure] : []), ...faults.slice(-1)]
  return { conditions, ...withValidation("default", own), perPort }
}

const insecure: Condition = {
  type: "InsecureFrontendValidationMode",
  status: "True",
  reason: "ConfigurationChanged",
  message: "Gateway is using AllowInsecureFallback frontend validation mode.",
}

function withValidation<K extends string>(
  key: K,
  validation: FrontendValidation | undefined,
): { readonly [P in K]?: FrontendValidation } {
  return (validation === undefined ? {} : { [key]: validation }) as { readonly [P in K]?: FrontendValidation }
}

function faultOf(what: string, validation: FrontendValidation | undefined): Condition[] {
  if (validation?.type !== "invalid") return []
  return [
    { type: "ResolvedRefs", status: "False", reason: "InvalidParameters", message: `${what}: ${validation.message}` },
  ]
}

/** Client validation of a listener, or undefined when it asks for no certificate. */
export function frontendFor(
  tls: FrontendTls,
  { protocol, port }: ListenerDraft["spec"],
): FrontendValidation | undefined {
  if (protocol !== "HTTPS") return undefined
  const own = tls.perPort.find((each) => each.port === port)
  return own === undefined ? tls.default : own.validation
}

/** Refuses a listener whose CA certificates cannot be had. */
export function checkFrontend(tls: FrontendTls, draft: ListenerDraft): void {
  const found = frontendFor(tls, draft.spec)
  if (found?.type !== "invalid") return
  const message = `Listener has invalid caCertificateRef for frontend TLS validation: ${found.message}`
  note(draft, "ResolvedRefs", "False", found.reason, message)
  note(draft, "Programmed", "False", found.reason, message)
  note(draft, "Accepted", "False", "NoValidCACertificate", message)
}

function readValidation(
  world: World,
  gateway: Gateway,
  place: string,
  spec: ValidationSpec | undefined,
): FrontendValidation | undefined {
  if (spec === undefined) return undefined
  const { namespace: home, name: owner } = gateway.metadata
  const from = { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: home }
  const refs = (spec.caCertificateRefs ?? []).map((ref) => ({ ...ref, namespace: ref.namespace ?? home }))
  const barred = refs.find((ref) => !isReferenceAllowed(world, from, ref))
  if (barred !== undefined) {
    const { group, kind, namespace, name } = barred
    const target = `caCertificateRef ${group}/${name} (kind: ${kind}, namespace: ${namespace})`
    const message = `cross-namespace reference is not permitted by any ReferenceGrant for ${target}`
    return { type: "invalid", reason: "RefNotPermitted", message }
  }
  const read = readCaCertificates(world, refs)
  if ("error" in read) {
    const reason = read.error.reason === "InvalidKind" ? "InvalidCACertificateKind" : read.error.reason
    return { type: "invalid", reason, message: read.error.message }
  }
  const isOptional = spec.mode === "AllowInsecureFallback"
  if ("sds" in read)
    return {
      type: "valid",
      validation: { ca: { type: "sds", secretName: read.sds.secretName, sds: read.sds }, isOptional },
    }
  const secretName = `gateway/${home}/${owner}/${place}/ca.crt`
  return {
    type: "valid",
    validation: { ca: { type: "inline", secretName, certificate: read.certificate }, isOptional },
  }
}
