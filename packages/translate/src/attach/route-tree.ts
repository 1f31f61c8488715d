// Facts of all HTTP and gRPC routes below one parent, computed in groups: an edit of one route computes its own group and
// the few above it again, however many routes there are.
import type { Graph, Query } from "@attache/base"
import { shardCount } from "../world/shards.ts"
import type { ObjectKey, World } from "../world/world.ts"

/** Routes that are one group without more ado. */
const flatUpTo = 256
const branches = 4
const depth = Math.log(shardCount) / Math.log(branches)

/** How a tree makes its facts. */
export interface TreeRules<T> {
  /** Facts of some routes. `context` is the caller's, such as a listener. */
  readonly leaf: (routes: readonly ObjectKey[], context: string) => T
  readonly merge: (parts: readonly T[]) => T
  readonly equals?: (a: T, b: T) => boolean
}

/** Groups of the routes below a parent: all of them in one, or one for each shard. */
export function routeGroups(world: World, parent: ObjectKey): readonly string[] {
  const isFlat = world.members("http-routes", parent).length <= flatUpTo
  return isFlat ? [parent] : Array.from({ length: shardCount }, (_, shard) => `${parent}#${shard}`)
}

/** Routes of a group. */
export function routesInGroup(world: World, group: string): readonly ObjectKey[] {
  return world.members(group.includes("#") ? "http-routes-in-shard" : "http-routes", group)
}

/** Facts of all routes below a parent (`Gateway/namespace/name` or `ListenerSet/namespace/name`). */
export type RouteTree<T> = (parent: ObjectKey, context: string) => T

/** A tree. The result does not depend on how routes fall into groups as long as `merge` does not. */
export function createRouteTree<T>(graph: Graph, world: World, name: string, rules: TreeRules<T>): RouteTree<T> {
  const { equals } = rules
  const node: Query<T> = graph.query<T>(
    name,
    (key) => {
      const [parent = "", path = "", ...rest] = key.split(" ")
      const context = rest.join(" ")
      if (path === root) {
        const all = world.members("http-routes", parent)
        if (all.length <= flatUpTo) return rules.leaf(all, context)
      }
      if (path.length - root.length === depth) {
        const shard = Number.parseInt(path.slice(root.length), branches)
        return rules.leaf(world.members("http-routes-in-shard", `${parent}#${shard}`), context)
      }
      return rules.merge(
        Array.from({ length: branches }, (_, branch) => node.get(`${parent} ${path}${branch} ${context}`)),
      )
    },
    // Many stand on all routes of a listener, and most edits of a route change nothing that they see of it.
    { isBarrier: true, ...(equals === undefined ? {} : { equals }) },
  )
  return (parent, context) => node.get(`${parent} ${root} ${context}`)
}

/** Path of a tree's root; each step down adds a digit. */
const root = "r"
