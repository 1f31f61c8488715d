import type { SnapshotResource } from "./snapshot.ts"

const known = new WeakMap<SnapshotResource, string | null>()

/**
 * Name of the endpoints a cluster asks for by EDS; undefined for any other kind of cluster, and for bytes that are no
 * cluster.
 *
 * Reads three fields of the encoded message (`name`, `type`, `eds_cluster_config.service_name`) and decodes nothing
 * else; the answer is kept with the resource.
 */
export function endpointsOf(cluster: SnapshotResource): string | undefined {
  const cached = known.get(cluster)
  if (cached !== undefined) return cached ?? undefined
  const name = readEndpointsName(cluster.bytes)
  known.set(cluster, name ?? null)
  return name
}

const eds = 3

function readEndpointsName(bytes: Uint8Array): string | undefined {
  let name = ""
  let type = 0
  let serviceName = ""
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1 && field.bytes !== undefined) name = text(field.bytes)
    if (field.number === 2) type = field.value
    if (field.number === 3 && field.bytes !== undefined) {
      for (const inner of fieldsOf(field.bytes))
        if (inner.number === 2 && inner.bytes !== undefined) serviceName = text(inner.bytes)
    }
  }
  if (type !== eds) return undefined
  return serviceName === "" ? name : serviceName
}

interface Field {
  readonly number: number
  /** Of a varint; 0 for the other wire types. */
  readonly value: number
  /** Of a length-delimited field. */
  readonly bytes?: Uint8Array
}

/** Top-level fields of a message; ends quietly at the first thing that is not protobuf. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const at = { offset: 0 }
  while (at.offset < bytes.length) {
    const tag = varint(bytes, at)
    const number = Math.floor(tag / 8)
    const wire = tag % 8
    if (wire === 0) yield { number, value: varint(bytes, at) }
    else if (wire === 2) {
      const length = varint(bytes, at)
      if (at.offset + length > bytes.length) return
      yield { number, value: 0, bytes: bytes.subarray(at.offset, at.offset + length) }
      at.offset += length
    } else if (wire === 1) at.offset += 8
    else if (wire === 5) at.offset += 4
    else return
  }
}

function varint(bytes: Uint8Array, at: { offset: number }): number {
  let value = 0
  for (let scale = 1; at.offset < bytes.length; scale *= 128) {
    const byte = bytes[at.offset++] ?? 0
    value += (byte & 0x7f) * scale
    if (byte < 0x80) break
  }
  return value
}

const decoder = new TextDecoder()
const text = (bytes: Uint8Array): string => decoder.decode(bytes)
