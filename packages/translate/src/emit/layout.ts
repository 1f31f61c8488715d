// The tree a route configuration is built from: routes by virtual host, cut into leaves of about 64. Where a leaf ends
// is decided by the routes themselves, so a route that comes or goes changes one leaf and replicas cut alike.
import type { HostRoutes, RouteHandle } from "../plan/index.ts"

/** One leaf in ten thousand is longer than this. */
const averageLeaf = 64
const longestLeaf = 256

/** Some routes of one HTTP listener, in the order of its virtual hosts. */
export type Leaf = readonly RouteHandle[]

/** The leaves of a listener in order, each by the id of its first route. */
export type Layout = ReadonlyMap<string, Leaf>

/** Cuts the routes of a listener. @param before an earlier layout: leaves that are as they were are taken from it */
export function layoutOf(hosts: readonly HostRoutes[], before?: Layout): Layout {
  const layout = new Map<string, Leaf>()
  let leaf: RouteHandle[] = []
  const cut = (): void => {
    const [first] = leaf
    if (first === undefined) return
    const known = before?.get(first.id)
    layout.set(first.id, known !== undefined && sameLeaf(known, leaf) ? known : leaf)
    leaf = []
  }
  for (const host of hosts) {
    const ends = endsOf(host)
    let next = 0
    for (const [i, route] of host.routes.entries()) {
      leaf.push(route)
      const isEnd = ends[next] === i
      if (isEnd) next++
      if (isEnd || leaf.length >= longestLeaf) cut()
    }
  }
  cut()
  return layout
}

const known = new WeakMap<HostRoutes, readonly number[]>()

/** Places of the routes after which a leaf ends. */
function endsOf(host: HostRoutes): readonly number[] {
  const found = known.get(host)
  if (found !== undefined) return found
  const ends = host.routes.flatMap(({ id }, i) => (hash(id) % averageLeaf === 0 ? [i] : []))
  known.set(host, ends.length === 0 ? none : ends)
  return ends
}

const none: readonly number[] = []

/** Whether two layouts have the same leaves in the same order. */
export function sameLayout(a: Layout, b: Layout): boolean {
  if (a.size !== b.size) return false
  const others = b.entries()
  for (const [id, leaf] of a) {
    const [otherId, other] = others.next().value as [string, Leaf]
    if (id !== otherId || !sameLeaf(leaf, other)) return false
  }
  return true
}

/** Whether two leaves have the same routes in the same order. */
export function sameLeaf(a: Leaf, b: Leaf): boolean {
  return a === b || (a.length === b.length && a.every(({ id, host }, i) => id === b[i]?.id && host === b[i]?.host))
}

/** FNV-1a over UTF-16 units: cheap, and equal everywhere. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  // The low bits alone are poor for texts that differ only in their ends.
  return ((value >>> 16) ^ value) & 0xffff
}
