/** One field of an encoded message with its value. */
export interface WireField {
  readonly no: number
  /** Value of a varint field, or the bits of a fixed one as an unsigned number; 0 for others. */
  readonly integer: bigint
  /** Content: of a length-delimited field what it holds, of a fixed one its bytes. */
  readonly start: number
  readonly end: number
}

/** The fields of the message encoded in `bytes[start..end)`, in wire order. For descriptors that ship with this package. */
export function* fieldsOf(bytes: Uint8Array, start: number, end: number): Generator<WireField> {
  let at = start
  const varint = (): bigint => {
    let result = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error("descriptor set ends within a number")
      result |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asIntN(64, result)
    }
  }
  while (at < end) {
    const tag = Number(varint())
    const no = tag >> 3
    const type = tag & 7
    if (type === 0) {
      const integer = varint()
      yield { no, integer, start: at, end: at }
    } else {
      const length = type === 2 ? Number(varint()) : type === 1 ? 8 : 4
      yield { no, integer: 0n, start: at, end: at + length }
      at += length
    }
  }
}
