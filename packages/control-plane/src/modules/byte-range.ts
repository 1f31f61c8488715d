/** Part of some content, both ends included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * The part that a `Range` header asks for: one range of bytes; undefined where it asks for all, for several parts, or for
 * what cannot be read, which is answered with all. `none`: it asks for what is not there.
 *
 * Source: RFC 9110 section 14.
 *
 * @param size of the content, in bytes
 */
export function byteRangeOf(header: string | undefined, size: number): ByteRange | "none" | undefined {
  const [, first = "", last = ""] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "") ?? []
  if (first === "" && last === "") return undefined
  if (first === "") {
    const length = Math.min(Number(last), size)
    return length === 0 ? "none" : { first: size - length, last: size - 1 }
  }
  const [from, to] = [Number(first), last === "" ? size - 1 : Math.min(Number(last), size - 1)]
  if (last !== "" && Number(last) < from) return undefined
  return from >= size ? "none" : { first: from, last: to }
}
