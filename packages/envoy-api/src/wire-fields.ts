/**
 * One field of an encoded message.
 *
 * `value` is the number of a varint field (exact below 2^53), else 0. For length-delimited fields the content is
 * `bytes[start..end)`.
 */
export type FieldVisitor = (fieldNumber: number, value: number, start: number, end: number) => void

/**
 * Calls for each field of the message encoded in `bytes[start..end)`, in wire order, without copying.
 *
 * Made for descriptors that ship with this package: groups and broken input are plain errors.
 */
export function visitFields(bytes: Uint8Array, start: number, end: number, visit: FieldVisitor): void {
  let at = start
  const varint = (): number => {
    let result = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error("descriptor set ends within a number")
      result += (byte & 127) * scale
      if (byte < 128) return result
    }
  }
  while (at < end) {
    const tag = varint()
    const fieldNumber = Math.floor(tag / 8)
    switch (tag & 7) {
      case 0:
        visit(fieldNumber, varint(), at, at)
        break
      case 1:
        at += 8
        break
      case 2: {
        const length = varint()
        at += length
        if (at > end) throw new Error("descriptor set ends within a field")
        visit(fieldNumber, 0, at - length, at)
        break
      }
      case 5:
        at += 4
        break
      default:
        throw new Error(`descriptor set holds wire type ${tag & 7}`)
    }
  }
}

/** Whether the boolean field with this number is set in the message encoded in `bytes[start..end)`. */
export function flagAt(bytes: Uint8Array, start: number, end: number, fieldNumber: number): boolean {
  let flag = false
  visitFields(bytes, start, end, (no, value) => {
    if (no === fieldNumber) flag = value !== 0
  })
  return flag
}
