// Route configurations out of leaves: routes are joined into virtual hosts and those into the configuration, without
// decoding or encoding any of them again.
import { contentVersion } from "@attache/base"
import { encode } from "@attache/envoy-api"
import { VirtualHostSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import type { Origin, ResourceMetadata } from "../plan/index.ts"
import { elementHead, elements, joinBytes } from "./elements.ts"
import { resourceMetadata } from "./metadata.ts"
import { virtualHostName } from "./names.ts"
import type { ResourcePart } from "./snapshot.ts"

const routesField = 3
const virtualHostsField = 2

/** Bytes below which joining a piece to its neighbours is cheaper than handing it on. */
const smallPiece = 2048

/** Envoy's own limit for the body of a direct response, and what Envoy Gateway raises it to. */
const defaultDirectBody = 4096
const raisedDirectBody = 1_048_576

/** What the virtual hosts of one listener have in common. */
export interface VirtualHostFrame {
  readonly listener: string
  readonly isNameSchemeV2: boolean
  readonly metadata: ResourceMetadata
  readonly hasVirtualHostStats: boolean
}

/** An encoded route and whose it is. */
export interface LeafRoute {
  readonly host: string
  readonly id: string
  readonly bytes: Uint8Array
  readonly version: string
  /** Version of the bytes that are withdrawn, where these stand for them. */
  readonly withdrawn?: string
  readonly origins: readonly Origin[]
}

/** Consecutive routes of one host. */
interface Segment {
  readonly host: string
  /** Everything of the virtual host before and after its routes. */
  readonly head: Uint8Array
  readonly tail: Uint8Array
  /** Elements of `routes`. */
  readonly routes: Uint8Array
}

/** A stretch of virtual hosts whose first and last may go on in the neighbouring leaves. */
export interface RouteLeaf {
  readonly version: string
  readonly first: Segment
  /** Complete elements of `virtual_hosts` between first and last. */
  readonly middle: Uint8Array
  /** Absent when all routes are of one host. */
  readonly last: Segment | undefined
  readonly parts: readonly ResourcePart[]
}

/** The leaf of some routes; undefined for none. */
export function routeLeaf(frame: VirtualHostFrame, routes: readonly LeafRoute[]): RouteLeaf | undefined {
  const tailOf = tails(frame)
  const segments = segmentsOf(frame, tailOf, routes)
  const [first] = segments
  if (first === undefined) return undefined
  const last = segments.length > 1 ? segments.at(-1) : undefined
  return {
    // What stands around the routes of a host follows from the host and from what it is for any other one.
    version: contentVersion(
      [
        contentVersion(joinBytes([headOf(frame, "*"), tailOf("*")])),
        ...routes.map(({ host, version }) => `${host} ${version}`),
      ].join("\n"),
    ),
    first,
    middle: joinBytes(segments.slice(1, -1).flatMap((segment) => virtualHost(segment, [segment.routes]))),
    last,
    parts: routes.map(({ id, version, withdrawn, origins }) => ({
      name: id,
      version,
      ...(withdrawn === undefined ? {} : { withdrawn }),
      origins,
    })),
  }
}

function segmentsOf(
  frame: VirtualHostFrame,
  tailOf: (host: string) => Uint8Array,
  routes: readonly LeafRoute[],
): readonly Segment[] {
  const segments: Segment[] = []
  for (let from = 0; from < routes.length; ) {
    const host = routes[from]?.host ?? ""
    let to = from + 1
    while (to < routes.length && routes[to]?.host === host) to++
    segments.push({
      host,
      head: headOf(frame, host),
      tail: tailOf(host),
      routes: elements(
        routesField,
        routes.slice(from, to).map(({ bytes }) => bytes),
      ),
    })
    from = to
  }
  return segments
}

/** Name and domain stand before the routes: the order of a message encoded at once. */
function headOf(frame: VirtualHostFrame, host: string): Uint8Array {
  return encode(VirtualHostSchema, {
    name: virtualHostName(frame.listener, host, frame.isNameSchemeV2),
    domains: [host],
  })
}

/** All other fields stand behind the routes; the same for all hosts unless each has a virtual cluster. */
function tails(frame: VirtualHostFrame): (host: string) => Uint8Array {
  const metadata = resourceMetadata(frame.metadata)
  const tailOf = (host: string): Uint8Array =>
    encode(VirtualHostSchema, {
      ...(metadata === undefined ? {} : { metadata }),
      ...(frame.hasVirtualHostStats ? { virtualClusters: [virtualCluster(host)] } : {}),
    })
  if (frame.hasVirtualHostStats) return tailOf
  const tail = tailOf("*")
  return () => tail
}

function virtualCluster(
  host: string,
): NonNullable<Parameters<typeof encode<typeof VirtualHostSchema>>[1]["virtualClusters"]>[number] {
  return {
    name: host.replaceAll(".", "_"),
    headers: [
      {
        name: ":authority",
        headerMatchSpecifier: {
          case: "stringMatch",
          value: { matchPattern: { case: "prefix", value: host } },
        },
      },
    ],
  }
}

function virtualHost({ head, tail }: Segment, bodies: readonly Uint8Array[]): readonly Uint8Array[] {
  let length = head.length + tail.length
  for (const body of bodies) length += body.length
  return [elementHead(virtualHostsField, length), head, ...bodies, tail]
}

/** The whole configuration in pieces, and its version, which is composed from those of the leaves. */
export function routeConfiguration(
  name: string,
  leaves: readonly RouteLeaf[],
  directBodyBytes: number,
): { readonly pieces: readonly Uint8Array[]; readonly version: string } {
  const head = encode(RouteConfigurationSchema, { name })
  const tail = encode(RouteConfigurationSchema, {
    ignorePortInHostMatching: true,
    ...(directBodyBytes > defaultDirectBody
      ? { maxDirectResponseBodySizeBytes: Math.max(directBodyBytes, raisedDirectBody) }
      : {}),
  })
  const pieces: Uint8Array[] = [head]
  let open: { readonly segment: Segment; readonly bodies: Uint8Array[] } | undefined
  const close = (): void => {
    if (open !== undefined) pieces.push(...virtualHost(open.segment, open.bodies))
    open = undefined
  }
  const put = (segment: Segment): void => {
    if (open !== undefined && isSameHost(open.segment, segment)) open.bodies.push(segment.routes)
    else {
      close()
      open = { segment, bodies: [segment.routes] }
    }
  }
  for (const { first, middle, last } of leaves) {
    put(first)
    if (last === undefined) continue
    close()
    pieces.push(middle)
    put(last)
  }
  close()
  pieces.push(tail)
  const version = contentVersion(
    [contentVersion(joinBytes([head, tail])), ...leaves.map((leaf) => leaf.version)].join("\n"),
  )
  return { pieces: withoutSmallOnes(pieces), version }
}

/** Small pieces in a row as one: each piece costs something where it is sent. */
function withoutSmallOnes(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const out: Uint8Array[] = []
  let small: Uint8Array[] = []
  const flush = (): void => {
    if (small.length > 0) out.push(small.length === 1 ? (small[0] as Uint8Array) : joinBytes(small))
    small = []
  }
  for (const piece of pieces) {
    if (piece.length < smallPiece) small.push(piece)
    else {
      flush()
      out.push(piece)
    }
  }
  flush()
  return out
}

/** Two listeners of one port may have the same host; under scheme v1 their virtual hosts have different names. */
function isSameHost(a: Segment, b: Segment): boolean {
  return a.host === b.host && Buffer.compare(a.head, b.head) === 0
}
