// Joining encoded messages as whole elements of a repeated field: the same bytes as encoding all of them at once.

/** Key and length of an element of a length-delimited field. @param field number below 16 */
export function elementHead(field: number, length: number): Uint8Array {
  const head = [(field << 3) | 2]
  let rest = length
  while (rest >= 0x80) {
    head.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  head.push(rest)
  return Uint8Array.from(head)
}

/** Pieces one after the other. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const piece of pieces) length += piece.length
  // Every byte is written below, so none has to be cleared before; the buffer is nobody else's.
  const out = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

/** Messages as elements of a repeated field. */
export function elements(field: number, messages: readonly Uint8Array[]): Uint8Array {
  return joinBytes(messages.flatMap((message) => [elementHead(field, message.length), message]))
}
