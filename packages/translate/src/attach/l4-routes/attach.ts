// Attaches one TLSRoute, TCPRoute or UDPRoute: what it adds to which listener, and its status.
import type { ClusterStats, L4Route, ResourceMetadata } from "../../plan/index.ts"
import type { TlsPolicyAncestor } from "../backend-tls-status.ts"
import type { ListenerView } from "../gateway-view.ts"
import { otherHostnames, routeHosts } from "../hostnames.ts"
import type { ParentAttachment, RouteAttachment, RouteReads } from "../http-routes/attach.ts"
import { type ParentReference, type ResolvedParent, resolveParent } from "../http-routes/parents.ts"
import { ownAnnotations } from "../own-annotations.ts"
import { type Condition, joinErrors, setCondition } from "../route-error.ts"
import { type AnyL4Route, type L4Backends, readL4Backends } from "./rule-backends.ts"

/** A route of one object on one listener. */
export interface ListenerL4Route {
  /** irName. */
  readonly listener: string
  readonly route: L4Route
}

/** Attaches a route. Which of several routes on one listener gets the traffic is decided where they are put together. */
export function attachL4Route(reads: RouteReads, route: AnyL4Route): RouteAttachment {
  const parents: ParentAttachment[] = []
  const l4: ListenerL4Route[] = []
  const tlsUses: TlsPolicyAncestor<ParentReference>[] = []
  for (const ref of route.spec.parentRefs ?? []) {
    const parent = resolveParent(reads, route.kind, route.metadata.namespace ?? "", ref)
    if (parent === undefined) continue
    const backends = isRuleCountRight(route) ? readParentBackends(reads, route, parent) : undefined
    for (const use of backends?.uses ?? []) tlsUses.push({ ancestor: ref, use })
    const attached = attachParent(route, parent, backends)
    parents.push(attached.parent)
    l4.push(...attached.routes)
  }
  return { parents, routes: [], l4, attachedListeners: parents.flatMap((parent) => parent.listeners), tlsUses }
}

/** TCP and UDP routes have no matches, so a second rule could never be reached. */
function isRuleCountRight({ kind, spec }: AnyL4Route): boolean {
  return kind === "TLSRoute" || (spec.rules ?? []).length === 1
}

function destinationName({ kind, metadata }: AnyL4Route): string {
  return `${routeName(kind, metadata)}/rule/-1`
}

function routeName(kind: string, { namespace = "", name }: AnyL4Route["metadata"]): string {
  return `${kind.toLowerCase()}/${namespace}/${name}`
}

function readParentBackends(reads: RouteReads, route: AnyL4Route, { gateway, listeners }: ResolvedParent): L4Backends {
  const options = listeners.length > 0 ? { options: gateway.backends } : {}
  return readL4Backends({ reads, route, isOnHost: gateway.backends.isOnHost, ...options }, destinationName(route))
}

interface AttachedParent {
  readonly parent: ParentAttachment
  readonly routes: readonly ListenerL4Route[]
}

function attachParent(route: AnyL4Route, resolved: ResolvedParent, backends: L4Backends | undefined): AttachedParent {
  const { ref, gateway, listeners } = resolved
  const place = {
    parentRef: ref,
    gateway: { namespace: gateway.namespace, name: gateway.name },
    selected: listeners.map(({ irName }) => irName),
  }
  if (backends === undefined) {
    const message = "One and only one rule is supported"
    const condition: Condition = { type: "Accepted", status: "False", reason: "InvalidRule", message }
    return { parent: { ...place, conditions: [condition], listeners: [] }, routes: [] }
  }
  const hosted = listeners.flatMap((listener) => {
    const hosts = hostsOf(route, resolved, listener)
    return hosts === undefined ? [] : [{ listener, hosts }]
  })
  const ready = hosted.filter(({ listener }) => listener.isReady)
  const stats = gateway.backends.clusterStats
  const isUnresolvable = ({ listener }: { readonly listener: ListenerView }): boolean =>
    backends.hasDynamicResolver && listener.isTlsTerminated
  const routes = ready
    .filter((each) => !isUnresolvable(each))
    .map(({ listener, hosts }) => ({ listener: listener.irName, route: planRoute(route, backends, hosts, stats) }))
  const conditions = conditionsOf(resolved, backends, {
    isHostless: listeners.length > 0 && hosted.length === 0,
    isUnresolvable: ready.some(isUnresolvable),
  })
  return { parent: { ...place, conditions, listeners: hosted.map(({ listener }) => listener.irName) }, routes }
}

/** Server names of a route on a listener; undefined when they have none in common. */
function hostsOf(
  route: AnyL4Route,
  { gateway }: ResolvedParent,
  listener: ListenerView,
): readonly string[] | undefined {
  if (route.kind !== "TLSRoute") {
    return listener.isTlsTerminated && listener.hostname !== undefined ? [listener.hostname] : []
  }
  const hosts = routeHosts(route.spec.hostnames ?? [], listener.hostname, otherHostnames(gateway, listener))
  return hosts.length === 0 ? undefined : hosts
}

function planRoute(
  route: AnyL4Route,
  { settings }: L4Backends,
  hosts: readonly string[],
  stats: ClusterStats | undefined,
): L4Route {
  return {
    name: routeName(route.kind, route.metadata),
    hosts,
    destination: {
      name: destinationName(route),
      settings,
      metadata: metadataOf(route),
      ...(stats === undefined ? {} : { stats }),
    },
  }
}

/** The pool of a TLSRoute belongs to no rule of it. */
function metadataOf(route: AnyL4Route): ResourceMetadata {
  const { kind, metadata, spec } = route
  const rule = kind === "TLSRoute" ? undefined : spec.rules?.[0]?.name
  return {
    kind,
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    ...(rule === undefined ? {} : { sectionName: rule }),
    ...ownAnnotations(route),
  }
}

function conditionsOf(
  { accepted }: ResolvedParent,
  { errors }: L4Backends,
  { isHostless, isUnresolvable }: { readonly isHostless: boolean; readonly isUnresolvable: boolean },
): readonly Condition[] {
  let conditions: readonly Condition[] = [accepted, resolvedRefs(errors)]
  const refuse = (type: string, reason: string, message: string): void => {
    conditions = setCondition(conditions, { type, status: "False", reason, message })
  }
  if (isUnresolvable) {
    const message = "Dynamic resolver backend is only supported with TLS passthrough listeners"
    refuse("ResolvedRefs", "UnsupportedValue", message)
  }
  if (isHostless) {
    const message = "There were no hostname intersections between the TLSRoute and this parent ref's Listener(s)."
    refuse("Accepted", "NoMatchingListenerHostname", message)
  }
  return conditions
}

/** One error stands as it is, several stand as sentences. */
function resolvedRefs(errors: L4Backends["errors"]): Condition {
  const type = "ResolvedRefs"
  const [joined] = joinErrors(errors)
  if (joined === undefined) {
    return { type, status: "True", reason: type, message: "Resolved all the Object references for the Route" }
  }
  const message = errors.length === 1 ? (errors[0]?.message ?? "") : joined.message
  return { type, status: "False", reason: joined.reason, message }
}
