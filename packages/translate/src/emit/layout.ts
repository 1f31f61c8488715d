// The tree a route configuration is built from: routes by virtual host, cut into leaves of about 64. Where a leaf ends
// is decided by the routes themselves, so a route that comes or goes changes one leaf and replicas cut alike.
import type { RouteHandle } from "../plan/index.ts"

/** One leaf in ten thousand is longer than this. */
const averageLeaf = 64
const longestLeaf = 256

/** A leaf: some routes of one HTTP listener, in the order of its virtual hosts. */
export interface Leaf {
  readonly proxyKey: string
  readonly listener: string
  readonly routes: readonly RouteHandle[]
}

/**
 * Keys of the leaves of a listener. A key says everything about its leaf, so nobody needs the list to read one.
 *
 * Hosts stand in the order in which they first occur, routes of a host in theirs.
 */
export function leafKeys(proxyKey: string, listener: string, routes: readonly RouteHandle[]): readonly string[] {
  const byHost = new Map<string, RouteHandle[]>()
  for (const route of routes) {
    const group = byHost.get(route.host)
    if (group === undefined) byHost.set(route.host, [route])
    else group.push(route)
  }
  const keys: string[] = []
  const head = `${proxyKey}\n${listener}`
  let key = head
  let length = 0
  const cut = (): void => {
    if (length > 0) keys.push(key)
    key = head
    length = 0
  }
  for (const group of byHost.values()) {
    for (const { host, id } of group) {
      key += `\n${host}\t${id}`
      length++
      if (length >= longestLeaf || hash(id) % averageLeaf === 0) cut()
    }
  }
  cut()
  return keys
}

/** The leaf of a key. */
export function leafOf(key: string): Leaf {
  const [proxyKey = "", listener = "", ...lines] = key.split("\n")
  return {
    proxyKey,
    listener,
    routes: lines.map((line) => {
      const tab = line.indexOf("\t")
      return { host: line.slice(0, tab), id: line.slice(tab + 1) }
    }),
  }
}

/** FNV-1a over UTF-16 units: cheap, and equal everywhere. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  // The low bits alone are poor for texts that differ only in their ends.
  return ((value >>> 16) ^ value) & 0xffff
}
