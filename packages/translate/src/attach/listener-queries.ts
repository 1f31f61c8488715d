// What stands on each listener: its routes in order, how many are attached, and which match the same requests.
import type { Graph, Query } from "@attache/base"
import type { L4Route, PlanRoute } from "../plan/index.ts"
import { byAge } from "../world/order.ts"
import { keyOf, type ObjectKey, objectKey, type World } from "../world/world.ts"
import { type HostEntries, type HostOrder, orderHosts, sameHosts } from "./host-order.ts"
import type { RouteAttachment } from "./http-routes/attach.ts"
import { settleL4Routes } from "./l4-routes/listener-routes.ts"
import { createOverlapQueries } from "./overlap-queries.ts"
import { ageOf, precedenceOf, type RouteEntry, sameEntries } from "./route-order.ts"
import { createRouteTree, routeGroups, routesInGroup } from "./route-tree.ts"

/** What is read of the rest of attachment. */
export interface ListenerReads extends World {
  attachment(route: ObjectKey): RouteAttachment | undefined
  /** irNames of all HTTP listeners that carry traffic. */
  httpListeners(): readonly string[]
}

/** Listeners are named by their irNames, routes on them by handles. */
export interface ListenerQueries {
  /** Hosts in the order of their first routes, routes in the order in which Envoy tries them. */
  hosts(listener: string, isOrderPreserved: boolean): readonly HostEntries[]
  /** The route behind a handle, before policies. */
  route(id: string): PlanRoute
  l4Routes(listener: string): readonly L4Route[]
  hasGrpcRoute(listener: string): boolean
  /** How often routes of some kinds are attached, ready or not: once for each parentRef that selects the listener. */
  attachedRoutes(listener: string, kinds: readonly string[]): number
  /** Other routes that match the same requests, as of the last {@link ListenerQueries.settleOverlaps}. */
  overlaps(route: ObjectKey, listener: string): readonly ObjectKey[]
  /**
   * Brings overlaps up to date; to be called outside of queries, before statuses are read.
   *
   * Whether one route overlaps depends on all others. As a plain query that would make every route's status hang on every route, and an edit would have to
   * ask them all; so the overlaps found are handed out as inputs, which change for the routes concerned only.
   */
  settleOverlaps(): void
}

/** The listener and the route object of a handle. */
export function parseHandle(id: string): {
  readonly listener: string
  readonly route: ObjectKey
  readonly index: number
} {
  const [listener = "", route = "", index = ""] = id.split(" ")
  return { listener, route, index: Number(index) }
}

/** The Gateway in a listener's irName. */
export function gatewayOfListener(irName: string): { readonly namespace: string; readonly name: string } {
  const [namespace = "", name = ""] = irName.split("/")
  return { namespace, name }
}

/** The object that declares a listener: routes of the listener name it as their parent. */
function parentOfListener(irName: string): ObjectKey {
  const [namespace = "", name = "", setNamespace = "", setName] = irName.split("/")
  return setName === undefined ? objectKey("Gateway", namespace, name) : objectKey("ListenerSet", setNamespace, setName)
}

/** The queries. */
export function createListenerQueries(graph: Graph, reads: ListenerReads): ListenerQueries {
  const routesOn = (listener: string, route: ObjectKey): readonly PlanRoute[] =>
    (reads.attachment(route)?.routes ?? []).flatMap((r) => (r.listener === listener ? r.routes : []))
  const order = createOrder(graph, reads, routesOn)
  // The routes of one object on one listener: found once for all its handles.
  const own = graph.query<readonly PlanRoute[]>("routes-on-listener", (key) => {
    const [listener = "", route = ""] = key.split(" ")
    return routesOn(listener, route)
  })
  const counts = createCounts(graph, reads)
  const l4Routes = graph.query<readonly L4Route[]>("l4-routes", (listener) => readL4Routes(reads, listener))
  return {
    hosts: (listener, isOrderPreserved) => order.get(`${listener} ${isOrderPreserved ? "kept" : "sorted"}`).hosts,
    route: (id) => {
      const { listener, route, index } = parseHandle(id)
      const plan = own.get(`${listener} ${route}`)[index]
      if (plan === undefined) throw new Error(`route ${id} is gone`)
      return plan
    },
    l4Routes: (listener) => l4Routes.get(listener),
    hasGrpcRoute: (listener) => counts(listener, "GRPCRoute") > 0,
    attachedRoutes: (listener, kinds) => kinds.reduce((sum, kind) => sum + counts(listener, kind), 0),
    ...createOverlapQueries(graph, reads, { routesOn, parentOf: parentOfListener }),
  }
}

/** By listener and `kept` or `sorted`: an edit of one route looks at the routes of its group again, and at its hosts. */
function createOrder(
  graph: Graph,
  reads: ListenerReads,
  routesOn: (listener: string, route: ObjectKey) => readonly PlanRoute[],
): Query<HostOrder> {
  const entries = graph.query<readonly RouteEntry[]>(
    "listener-routes",
    (key) => {
      const [listener = "", order, group = ""] = key.split(" ")
      return routesInGroup(reads, group).flatMap((route) =>
        entriesOf(reads, listener, route, routesOn(listener, route), order === "kept"),
      )
    },
    { equals: sameEntries, isBarrier: true },
  )
  return graph.query<HostOrder>(
    "listener-hosts",
    (key, before) => {
      const [listener = ""] = key.split(" ")
      const groups = routeGroups(reads, parentOfListener(listener))
      return orderHosts(new Map(groups.map((group) => [group, entries.get(`${key} ${group}`)])), before)
    },
    // Equal hosts may have come out of other lists, which the next run has to know.
    { equals: Object.is, isBarrier: true, reaches: (before, after) => !sameHosts(before, after) },
  )
}

function entriesOf(
  world: World,
  listener: string,
  route: ObjectKey,
  plans: readonly PlanRoute[],
  isOrderPreserved: boolean,
): readonly RouteEntry[] {
  const object = plans.length === 0 ? undefined : world.lookup(route)
  if (object === undefined) return []
  const age = ageOf(object)
  return plans.map(({ host, match }, at) => ({
    id: `${listener} ${route} ${at}`,
    host,
    precedence: isOrderPreserved ? 0 : precedenceOf(match),
    age,
    at,
  }))
}

type Counts = Readonly<Record<string, number>>

function createCounts(graph: Graph, reads: ListenerReads): (listener: string, kind: string) => number {
  const countIn = (routes: readonly ObjectKey[]): Counts => {
    const counts: Record<string, number> = {}
    for (const route of routes) {
      const kind = route.slice(0, route.indexOf("/"))
      for (const listener of reads.attachment(route)?.attachedListeners ?? []) {
        const key = `${kind} ${listener}`
        counts[key] = (counts[key] ?? 0) + 1
      }
    }
    return counts
  }
  const http = createRouteTree<Counts>(graph, reads, "attached-routes", { leaf: countIn, merge: sumOf })
  const l4 = graph.query<Counts>("attached-l4-routes", (parent) => countIn(reads.members("l4-routes", parent)))
  const one = graph.query<number>("attached-routes-of-kind", (key) => {
    const listener = key.slice(key.indexOf(" ") + 1)
    const parent = parentOfListener(listener)
    const isHttp = key.startsWith("HTTPRoute ") || key.startsWith("GRPCRoute ")
    return (isHttp ? http(parent, "") : l4.get(parent))[key] ?? 0
  })
  return (listener, kind) => one.get(`${kind} ${listener}`)
}

function sumOf(parts: readonly Counts[]): Counts {
  const sum: Record<string, number> = {}
  for (const part of parts) for (const [key, count] of Object.entries(part)) sum[key] = (sum[key] ?? 0) + count
  return sum
}

/** Kinds of routes below HTTP, in the order in which a listener takes them. */
const l4Kinds: readonly string[] = ["TLSRoute", "TCPRoute", "UDPRoute"]

function readL4Routes(reads: ListenerReads, listener: string): readonly L4Route[] {
  const objects = reads.members("l4-routes", parentOfListener(listener)).flatMap((key) => reads.lookup(key) ?? [])
  objects.sort((a, b) => l4Kinds.indexOf(a.kind) - l4Kinds.indexOf(b.kind) || byAge(a, b))
  return settleL4Routes(
    objects.flatMap((object) => {
      const routes = reads.attachment(keyOf(object))?.l4 ?? []
      return routes.flatMap((r) => (r.listener === listener ? [{ kind: object.kind, route: r.route }] : []))
    }),
  )
}
