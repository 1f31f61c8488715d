import {
  proxy_add_header_map_value, proxy_get_header_map_pairs, proxy_get_header_map_value, proxy_remove_header_map_value,
  proxy_replace_header_map_value, proxy_set_header_map_pairs,
} from "./abi"
import {
  begin, decodeText, end, ok, putByte, putBytes, putSpace, putText, resultAt, resultBytes, resultSize,
  resultText, roomFor, words,
} from "./memory"

/** One header entry. Names are lower case when they come from Envoy. */
export class Header {
  constructor(public name: string, public value: string) {}
}

/** Bytes that {@link putHeaders} may need. */
export function roomForHeaders(headers: Header[]): usize {
  let room: usize = 4
  for (let i = 0; i < headers.length; i++) room += 10 + roomFor(changetype<usize>(headers[i].name)) + roomFor(changetype<usize>(headers[i].value))
  return room
}

/** Puts entries in the form of the ABI: count, sizes of names and values, then each followed by a zero byte. */
export function putHeaders(headers: Header[]): usize {
  const count = headers.length
  const at = putSpace(4 + ((count as usize) << 3))
  store<u32>(at, count)
  for (let i = 0; i < count; i++) {
    const sizes = at + 4 + ((i as usize) << 3)
    const name = putText(changetype<usize>(headers[i].name))
    store<u32>(sizes, (end() - name) as u32)
    putByte(0)
    const value = putText(changetype<usize>(headers[i].value))
    store<u32>(sizes, (end() - value) as u32, 4)
    putByte(0)
  }
  return at
}

/**
 * The headers or trailers of one direction, as Envoy holds them now.
 *
 * Reads answer null and writes false when the map is not available: Envoy offers request headers during their callback
 * and while the request is held there, and in `onLog`; the other maps likewise. `lastStatus()` then says `BadArgument`.
 */
// Unmanaged: there are eight of them, constants that cost nothing to hand around.
// @ts-ignore: decorator
@unmanaged
export class HeaderMap {
  private id: u32 = 0

  /** First value of a name, or null when absent. An empty value is "". */
  get(name: string): string | null {
    return findHeader(this.id, changetype<usize>(name)) ? resultText() : null
  }

  /** First value of a name as bytes, for values that are not UTF-8. */
  getBytes(name: string): Uint8Array | null {
    return findHeader(this.id, changetype<usize>(name)) ? resultBytes() : null
  }

  has(name: string): bool {
    return findHeader(this.id, changetype<usize>(name))
  }

  /** All values of a name in order; empty when absent. */
  getAll(name: string): string[] {
    const values: string[] = []
    begin(roomFor(changetype<usize>(name)))
    const wanted = putText(changetype<usize>(name))
    const size = end() - wanted
    for (let at = wanted; at < wanted + size; at++) {
      const byte = load<u8>(at)
      if (byte >= 0x41 && byte <= 0x5a) store<u8>(at, byte + 0x20)
    }
    if (!ok(proxy_get_header_map_pairs(this.id, words, words + 4)) || resultSize() < 4) return values
    const at = resultAt()
    const count = load<u32>(at) as usize
    let data = at + 4 + (count << 3)
    for (let i: usize = 0; i < count; i++) {
      const nameSize = load<u32>(at + 4 + (i << 3)) as usize
      const valueSize = load<u32>(at + 8 + (i << 3)) as usize
      if (nameSize == size && memory.compare(data, wanted, size) == 0) values.push(decodeText(data + nameSize + 1, valueSize))
      data += nameSize + valueSize + 2
    }
    return values
  }

  /** Makes this the only value of the name. */
  set(name: string, value: string): bool {
    begin(roomFor(changetype<usize>(name)) + roomFor(changetype<usize>(value)))
    const key = putText(changetype<usize>(name))
    const at = putText(changetype<usize>(value))
    return ok(proxy_replace_header_map_value(this.id, key, at - key, at, end() - at))
  }

  setBytes(name: string, value: Uint8Array): bool {
    begin(roomFor(changetype<usize>(name)) + value.length)
    const key = putText(changetype<usize>(name))
    const at = putBytes(value)
    return ok(proxy_replace_header_map_value(this.id, key, at - key, at, end() - at))
  }

  /** Adds an entry and keeps those that are there. */
  add(name: string, value: string): bool {
    begin(roomFor(changetype<usize>(name)) + roomFor(changetype<usize>(value)))
    const key = putText(changetype<usize>(name))
    const at = putText(changetype<usize>(value))
    return ok(proxy_add_header_map_value(this.id, key, at - key, at, end() - at))
  }

  /** Removes every value of a name; true also when there was none. */
  remove(name: string): bool {
    begin(roomFor(changetype<usize>(name)))
    const key = putText(changetype<usize>(name))
    return ok(proxy_remove_header_map_value(this.id, key, end() - key))
  }

  /** All entries, pseudo headers such as `:path` included; empty when the map is not available. */
  entries(): Header[] {
    const headers: Header[] = []
    if (!ok(proxy_get_header_map_pairs(this.id, words, words + 4)) || resultSize() < 4) return headers
    const at = resultAt()
    const count = load<u32>(at) as usize
    let data = at + 4 + (count << 3)
    for (let i: usize = 0; i < count; i++) {
      const nameSize = load<u32>(at + 4 + (i << 3)) as usize
      const valueSize = load<u32>(at + 8 + (i << 3)) as usize
      headers.push(new Header(decodeText(data, nameSize), decodeText(data + nameSize + 1, valueSize)))
      data += nameSize + valueSize + 2
    }
    return headers
  }

  /** Replaces all entries. Pseudo headers left out are gone: routing then fails. */
  replaceAll(headers: Header[]): bool {
    begin(roomForHeaders(headers))
    const at = putHeaders(headers)
    return ok(proxy_set_header_map_pairs(this.id, at, end() - at))
  }
}

/** Asks the host for the first value of a name; the result is in the first two words. */
export function findHeader(map: u32, name: usize): bool {
  begin(roomFor(name))
  const key = putText(name)
  return ok(proxy_get_header_map_value(map, key, end() - key, words, words + 4))
}

// @ts-ignore: decorator
@lazy export const requestHeaders: HeaderMap = changetype<HeaderMap>(memory.data<u32>([0]))
// @ts-ignore: decorator
@lazy export const requestTrailers: HeaderMap = changetype<HeaderMap>(memory.data<u32>([1]))
// @ts-ignore: decorator
@lazy export const responseHeaders: HeaderMap = changetype<HeaderMap>(memory.data<u32>([2]))
// @ts-ignore: decorator
@lazy export const responseTrailers: HeaderMap = changetype<HeaderMap>(memory.data<u32>([3]))
// @ts-ignore: decorator
@lazy export const grpcInitialMetadata: HeaderMap = changetype<HeaderMap>(memory.data<u32>([4]))
// @ts-ignore: decorator
@lazy export const grpcTrailingMetadata: HeaderMap = changetype<HeaderMap>(memory.data<u32>([5]))
// @ts-ignore: decorator
@lazy export const callHeaders: HeaderMap = changetype<HeaderMap>(memory.data<u32>([6]))
// @ts-ignore: decorator
@lazy export const callTrailers: HeaderMap = changetype<HeaderMap>(memory.data<u32>([7]))
