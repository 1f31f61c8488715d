// Who speaks more specifically than a policy: a message for its status.
import { compare } from "../../world/order.ts"
import { type ObjectKey, objectKey, type World } from "../../world/world.ts"
import type { GatewayView } from "../gateway-view.ts"
import type { PolicyKind } from "./policy-kind.ts"
import type { ScopeReads } from "./scopes.ts"
import type { RouteParentView } from "./status.ts"
import { type Attachment, hasSection, type Target } from "./targets.ts"

/** What is read to find more specific policies. */
export interface OverrideReads extends ScopeReads, World {
  gateway(namespace: string, name: string): GatewayView | undefined
  routeParents(route: ObjectKey): readonly RouteParentView[] | undefined
  /** Whether a route's policy merges with its parents instead of hiding them. */
  isMerging(policy: ObjectKey): boolean
}

interface Scopes {
  readonly gatewayListeners: string[]
  readonly sets: string[]
  readonly setListeners: string[]
  readonly routes: string[]
  readonly rules: string[]
}

/** Message of the Overridden condition for a policy on a target; empty when nobody overrides it. */
export function overriddenMessage(reads: OverrideReads, kind: PolicyKind, target: Target): string {
  const scopes = scopesBelow(reads, kind, target, (policy) => !reads.isMerging(policy))
  const text = scopesText(scopes)
  return text === "" ? "" : `This policy is being overridden by other ${kind.plural} for ${text}`
}

/** Message of the Merged condition for a policy on a target; empty when no child merges it. */
export function mergedIntoMessage(reads: OverrideReads, kind: PolicyKind, target: Target): string {
  if (target.kind !== "Gateway" && target.kind !== "ListenerSet") return ""
  const text = scopesText(scopesBelow(reads, kind, target, (policy) => reads.isMerging(policy)))
  return text === "" ? "" : `This policy is being merged by other ${kind.plural} for ${text}`
}

function scopesText(scopes: Scopes): string {
  const part = (label: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${label}: [${[...new Set(names)].sort(compare).join(" ")}]`]
  return [
    ...part("these gateway listeners", scopes.gatewayListeners),
    ...part("these listenersets", scopes.sets),
    ...part("these listenerset listeners", scopes.setListeners),
    ...part("these routes", scopes.routes),
    ...part("these route rules", scopes.rules),
  ].join(" and ")
}

function scopesBelow(
  reads: OverrideReads,
  kind: PolicyKind,
  target: Target,
  counts: (policy: ObjectKey) => boolean,
): Scopes {
  const scopes: Scopes = { gatewayListeners: [], sets: [], setListeners: [], routes: [], rules: [] }
  if (target.kind === "Gateway") belowGateway(reads, kind, target, counts, scopes)
  else if (target.kind === "ListenerSet") belowSet(reads, kind, target, target.section, counts, scopes)
  else if (target.section === undefined) {
    for (const { section } of attachmentsOn(reads, kind, target, counts))
      if (section !== undefined) scopes.rules.push(section)
  }
  return scopes
}

function belowGateway(
  reads: OverrideReads,
  kind: PolicyKind,
  target: Target,
  counts: (policy: ObjectKey) => boolean,
  scopes: Scopes,
): void {
  const { namespace, name, section } = target
  if (section === undefined) {
    for (const a of attachmentsOn(reads, kind, target, counts)) {
      if (a.section !== undefined) scopes.gatewayListeners.push(`${namespace}/${name}/${a.section}`)
    }
    for (const key of reads.members("children", objectKey("Gateway", namespace, name))) {
      if (!key.startsWith("ListenerSet/")) continue
      const set = targetOfKey(key)
      for (const a of attachmentsOn(reads, kind, set, counts)) addSet(set, a, scopes)
      addRoutes(reads, kind, set, undefined, counts, scopes)
    }
  }
  addRoutes(reads, kind, { kind: "Gateway", namespace, name }, section, counts, scopes)
}

/** Policies that count, without those that name a listener or rule there is none of. */
function attachmentsOn(
  reads: OverrideReads,
  kind: PolicyKind,
  target: Target,
  counts: (policy: ObjectKey) => boolean,
): readonly Attachment[] {
  return reads
    .attachments(kind, target)
    .filter(({ policy, section }) => counts(policy) && (section === undefined || hasSection(reads, target, section)))
}

function addSet(set: Target, attachment: Attachment, scopes: Scopes): void {
  if (attachment.section === undefined) scopes.sets.push(`${set.namespace}/${set.name}`)
  else scopes.setListeners.push(`${set.namespace}/${set.name}/${attachment.section}`)
}

function belowSet(
  reads: OverrideReads,
  kind: PolicyKind,
  target: Target,
  section: string | undefined,
  counts: (policy: ObjectKey) => boolean,
  scopes: Scopes,
): void {
  const set = { kind: "ListenerSet", namespace: target.namespace, name: target.name }
  if (section === undefined) {
    for (const a of attachmentsOn(reads, kind, set, counts)) if (a.section !== undefined) addSet(set, a, scopes)
  }
  addRoutes(reads, kind, set, section, counts, scopes)
}

/** Routes below a parent that have policies; for a listener, those that name it and those that name no listener. */
function addRoutes(
  reads: OverrideReads,
  kind: PolicyKind,
  parent: Target,
  section: string | undefined,
  counts: (policy: ObjectKey) => boolean,
  scopes: Scopes,
): void {
  for (const key of reads.members("children", objectKey(parent.kind, parent.namespace, parent.name))) {
    if (key.startsWith("ListenerSet/")) continue
    const route = targetOfKey(key)
    const attachments = attachmentsOn(reads, kind, route, counts)
    if (attachments.length === 0 || !isBelow(reads, key, parent, section)) continue
    for (const { section: rule } of attachments) {
      if (rule === undefined) scopes.routes.push(`${route.namespace}/${route.name}`)
      else scopes.rules.push(`${route.namespace}/${route.name}/${rule}`)
    }
  }
}

function isBelow(reads: OverrideReads, route: ObjectKey, parent: Target, section: string | undefined): boolean {
  return (reads.routeParents(route) ?? []).some(
    (p) =>
      p.kind === parent.kind &&
      p.namespace === parent.namespace &&
      p.name === parent.name &&
      (section === undefined || p.sectionName === undefined || p.sectionName === section),
  )
}

function targetOfKey(key: ObjectKey): Target {
  const [kind = "", namespace = "", name = ""] = key.split("/")
  return { kind, namespace, name }
}
