// The tree a route configuration is built from: routes by virtual host, cut into leaves of about 64. Where a leaf ends
// is decided by the routes themselves, so a route that comes or goes changes one leaf and replicas cut alike.
import type { RouteHandle } from "../plan/index.ts"

/** One leaf in ten thousand is longer than this. */
const averageLeaf = 64
const longestLeaf = 256

/** Some routes of one HTTP listener, in the order of its virtual hosts. */
export type Leaf = readonly RouteHandle[]

/** The leaves of a listener in order, each by the id of its first route. */
export type Layout = ReadonlyMap<string, Leaf>

/** Cuts the routes of a listener. Hosts stand in the order in which they first occur, routes of a host in theirs. */
export function layoutOf(routes: readonly RouteHandle[]): Layout {
  const layout = new Map<string, Leaf>()
  let leaf: RouteHandle[] = []
  const cut = (): void => {
    const [first] = leaf
    if (first !== undefined) layout.set(first.id, leaf)
    leaf = []
  }
  for (const route of byHost(routes)) {
    leaf.push(route)
    if (leaf.length >= longestLeaf || hash(route.id) % averageLeaf === 0) cut()
  }
  cut()
  return layout
}

/** A counting sort: thousands of hosts with a route each would otherwise be as many little lists. */
function byHost(routes: readonly RouteHandle[]): readonly RouteHandle[] {
  const numbers = new Map<string, number>()
  const numberOf = new Uint32Array(routes.length)
  const starts: number[] = []
  routes.forEach(({ host }, i) => {
    let number = numbers.get(host)
    if (number === undefined) {
      number = starts.length
      numbers.set(host, number)
      starts.push(0)
    }
    numberOf[i] = number
    starts[number] = (starts[number] ?? 0) + 1
  })
  let start = 0
  starts.forEach((count, number) => {
    starts[number] = start
    start += count
  })
  const sorted = new Array<RouteHandle>(routes.length)
  routes.forEach((route, i) => {
    const number = numberOf[i] ?? 0
    const at = starts[number] ?? 0
    sorted[at] = route
    starts[number] = at + 1
  })
  return sorted
}

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
