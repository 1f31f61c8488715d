/**
 * The responses' envelope, written by hand around resources that are encoded already.
 *
 * A resource is encoded once, when it enters the snapshot, and a large state is joined once for all clients that get it: nothing
 * is built, encoded or copied again for each. Field numbers: `envoy.service.discovery.v3` of Envoy 1.40.
 */
import type { SnapshotResource } from "./snapshot.ts"

/** What a response holds besides its resources. */
export interface ResponseHead {
  readonly typeUrl: string
  readonly version: string
  readonly nonce: string
  /** `control_plane.identifier`; empty: left out. */
  readonly identifier: string
}

/** A response as bytes, in pieces. */
export interface EncodedResponse {
  readonly pieces: readonly Uint8Array[]
  /** Bytes that were made for this response; the others are shared with responses before. */
  readonly ownBytes: number
}

/** A `DiscoveryResponse`. */
export function encodeDiscoveryResponse(head: ResponseHead, resources: readonly SnapshotResource[]): EncodedResponse {
  const before = textField(1, head.version)
  const after = [textField(4, head.typeUrl), textField(5, head.nonce), controlPlane(6, head.identifier)]
  return join(before, resources, (r) => anyHead(head.typeUrl, r), after)
}

/** A `DeltaDiscoveryResponse`. */
export function encodeDeltaDiscoveryResponse(
  head: ResponseHead,
  resources: readonly SnapshotResource[],
  removed: readonly string[],
): EncodedResponse {
  const before = textField(1, head.version)
  const after = [
    textField(4, head.typeUrl),
    textField(5, head.nonce),
    ...removed.map((name) => repeatedText(6, name)),
    controlPlane(7, head.identifier),
  ]
  return join(before, resources, (r) => resourceHead(head.typeUrl, r), after)
}

interface Heads {
  typeUrl: string
  any?: Buffer
  resource?: Buffer
}

const heads = new WeakMap<SnapshotResource, Heads>()

function headsOf(typeUrl: string, resource: SnapshotResource): Heads {
  const known = heads.get(resource)
  if (known?.typeUrl === typeUrl) return known
  const made: Heads = { typeUrl }
  heads.set(resource, made)
  return made
}

/** Everything of one `resources` entry of a `DiscoveryResponse` that stands before the resource's bytes. */
function anyHead(typeUrl: string, resource: SnapshotResource): Buffer {
  const cache = headsOf(typeUrl, resource)
  if (cache.any === undefined) {
    const size = sizeOf(resource)
    const inner = anyStart(typeUrl, size)
    cache.any = Buffer.concat([lengthStart(2, inner.length + size), inner])
  }
  return cache.any
}

/** The same for a `DeltaDiscoveryResponse`: the Any comes last in the Resource, so that the bytes end both. */
function resourceHead(typeUrl: string, resource: SnapshotResource): Buffer {
  const cache = headsOf(typeUrl, resource)
  if (cache.resource === undefined) {
    const size = sizeOf(resource)
    const any = anyStart(typeUrl, size)
    const start = [textField(3, resource.name), textField(1, resource.version), lengthStart(2, any.length + size), any]
    const inner = Buffer.concat(start)
    cache.resource = Buffer.concat([lengthStart(2, inner.length + size), inner])
  }
  return cache.resource
}

function anyStart(typeUrl: string, length: number): Buffer {
  return Buffer.concat([textField(1, typeUrl), lengthStart(2, length)])
}

function join(
  before: Buffer,
  resources: readonly SnapshotResource[],
  headOf: (resource: SnapshotResource) => Buffer,
  after: readonly Buffer[],
): EncodedResponse {
  const size = resources.reduce((sum, resource) => sum + sizeOf(resource), 0)
  if (size < smallestShared) {
    const bytes = Buffer.concat([before, ...piecesOf(resources, headOf), ...after])
    return { pieces: [bytes], ownBytes: bytes.length }
  }
  const end = Buffer.concat(after)
  if (resources.length < fewestJoined) {
    // Large ones, whose bytes are there already: joining them would be megabytes of garbage at every change.
    return { pieces: [before, ...piecesOf(resources, headOf), end], ownBytes: before.length + end.length }
  }
  const { bytes, isNew } = sharedBody(resources, headOf)
  return { pieces: [before, bytes, end], ownBytes: before.length + end.length + (isNew ? bytes.length : 0) }
}

/** Heads and messages in turn. */
function piecesOf(
  resources: readonly SnapshotResource[],
  headOf: (resource: SnapshotResource) => Buffer,
): readonly Uint8Array[] {
  return resources.flatMap((resource) => [headOf(resource), ...(resource.pieces ?? [resource.bytes])])
}

function sizeOf(resource: SnapshotResource): number {
  return resource.pieces?.reduce((sum, { length }) => sum + length, 0) ?? resource.bytes.length
}

interface Body {
  readonly heads: readonly Buffer[]
  readonly bytes: Buffer
}

/** Below this, joining is cheaper than looking. */
const smallestShared = 16 * 1024
/** Fewer resources than this are sent as they are. */
const fewestJoined = 16
const keptBodies = 4
const bodies: Body[] = []

/**
 * Many clients in turn get the same large state: the newest few are joined once, and all clients are sent the same bytes.
 * Heads are unique to resource, type and variant.
 */
function sharedBody(
  resources: readonly SnapshotResource[],
  headOf: (resource: SnapshotResource) => Buffer,
): { readonly bytes: Buffer; readonly isNew: boolean } {
  const known = bodies.find(
    ({ heads }) => heads.length === resources.length && resources.every((r, n) => heads[n] === headOf(r)),
  )
  if (known !== undefined) return { bytes: known.bytes, isNew: false }
  const body = { heads: resources.map(headOf), bytes: Buffer.concat(piecesOf(resources, headOf)) }
  bodies.unshift(body)
  bodies.length = Math.min(bodies.length, keptBodies)
  return { bytes: body.bytes, isNew: true }
}

const empty = Buffer.alloc(0)

/** A singular string; the empty one is left out, as proto3 does. */
function textField(field: number, value: string): Buffer {
  return value === "" ? empty : repeatedText(field, value)
}

function repeatedText(field: number, value: string): Buffer {
  const bytes = Buffer.from(value, "utf8")
  return Buffer.concat([lengthStart(field, bytes.length), bytes])
}

function controlPlane(field: number, identifier: string): Buffer {
  if (identifier === "") return empty
  const inner = textField(1, identifier)
  return Buffer.concat([lengthStart(field, inner.length), inner])
}

/** Tag and length of a length-delimited field. */
function lengthStart(field: number, length: number): Buffer {
  const bytes = [field * 8 + 2]
  let rest = length
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
  return Buffer.from(bytes)
}
