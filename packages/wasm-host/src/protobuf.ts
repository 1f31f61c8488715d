import { createCursor } from "./wasm/binary.ts"

/** Fields of a message by number; the last value of a repeated one. */
export type Message = ReadonlyMap<number, number | Uint8Array>

/** The fields of a protobuf message; undefined when the bytes are not one. Knows no schema. */
export function readMessage(bytes: Uint8Array): Message | undefined {
  const fields = new Map<number, number | Uint8Array>()
  const c = createCursor(bytes)
  try {
    while (c.at < bytes.length) {
      const tag = varint(c)
      const field = Math.floor(tag / 8)
      const wire = tag % 8
      if (field === 0) return undefined
      if (wire === 0) fields.set(field, varint(c))
      else if (wire === 1 || wire === 5) {
        const start = c.at
        c.skip(wire === 1 ? 8 : 4)
        fields.set(field, bytes.slice(start, c.at))
      } else if (wire === 2) {
        const size = varint(c)
        const start = c.at
        c.skip(size)
        fields.set(field, bytes.slice(start, c.at))
      } else return undefined
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  return fields
}

function varint(c: { byte(): number }): number {
  let value = 0
  for (let shift = 0; shift < 70; shift += 7) {
    const b = c.byte()
    value += (b & 0x7f) * 2 ** shift
    if (b < 0x80) return value
  }
  throw new RangeError("number too long")
}

/** A varint. */
export function writeVarint(value: number): readonly number[] {
  const out: number[] = []
  let rest = value
  do {
    const part = rest % 128
    rest = Math.floor(rest / 128)
    out.push(rest > 0 ? part + 128 : part)
  } while (rest > 0)
  return out
}

/** A length-delimited field. */
export function writeField(field: number, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...writeVarint(field * 8 + 2), ...writeVarint(bytes.length), ...bytes])
}
