// Checks of one listener by itself. Each adds conditions and none stops the others. Source: Envoy Gateway 1.9, internal/gatewayapi.
import type { World } from "../../world/world.ts"
import { labelSelectorError } from "../label-selector.ts"
import { readCertificates } from "./certificates.ts"
import { checkFrontend, type FrontendTls } from "./frontend-tls.ts"
import { type ListenerDraft, note, type RouteKind } from "./listener-draft.ts"

const gatewayGroup = "gateway.networking.k8s.io"
const protocols = ["HTTP", "HTTPS", "TLS", "TCP", "UDP"]

/** Runs all checks of one listener and notes its findings, kinds and TLS in the draft. */
export function checkListener(world: World, draft: ListenerDraft, frontend: FrontendTls): void {
  checkKinds(draft)
  checkNamespaces(draft)
  checkTls(world, draft)
  checkFrontend(frontend, draft)
  checkHostname(draft)
}

function kindsOfProtocol(draft: ListenerDraft): readonly RouteKind[] {
  switch (draft.spec.protocol) {
    case "HTTP":
    case "HTTPS":
      return ["HTTPRoute", "GRPCRoute"]
    case "TLS":
      return draft.spec.tls?.mode === "Passthrough" ? ["TLSRoute"] : ["TCPRoute", "TLSRoute"]
    case "TCP":
      return ["TCPRoute"]
    case "UDP":
      return ["UDPRoute"]
    default:
      return []
  }
}

function checkKinds(draft: ListenerDraft): void {
  const { protocol, allowedRoutes } = draft.spec
  if (!protocols.includes(protocol)) {
    note(
      draft,
      "Accepted",
      "False",
      "UnsupportedProtocol",
      `Protocol ${protocol} is unsupported, must be HTTP, HTTPS, TCP or UDP.`,
    )
    return
  }
  const possible = kindsOfProtocol(draft)
  const wanted = allowedRoutes?.kinds ?? []
  if (wanted.length === 0) {
    draft.kinds = possible
    return
  }
  const valid: RouteKind[] = []
  const unsupported: string[] = []
  for (const { group, kind } of wanted) {
    if (group !== undefined && group !== gatewayGroup) {
      note(draft, "ResolvedRefs", "False", "InvalidRouteKinds", `Group is not supported, group must be ${gatewayGroup}`)
      continue
    }
    const known = possible.find((name) => name === kind)
    if (known === undefined) unsupported.push(kind)
    else if (!valid.includes(known)) valid.push(known)
  }
  draft.kinds = valid
  const choice = valid.length > 0 ? valid : possible
  for (const kind of unsupported) {
    note(
      draft,
      "ResolvedRefs",
      "False",
      "InvalidRouteKinds",
      `${kind} is not supported, kind must be one of [${choice.join(" ")}]`,
    )
  }
}

function checkNamespaces(draft: ListenerDraft): void {
  const namespaces = draft.spec.allowedRoutes?.namespaces
  if (namespaces?.from !== "Selector") return
  if (namespaces.selector === undefined) {
    const text =
      'The allowedRoutes.namespaces.selector field must be specified when allowedRoutes.namespaces.from is set to "Selector".'
    note(draft, "Programmed", "False", "Invalid", text)
    return
  }
  const error = labelSelectorError(namespaces.selector)
  if (error !== undefined)
    note(
      draft,
      "Programmed",
      "False",
      "Invalid",
      `The allowedRoutes.namespaces.selector could not be parsed: ${error}.`,
    )
}

function checkTls(world: World, draft: ListenerDraft): void {
  const { protocol, tls } = draft.spec
  const invalid = (message: string, reason = "Invalid"): void => note(draft, "Programmed", "False", reason, message)
  if (protocol === "HTTP" || protocol === "TCP" || protocol === "UDP") {
    if (tls !== undefined) invalid(`Listener must not have TLS set when protocol is ${protocol}.`)
    return
  }
  if (protocol !== "HTTPS" && protocol !== "TLS") return
  if (tls === undefined) {
    invalid(`Listener must have TLS set when protocol is ${protocol}.`)
    return
  }
  const refs = tls.certificateRefs ?? []
  if (protocol === "HTTPS") {
    if (tls.mode !== undefined && tls.mode !== "Terminate") {
      invalid(`TLS ${tls.mode} mode is not supported, TLS mode must be Terminate.`, "UnsupportedTLSMode")
    } else if (refs.length === 0) invalid("Listener must have at least 1 TLS certificate ref")
    else readCertificates(world, draft, refs)
    return
  }
  if (tls.mode === "Passthrough") {
    if (refs.length > 0) invalid("Listener must not have TLS certificate refs set for TLS mode Passthrough.")
  } else if (tls.mode === "Terminate" || refs.length > 0) {
    if (refs.length === 0) invalid("Listener must have TLS certificate refs set for TLS mode Terminate.")
    else readCertificates(world, draft, refs)
  }
}

function checkHostname(draft: ListenerDraft): void {
  const { protocol, hostname } = draft.spec
  if ((protocol === "TCP" || protocol === "UDP") && hostname !== undefined) {
    note(draft, "Programmed", "False", "Invalid", `Listener must not have hostname set when protocol is ${protocol}.`)
  }
}

/**
 * Closes a listener's conditions and decides whether it is programmed.
 *
 * A listener with only invalid certificates keeps Accepted; one with any other finding has no Accepted condition at all. The reason `Invalid` is
 * called `ListenersNotValid` in a ListenerSet.
 */
export function concludeListener(draft: ListenerDraft): void {
  const found = draft.conditions
  const programmed = (): void =>
    note(draft, "Programmed", "True", "Programmed", "Sending translated listener configuration to the data plane")
  const accepted = (): void => note(draft, "Accepted", "True", "Accepted", "Listener has been successfully translated")
  const resolved = (): void =>
    note(draft, "ResolvedRefs", "True", "ResolvedRefs", "Listener references have been resolved")
  const invalid = (): void =>
    note(draft, "Programmed", "False", "Invalid", "Listener is invalid, see other Conditions for details.")
  const only = found.length === 1 ? found[0] : undefined
  if (found.length === 0) {
    programmed()
    accepted()
    resolved()
    if (draft.owner.kind === "ListenerSet") note(draft, "Conflicted", "False", "NoConflicts", "No conflicts detected")
  } else if (only?.type === "ResolvedRefs" && only.reason === "PartiallyInvalidCertificateRef") {
    accepted()
    programmed()
  } else if (only?.type === "ResolvedRefs" && only.reason === "InvalidCertificateRef") {
    accepted()
    invalid()
  } else {
    if (!found.some((c) => c.type === "Programmed")) invalid()
    if (!found.some((c) => c.type === "ResolvedRefs")) resolved()
  }
  if (draft.owner.kind === "ListenerSet") {
    draft.conditions = draft.conditions.map((c) => (c.reason === "Invalid" ? { ...c, reason: "ListenersNotValid" } : c))
  }
  draft.isReady = draft.conditions.some((c) => c.type === "Programmed" && c.status === "True")
}
