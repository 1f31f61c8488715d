// Who speaks more specifically than a policy, and who takes it up: messages for its status.
//
// Each policy puts its scope under the scopes above it; what stands under the scope of a policy overrides that policy,
// unless it was merged into just that one. Source: Envoy Gateway 1.9, `policyScopeGraph`.
import { compare } from "../../world/order.ts"
import { type ObjectKey, objectKey, type World } from "../../world/world.ts"
import type { GatewayView } from "../gateway-view.ts"
import type { PolicyKind } from "./policy-kind.ts"
import type { RouteParentView } from "./status.ts"
import { gatewayOfTarget, hasSection, type Target } from "./targets.ts"

/** A policy's scope under a scope above it. */
export interface ScopeEdge {
  /** Gateway, ListenerSet, or a listener of one. */
  readonly parent: Target
  /** Gateway that carries the parent, as `namespace/name`. */
  readonly gateway: string
  readonly child: Target
}

/** What is read to find a policy's scopes. */
export interface EdgeReads extends World {
  gateway(namespace: string, name: string): GatewayView | undefined
  targets(kind: PolicyKind, policy: ObjectKey): readonly Target[]
  routeParents(route: ObjectKey): readonly RouteParentView[] | undefined
}

/** What is read to find the scopes below a policy. */
export interface OverrideReads extends World {
  /** {@link edgesOf} of a policy, recorded. */
  edges(kind: PolicyKind, policy: ObjectKey): readonly ScopeEdge[]
  /** Scopes with which a route policy was merged. */
  mergedEdges(kind: PolicyKind, policy: ObjectKey): readonly ScopeEdge[]
}

/** The scopes of a policy under those above them; also of routes where it came too late or names a rule there is none of. */
export function edgesOf(reads: EdgeReads, kind: PolicyKind, policy: ObjectKey): readonly ScopeEdge[] {
  return reads.targets(kind, policy).flatMap((target): readonly ScopeEdge[] => {
    if (target.kind !== "Gateway" && target.kind !== "ListenerSet") return routeEdges(reads, target)
    const gateway = gatewayOfTarget(reads, target)
    if (gateway === undefined || (target.section !== undefined && !hasSection(reads, target, target.section))) return []
    const [namespace = "", name = ""] = gateway.split("/")
    if (reads.gateway(namespace, name)?.isAccepted !== true) return []
    if (target.section !== undefined) return [{ parent: whole(target), gateway, child: target }]
    return target.kind === "Gateway" ? [] : [{ parent: { kind: "Gateway", namespace, name }, gateway, child: target }]
  })
}

function routeEdges(reads: EdgeReads, target: Target): readonly ScopeEdge[] {
  const child = whole(target)
  return (reads.routeParents(objectKey(target.kind, target.namespace, target.name)) ?? []).map((p) => ({
    parent: {
      kind: p.kind,
      namespace: p.namespace,
      name: p.name,
      ...(p.sectionName === undefined ? {} : { section: p.sectionName }),
    },
    gateway: `${p.gateway.namespace}/${p.gateway.name}`,
    child,
  }))
}

function whole({ kind, namespace, name }: Target): Target {
  return { kind, namespace, name }
}

/** Texts of the Overridden and Merged conditions of a policy on a target; empty where there is nothing to say. */
export function scopeMessages(
  reads: OverrideReads,
  kind: PolicyKind,
  target: Target,
): { readonly overridden: string; readonly merged: string } {
  const edges =
    target.kind === "Gateway" || target.kind === "ListenerSet"
      ? reads.members("kind", kind.kind).flatMap((policy) => reads.edges(kind, policy))
      : []
  const merges =
    edges.length === 0 ? [] : reads.members("kind", kind.kind).flatMap((policy) => reads.mergedEdges(kind, policy))
  const merged = shownScopes(merges.filter(({ parent }) => isSame(parent, target)).map(({ child }) => child))
  const below = edges.filter((edge) => isBelow(reads, edge, target)).map(({ child }) => child)
  const overridden = shownScopes(below).filter(
    (scope) => !merged.some(({ text, label }) => text === scope.text && label === scope.label),
  )
  const text = (verb: string, scopes: readonly ShownScope[]): string =>
    scopes.length === 0 ? "" : `This policy is being ${verb} by other ${kind.plural} for ${grouped(scopes)}`
  return { overridden: text("overridden", overridden), merged: text("merged", merged) }
}

/** Text of the Overridden condition of a policy on a whole route: rules that have a policy of their own. */
export function ruleMessage(kind: PolicyKind, rules: readonly string[]): string {
  if (rules.length === 0) return ""
  const scopes = rules.map((text) => ({ label: "these route rules", text }))
  return `This policy is being overridden by other ${kind.plural} for ${grouped(scopes)}`
}

/** For a Gateway or ListenerSet all that is in it; for a listener also routes that name no listener. */
function isBelow(reads: World, { parent, gateway, child }: ScopeEdge, target: Target): boolean {
  if (isSame(parent, target)) return true
  if (target.section !== undefined) return isSame(parent, whole(target)) && isRoute(child)
  return target.kind === "Gateway" ? gateway === gatewayOfTarget(reads, target) : isSame(whole(parent), target)
}

function isRoute({ kind }: Target): boolean {
  return kind !== "Gateway" && kind !== "ListenerSet"
}

function isSame(a: Target, b: Target): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name && a.section === b.section
}

interface ShownScope {
  readonly label: string
  readonly text: string
}

const labels = [
  "these gateway listeners",
  "these listenersets",
  "these listenerset listeners",
  "these routes",
  "these route rules",
] as const

function shownScopes(scopes: readonly Target[]): readonly ShownScope[] {
  const shown = new Map<string, ShownScope>()
  for (const { kind, namespace, name, section } of scopes) {
    const text = section === undefined ? `${namespace}/${name}` : `${namespace}/${name}/${section}`
    const set = section === undefined ? labels[1] : labels[2]
    const label = kind === "Gateway" ? labels[0] : kind === "ListenerSet" ? set : labels[3]
    shown.set(`${label} ${text}`, { label, text })
  }
  return [...shown.values()]
}

function grouped(scopes: readonly ShownScope[]): string {
  return labels
    .flatMap((label) => {
      const texts = scopes.filter((scope) => scope.label === label).map(({ text }) => text)
      return texts.length === 0 ? [] : [`${label}: [${[...new Set(texts)].sort(compare).join(" ")}]`]
    })
    .join(" and ")
}
