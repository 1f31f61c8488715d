// Who uses a BackendTLSPolicy, and what the policy tells each of them. Users are found by the backends they refer to, so a
// policy never looks at objects that have nothing to do with its targets.
import type { Graph } from "@attache/base"
import type { BackendTLSPolicy } from "@attache/kube-api"
import { byAge } from "../world/order.ts"
import { type AnyObject, keyOf, type ObjectKey, type World } from "../world/world.ts"
import { conflictingTlsPolicy, type TlsPolicyUse } from "./backend-tls.ts"
import { type AncestorConditions, backendTlsAncestors, type TlsPolicyAncestor } from "./backend-tls-status.ts"
import type { ParentReference } from "./http-routes/parents.ts"
import { ancestorsInOrder } from "./policies/ancestors.ts"

/** An ancestor as statuses name it: a parentRef as the user wrote it, or the policy or EnvoyProxy that calls the backend. */
export type TlsAncestorRef = ParentReference

/** What is read of the rest of attachment. */
export interface TlsUserReads extends World {
  /** Uses of a route for its parents. */
  routeUses(route: ObjectKey): readonly TlsPolicyAncestor<ParentReference>[]
  /** Uses of an extension policy. */
  extensionUses(policy: ObjectKey): readonly TlsPolicyUse[]
  /** Uses of the telemetry of all Gateways that have an EnvoyProxy. */
  telemetryUses(envoyProxy: ObjectKey): readonly TlsPolicyUse[]
}

/** Statuses of BackendTLSPolicies. */
export interface TlsPolicyQueries {
  /** Ancestors of a policy with their conditions; none when nobody uses it. */
  ancestors(policy: ObjectKey): readonly AncestorConditions<TlsAncestorRef>[]
}

/** The queries. */
export function createTlsPolicyQueries(graph: Graph, reads: TlsUserReads): TlsPolicyQueries {
  // Uses of one policy by one user: what an edit of the user changes elsewhere goes no further.
  const uses = graph.query<readonly TlsPolicyAncestor<TlsAncestorRef>[]>("tls-policy-uses", (key) => {
    const [user = "", policy = ""] = key.split(" ")
    return usesBy(reads, user).filter(({ use }) => use.policy === policy)
  })
  const usesOf = (policy: BackendTLSPolicy): readonly TlsPolicyAncestor<TlsAncestorRef>[] =>
    usersOf(reads, policy).flatMap((user) => uses.get(`${user} ${keyOf(policy)}`))
  const ancestors = graph.query<readonly AncestorConditions<TlsAncestorRef>[]>("tls-policy-status", (key) => {
    const policy = reads.lookup(key) as BackendTLSPolicy | undefined
    if (policy === undefined) return []
    const winner = conflictingTlsPolicy(reads, policy)
    const conflict =
      winner === undefined
        ? undefined
        : {
            with: `${winner.metadata.namespace}/${winner.metadata.name}`,
            ancestors: usesOf(winner).map(({ ancestor }) => ancestor),
          }
    return ancestorsInOrder(backendTlsAncestors(usesOf(policy), conflict, sameRef))
  })
  return { ancestors: (policy) => ancestors.get(policy) }
}

/** Order in which users of each kind are told of. Source: Envoy Gateway 1.9 translates in this order. */
const userKinds = ["EnvoyProxy", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute", "EnvoyExtensionPolicy"]

function usersOf(world: World, policy: BackendTLSPolicy): readonly ObjectKey[] {
  const namespace = policy.metadata.namespace ?? ""
  const keys = policy.spec.targetRefs.flatMap(({ kind, name }) =>
    world.members("users-of-backend", `${kind}/${namespace}/${name}`),
  )
  const objects = [...new Set(keys)].flatMap((key) => world.lookup(key) ?? [])
  return objects.sort(byKindAndAge).map(keyOf)
}

function byKindAndAge(a: AnyObject, b: AnyObject): number {
  return userKinds.indexOf(a.kind) - userKinds.indexOf(b.kind) || byAge(a, b)
}

function usesBy(reads: TlsUserReads, user: ObjectKey): readonly TlsPolicyAncestor<TlsAncestorRef>[] {
  const [kind = "", namespace = "", name = ""] = user.split("/")
  const caller = { group: "gateway.envoyproxy.io", kind, namespace, name }
  const asCaller = (use: TlsPolicyUse) => ({ ancestor: caller, use })
  if (kind === "EnvoyProxy") return reads.telemetryUses(user).map(asCaller)
  if (kind === "EnvoyExtensionPolicy") return reads.extensionUses(user).map(asCaller)
  return reads.routeUses(user)
}

const refFields = ["group", "kind", "namespace", "name", "sectionName", "port"] as const

/** References mean one ancestor when they are written alike. */
function sameRef(a: TlsAncestorRef, b: TlsAncestorRef): boolean {
  return refFields.every((field) => a[field] === b[field])
}
