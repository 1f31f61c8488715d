// Which objects a policy is attached to, and which policies an object has.
import { byAge, compare } from "../../world/order.ts"
import { type AnyObject, type ObjectKey, objectKey, type World } from "../../world/world.ts"
import { type LabelSelector, matchesLabels } from "../label-selector.ts"
import { namespaceOf } from "../namespace-of.ts"
import { isReferenceAllowed } from "../references.ts"
import type { PolicyKind } from "./policy-kind.ts"

/** A policy object as the engine sees it. */
export interface PolicyObject extends AnyObject {
  readonly spec: {
    readonly targetRef?: TargetRef
    readonly targetRefs?: readonly TargetRef[]
    readonly targetSelectors?: readonly TargetSelector[]
    readonly mergeType?: "StrategicMerge" | "JSONMerge" | "Replace"
  }
}

interface TargetRef {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly sectionName?: string
}

interface TargetSelector extends LabelSelector {
  readonly group?: string
  readonly kind: string
  readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector }
}

/** An object, and the part of it, that a policy is attached to. The object may be missing. */
export interface Target {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Listener or rule. */
  readonly section?: string
}

const gatewayGroup = "gateway.networking.k8s.io"

/**
 * Targets of a policy: those its selectors find, oldest first, then the plain ones that are not among them.
 *
 * Source: Envoy Gateway 1.9. A single `targetRef` hides `targetRefs`.
 */
export function targetsOf(world: World, kind: PolicyKind, policy: PolicyObject): readonly Target[] {
  const namespace = policy.metadata.namespace ?? ""
  const { targetRef, targetRefs = [], targetSelectors = [] } = policy.spec
  const selected = targetSelectors.flatMap((selector) => selectedBy(world, kind, namespace, selector))
  selected.sort((a, b) => compare(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""))
  const targets: Target[] = []
  const add = (target: Target): void => {
    if (!targets.some((t) => sameTarget(t, target))) targets.push(target)
  }
  for (const object of selected)
    add({ kind: object.kind, namespace: object.metadata.namespace ?? "", name: object.metadata.name })
  for (const ref of targetRef === undefined ? targetRefs : [targetRef]) {
    if (ref.group !== gatewayGroup || !kind.targetKinds.includes(ref.kind)) continue
    add({
      kind: ref.kind,
      namespace,
      name: ref.name,
      ...(ref.sectionName === undefined ? {} : { section: ref.sectionName }),
    })
  }
  return targets
}

function sameTarget(a: Target, b: Target): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name && a.section === b.section
}

function selectedBy(world: World, kind: PolicyKind, namespace: string, selector: TargetSelector): AnyObject[] {
  if ((selector.group ?? gatewayGroup) !== gatewayGroup || !kind.targetKinds.includes(selector.kind)) return []
  const from = selector.namespaces?.from || "Same"
  if (from !== "Same" && from !== "All" && from !== "Selector") return []
  const keys =
    from === "Same"
      ? world.members("kind-in-namespace", `${selector.kind}/${namespace}`)
      : world.members("kind", selector.kind)
  return keys
    .flatMap((key) => {
      const object = world.lookup(key)
      return object !== undefined && isSelected(world, kind, namespace, selector, object) ? [object] : []
    })
    .sort(byAge)
}

function isSelected(
  world: World,
  kind: PolicyKind,
  namespace: string,
  selector: TargetSelector,
  object: AnyObject,
): boolean {
  if (!matchesLabels(selector, object.metadata.labels ?? {})) return false
  const other = object.metadata.namespace ?? ""
  if (other === namespace) return selector.namespaces?.from !== "Selector" || hasNamespace(world, selector, other)
  if (selector.namespaces?.from === "Selector" && !hasNamespace(world, selector, other)) return false
  const fromRef = { group: kind.group, kind: kind.kind, namespace }
  return isReferenceAllowed(world, fromRef, {
    group: gatewayGroup,
    kind: object.kind,
    namespace: other,
    name: object.metadata.name,
  })
}

function hasNamespace(world: World, selector: TargetSelector, name: string): boolean {
  const home = namespaceOf(world, name)
  const wanted = selector.namespaces?.selector
  return wanted !== undefined && home !== undefined && matchesLabels(wanted, home.metadata.labels ?? {})
}

/** A policy on an object, with the section it names there. */
export interface Attachment {
  readonly policy: ObjectKey
  readonly section?: string
}

/** What the engine reads beside objects. */
export interface TargetReads extends World {
  /** {@link targetsOf} of a policy by key, recorded. */
  targets(kind: PolicyKind, policy: ObjectKey): readonly Target[]
}

/** Policies of a kind on an object, oldest first; one policy appears once for each section. */
export function policiesOn(reads: TargetReads, kind: PolicyKind, target: Target): readonly Attachment[] {
  const key = objectKey(target.kind, target.namespace, target.name)
  const plain = reads.members("policies-of-target", `${kind.kind}|${key}`)
  const selecting = reads.members("selecting-policies", `${kind.kind}|${target.kind}`)
  const policies = [...new Set([...plain, ...selecting])].flatMap((policy) => {
    const object = reads.lookup(policy)
    return object === undefined ? [] : [object]
  })
  return policies.sort(byAge).flatMap((policy) => {
    const policyKey = objectKey(policy.kind, policy.metadata.namespace ?? "", policy.metadata.name)
    return reads
      .targets(kind, policyKey)
      .filter((t) => t.kind === target.kind && t.namespace === target.namespace && t.name === target.name)
      .map((t) => ({ policy: policyKey, ...(t.section === undefined ? {} : { section: t.section }) }))
  })
}

/** The policy that holds for a section of an object (or for the whole of it): the oldest one. */
export function winnerOf(attachments: readonly Attachment[], section: string | undefined): ObjectKey | undefined {
  return attachments.find((a) => a.section === section)?.policy
}

/** Gateway that carries a Gateway, a ListenerSet or their listeners, as `namespace/name`; undefined for others and for a missing ListenerSet. */
export function gatewayOfTarget(reads: World, { kind, namespace, name }: Target): string | undefined {
  if (kind === "Gateway") return `${namespace}/${name}`
  const parent = kind === "ListenerSet" ? reads.get("ListenerSet", namespace, name)?.spec.parentRef : undefined
  return parent === undefined ? undefined : `${parent.namespace ?? namespace}/${parent.name}`
}

/** Whether an object has a listener or rule of that name. */
export function hasSection(reads: World, target: Target, section: string): boolean {
  const object = reads.lookup(objectKey(target.kind, target.namespace, target.name))
  const spec = object?.spec as
    | { listeners?: readonly { name?: string }[]; rules?: readonly { name?: string }[] }
    | undefined
  const parts = target.kind === "Gateway" || target.kind === "ListenerSet" ? spec?.listeners : spec?.rules
  return (parts ?? []).some((part) => part.name === section)
}
