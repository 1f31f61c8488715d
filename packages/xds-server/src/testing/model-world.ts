import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { createSnapshot, type ResourceInput, type Snapshot } from "../snapshot.ts"
import type { Inspection } from "./client-machine.ts"

/** A small configuration in plain words; {@link worldSnapshot} encodes it. Content is a token; the token `bad` is refused. */
export interface World {
  readonly clusters: Readonly<
    Record<string, { readonly token: string; readonly hasEds: boolean; readonly endpoints: string }>
  >
  readonly routes: Readonly<Record<string, { readonly token: string; readonly clusters: readonly string[] }>>
  readonly listeners: Readonly<Record<string, { readonly token: string; readonly route: string }>>
  readonly secrets: Readonly<Record<string, { readonly token: string }>>
}

interface Content {
  readonly token: string
  /** Names of resources of the type it refers to: a cluster's endpoints, a listener's route configuration, a route's clusters. */
  readonly refers: readonly string[]
}

/** The snapshot of a world, closed under reference: what refers to something absent is left out. */
export function worldSnapshot(world: World, previous?: Snapshot): Snapshot {
  const clusters = Object.entries(world.clusters)
  const routes = Object.entries(world.routes)
  const listeners = Object.entries(world.listeners).filter(([, l]) => world.routes[l.route] !== undefined)
  const present = (name: string): boolean => world.clusters[name] !== undefined
  const withEds = clusters.filter(([, c]) => c.hasEds)
  return createSnapshot(
    {
      [typeUrls.cluster]: clusters.map(([name, c]) => input(name, encodeCluster(name, c.hasEds, c.token))),
      [typeUrls.endpoint]: withEds.map(([name, c]) => plain(`e-${name}`, { token: c.endpoints, refers: [] })),
      [typeUrls.listener]: listeners.map(([name, l]) => plain(name, { token: l.token, refers: [l.route] })),
      [typeUrls.route]: routes.map(([name, r]) => plain(name, { token: r.token, refers: r.clusters.filter(present) })),
      [typeUrls.secret]: Object.entries(world.secrets).map(([name, s]) => plain(name, { token: s.token, refers: [] })),
    },
    previous,
  )
}

const referred: Readonly<Record<string, string>> = {
  [typeUrls.cluster]: typeUrls.endpoint,
  [typeUrls.listener]: typeUrls.route,
  [typeUrls.route]: typeUrls.cluster,
}

/** What a client makes of a resource of a world. */
export function inspectWorld(typeUrl: string, name: string, bytes: Uint8Array): Inspection {
  const { token, refers } = readContent(typeUrl, bytes)
  const to = referred[typeUrl]
  const inspection = { refers: new Map(to === undefined ? [] : [[to, refers]]) }
  return token === "bad" ? { ...inspection, refusal: `${name} is bad` } : inspection
}

/** Whether a client refuses a resource of a world. */
export function isBad(typeUrl: string, bytes: Uint8Array): boolean {
  return readContent(typeUrl, bytes).token === "bad"
}

function readContent(typeUrl: string, bytes: Uint8Array): Content {
  if (typeUrl !== typeUrls.cluster) return JSON.parse(Buffer.from(bytes).toString())
  const [name = "", eds, token = ""] = Buffer.from(bytes).toString("latin1").split("\x1f").slice(1)
  return { token, refers: eds === "eds" ? [`e-${name}`] : [] }
}

const input = (name: string, bytes: Uint8Array): ResourceInput => ({ name, bytes })
const plain = (name: string, content: Content): ResourceInput => input(name, Buffer.from(JSON.stringify(content)))

/** A real `Cluster` message: name, type, eds_cluster_config.service_name, and the words for the model in alt_stat_name. */
function encodeCluster(name: string, hasEds: boolean, token: string): Uint8Array {
  const text = (tag: readonly number[], value: string): number[] => [
    ...tag,
    value.length,
    ...Buffer.from(value, "latin1"),
  ]
  const words = ["", name, hasEds ? "eds" : "static", token, ""].join("\x1f")
  const eds = hasEds ? [0x10, 3, ...text([0x1a], String.fromCharCode(...text([0x12], `e-${name}`)))] : [0x10, 0]
  return Uint8Array.from([...text([0x0a], name), ...eds, ...text([0xe2, 0x01], words)])
}
