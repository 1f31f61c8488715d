/**
 * The responses' envelope, written by hand around resources that are encoded already.
 *
 * A resource is encoded once, when it enters the snapshot, and a large state is joined once for all clients that get it: nothing
 * is built, encoded or copied again for each. Field numbers: `envoy.service.discovery.v3` of Envoy 1.40.
 */
import { bytesOf, type EntryForm, entryHead, joinEntries, lengthStart, sizeOf } from "./envelope-entries.ts"
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
  return join(before, resources, { typeUrl: head.typeUrl, isDelta: false }, Buffer.concat(after))
}

/** A `DeltaDiscoveryResponse`. @param absent names whose resources have no content */
export function encodeDeltaDiscoveryResponse(
  head: ResponseHead,
  resources: readonly SnapshotResource[],
  removed: readonly string[],
  absent: readonly string[] = [],
): EncodedResponse {
  const before = textField(1, head.version)
  const after = [
    ...absent.map((name) => message(2, Buffer.concat([textField(3, name), repeatedText(4, name)]))),
    textField(4, head.typeUrl),
    textField(5, head.nonce),
    ...removed.map((name) => repeatedText(6, name)),
    controlPlane(7, head.identifier),
  ]
  return join(before, resources, { typeUrl: head.typeUrl, isDelta: true }, Buffer.concat(after))
}

/** Below this, joining is cheaper than looking. */
const smallestShared = 16 * 1024
/** Fewer resources than this are sent as they are. */
const fewestJoined = 16

function join(before: Buffer, resources: readonly SnapshotResource[], form: EntryForm, after: Buffer): EncodedResponse {
  const size = resources.reduce((sum, resource) => sum + sizeOf(resource), 0)
  if (size < smallestShared) {
    const bytes = Buffer.concat([before, joinEntries(resources, form), after])
    return { pieces: [bytes], ownBytes: bytes.length }
  }
  if (resources.length < fewestJoined) {
    // Large ones, whose bytes are there already: joining them would be megabytes of garbage at every change.
    const heads = resources.map((resource) => entryHead(resource, form))
    const entries = resources.flatMap((resource, n) => [heads[n] as Buffer, ...bytesOf(resource)])
    const own = heads.reduce((sum, { length }) => sum + length, before.length + after.length)
    return { pieces: [before, ...entries, after], ownBytes: own }
  }
  const { bytes, isNew } = sharedBody(resources, form)
  return { pieces: [before, bytes, after], ownBytes: before.length + after.length + (isNew ? bytes.length : 0) }
}

interface Body extends EntryForm {
  readonly resources: readonly SnapshotResource[]
  readonly bytes: Buffer
}

const keptBodies = 4
const bodies: Body[] = []

/** Many clients in turn get the same large state: the newest few are joined once, and all clients are sent the same bytes. */
function sharedBody(
  resources: readonly SnapshotResource[],
  form: EntryForm,
): { readonly bytes: Buffer; readonly isNew: boolean } {
  const known = bodies.find(
    (body) => body.typeUrl === form.typeUrl && body.isDelta === form.isDelta && isSameList(body.resources, resources),
  )
  if (known !== undefined) return { bytes: known.bytes, isNew: false }
  const bytes = joinEntries(resources, form)
  bodies.unshift({ ...form, resources, bytes })
  bodies.length = Math.min(bodies.length, keptBodies)
  return { bytes, isNew: true }
}

function isSameList(a: readonly SnapshotResource[], b: readonly SnapshotResource[]): boolean {
  return a === b || (a.length === b.length && a.every((resource, n) => resource === b[n]))
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
  return message(field, textField(1, identifier))
}

function message(field: number, inner: Buffer): Buffer {
  return Buffer.concat([lengthStart(field, inner.length), inner])
}
