// Policies of extension servers: any kind that the EnvoyGateway document names. Translation only attaches them.
import type { Condition } from "@attache/kube-api"
import { type AnyObject, type ObjectKey, objectKey, type World } from "../../world/world.ts"
import type { GatewayView } from "../gateway-view.ts"
import type { RouteAttachment } from "../http-routes/attach.ts"
import { type AncestorRef, ancestorsInOrder, isSettled, noteCondition, type PolicyAncestor } from "./ancestors.ts"
import type { PolicyKind } from "./policy-kind.ts"
import { missingSection } from "./status.ts"
import { hasSection, type PolicyObject, type Target, targetsOf } from "./targets.ts"

/** What attaching such a policy reads. */
export interface ExtensionServerReads extends World {
  gateway(namespace: string, name: string): GatewayView | undefined
  attachment(route: ObjectKey): RouteAttachment | undefined
}

/** Whether an object is of a kind that an extension server owns as a policy. */
export function isExtensionServerPolicy(world: World, { apiVersion, kind }: AnyObject): boolean {
  const slash = apiVersion.indexOf("/")
  return slash > 0 && world.settings().extensionKinds.policies.includes(`${apiVersion.slice(0, slash)}/${kind}`)
}

/** The row of the policy table for such a kind. */
function kindOf({ apiVersion, kind }: AnyObject): PolicyKind {
  return {
    kind,
    group: apiVersion.slice(0, apiVersion.indexOf("/")),
    plural: "",
    targetKinds: ["Gateway", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"],
    deprecations: () => [],
  }
}

/**
 * Ancestors of such a policy: Gateways, also for routes; none when it reaches nothing.
 *
 * Several policies may have one target. Only HTTPRoutes and GRPCRoutes carry them. Source: Envoy Gateway 1.9.
 */
export function extensionServerAncestors(reads: ExtensionServerReads, object: AnyObject): readonly PolicyAncestor[] {
  const policy = readPolicy(object)
  const { generation } = object.metadata
  const ancestors: PolicyAncestor[] = []
  const tell = (ref: AncestorRef, condition: Condition): void =>
    noteCondition(
      ancestors,
      ref,
      generation === undefined ? condition : { ...condition, observedGeneration: generation },
    )
  const targets = policy === undefined ? [] : [...targetsOf(reads, kindOf(object), policy)]
  for (const target of targets.sort((a, b) => passOf(a) - passOf(b))) {
    const found = target.kind === "Gateway" ? onGateway(reads, target) : onRoute(reads, target)
    for (const { ref, problem } of found) {
      if (problem !== undefined) tell(ref, { type: "Accepted", status: "False", ...problem })
      else if (!isSettled(ancestors, ref))
        tell(ref, { type: "Accepted", status: "True", reason: "Accepted", message: "Policy has been accepted." })
    }
  }
  return ancestorsInOrder(ancestors)
}

/** Rules, routes, listeners, Gateways. */
function passOf({ kind, section }: Target): number {
  return (kind === "Gateway" ? 2 : 0) + (section === undefined ? 1 : 0)
}

interface Found {
  readonly ref: AncestorRef
  readonly problem?: { readonly reason: string; readonly message: string }
}

/** The Gateway, if it has a listener of its own that works and is meant. */
function onGateway(reads: ExtensionServerReads, target: Target): readonly Found[] {
  const { namespace, name, section } = target
  const listeners = reads.gateway(namespace, name)?.listeners ?? []
  const isReached = listeners.some(
    (listener) =>
      listener.isReady && listener.set === undefined && (section === undefined || listener.name === section),
  )
  return isReached ? [{ ref: gatewayRef({ namespace, name }, section) }] : []
}

/** The Gateways of a route's parents, if the route has traffic there. */
function onRoute(reads: ExtensionServerReads, target: Target): readonly Found[] {
  const { kind, namespace, name, section } = target
  const attachment = reads.attachment(objectKey(kind, namespace, name))
  return (attachment?.parents ?? []).flatMap((parent): readonly Found[] => {
    const ref = gatewayRef(parent.gateway, parent.parentRef.sectionName)
    if (kind !== "HTTPRoute" && kind !== "GRPCRoute") {
      const message = `ExtensionServerPolicy does not support targeting ${kind}`
      return [{ ref, problem: { reason: "Invalid", message } }]
    }
    if (section !== undefined && !hasSection(reads, target, section))
      return [{ ref, problem: missingSection(target, section) }]
    const isReached = attachment?.routes.some(
      ({ listener, routes }) =>
        parent.listeners.includes(listener) &&
        routes.some(({ metadata }) => section === undefined || metadata?.sectionName === section),
    )
    return isReached === true ? [{ ref }] : []
  })
}

function gatewayRef(
  gateway: { readonly namespace: string; readonly name: string },
  section: string | undefined,
): AncestorRef {
  const { namespace, name } = gateway
  return { kind: "Gateway", namespace, name, ...(section === undefined ? {} : { sectionName: section }) }
}

/** The object as a policy, or undefined when its targets are none: no schema of ours has seen it. */
function readPolicy(object: AnyObject): PolicyObject | undefined {
  const { targetRef, targetRefs, targetSelectors } = record(object.spec)
  const refs = [targetRef, ...listOf(targetRefs)].filter((ref) => ref !== undefined && ref !== null)
  const lists = [targetRefs, targetSelectors].filter((list) => list !== undefined && list !== null)
  if (!lists.every(Array.isArray) || ![...refs, ...listOf(targetSelectors)].every(hasTextFields)) return undefined
  if (!listOf(targetSelectors).every(isSelector)) return undefined
  const spec = {
    ...(isRef(targetRef) ? { targetRef } : {}),
    targetRefs: listOf(targetRefs),
    targetSelectors: listOf(targetSelectors),
  }
  return { ...object, spec: spec as PolicyObject["spec"] }
}

function isRef(value: unknown): boolean {
  const { group, kind, name } = record(value)
  return [group, kind, name].some((text) => text !== undefined && text !== "")
}

function hasTextFields(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { group, kind, name, sectionName } = record(value)
  return [group, kind, name, sectionName].every((text) => text === undefined || typeof text === "string")
}

function isSelector(value: unknown): boolean {
  const isLabels = ({ matchExpressions }: Readonly<Record<string, unknown>>): boolean =>
    matchExpressions === undefined || (Array.isArray(matchExpressions) && matchExpressions.every(isRecord))
  const { selector } = record(record(value).namespaces)
  return isLabels(record(value)) && isLabels(record(selector))
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
