// The entries of a response's `resources`. States of thousands of resources are written at once, so no entry costs an object more than it must.
import type { SnapshotResource } from "./snapshot.ts"

/** How resources stand in a response: as an `Any`, or in a delta response as a `Resource` around one. */
export interface EntryForm {
  readonly typeUrl: string
  readonly isDelta: boolean
}

/** The bytes of a resource, in pieces. */
export function bytesOf(resource: SnapshotResource): readonly Uint8Array[] {
  // Where there are pieces, asking for the whole would join them.
  return resource.pieces ?? [resource.bytes]
}

/** Length of a resource's bytes. */
export function sizeOf(resource: SnapshotResource): number {
  return resource.pieces?.reduce((sum, { length }) => sum + length, 0) ?? resource.bytes.length
}

/** Everything of an entry that stands before the resource's bytes. */
export function entryHead(resource: SnapshotResource, form: EntryForm): Buffer {
  const lengths = lengthsOf(resource, form, Buffer.byteLength(form.typeUrl))
  const head = Buffer.allocUnsafe(lengths.head)
  writeHead(head, 0, resource, form, lengths)
  return head
}

/** All entries in one piece. */
export function joinEntries(resources: readonly SnapshotResource[], form: EntryForm): Buffer {
  const typeUrlLength = Buffer.byteLength(form.typeUrl)
  const lengths = resources.map((resource) => lengthsOf(resource, form, typeUrlLength))
  const out = Buffer.allocUnsafe(lengths.reduce((sum, { head, size }) => sum + head + size, 0))
  let at = 0
  for (const [n, resource] of resources.entries()) {
    at = writeHead(out, at, resource, form, lengths[n] as EntryLengths)
    for (const piece of bytesOf(resource)) {
      out.set(piece, at)
      at += piece.length
    }
  }
  return out
}

/** Lengths within an entry, in bytes; those of messages without their own tag and length. */
interface EntryLengths {
  readonly typeUrl: number
  readonly name: number
  readonly version: number
  /** The resource's bytes. */
  readonly size: number
  readonly any: number
  /** The `Any`, or the `Resource` around it. */
  readonly entry: number
  /** From the entry's tag up to the resource's bytes. */
  readonly head: number
}

function lengthsOf(resource: SnapshotResource, { isDelta }: EntryForm, typeUrl: number): EntryLengths {
  const size = sizeOf(resource)
  const any = textLength(typeUrl) + startLength(size) + size
  const name = isDelta ? Buffer.byteLength(resource.name) : 0
  const version = isDelta ? Buffer.byteLength(resource.version) : 0
  const entry = isDelta ? textLength(name) + textLength(version) + startLength(any) + any : any
  return { typeUrl, name, version, size, any, entry, head: startLength(entry) + entry - size }
}

/** The `Any` comes last in a `Resource`, so that the bytes end both. */
function writeHead(
  out: Buffer,
  start: number,
  resource: SnapshotResource,
  { typeUrl, isDelta }: EntryForm,
  lengths: EntryLengths,
): number {
  let at = writeStart(out, start, 2, lengths.entry)
  if (isDelta) {
    at = writeText(out, at, 3, resource.name, lengths.name)
    at = writeText(out, at, 1, resource.version, lengths.version)
    at = writeStart(out, at, 2, lengths.any)
  }
  at = writeText(out, at, 1, typeUrl, lengths.typeUrl)
  return writeStart(out, at, 2, lengths.size)
}

/** A singular string; the empty one is left out, as proto3 does. */
function writeText(out: Buffer, start: number, field: number, text: string, length: number): number {
  if (length === 0) return start
  const at = writeStart(out, start, field, length)
  out.write(text, at, length, "utf8")
  return at + length
}

function textLength(length: number): number {
  return length === 0 ? 0 : startLength(length) + length
}

/** Tag and length of a length-delimited field below 16. */
export function lengthStart(field: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(startLength(length))
  writeStart(bytes, 0, field, length)
  return bytes
}

function writeStart(out: Buffer, start: number, field: number, length: number): number {
  let at = start
  out[at++] = field * 8 + 2
  let rest = length
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) + 128
  out[at++] = rest
  return at
}

function startLength(length: number): number {
  let bytes = 2
  for (let rest = length; rest > 0x7f; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
