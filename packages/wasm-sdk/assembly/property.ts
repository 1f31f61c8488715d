// @ts-nocheck: editors know neither the compiler's decorators nor its runtime.
import { proxy_get_property, proxy_set_property } from "./abi"
import { begin, end, ok, putByte, putBytes, putText, resultAt, resultBytes, resultSize, resultText, roomFor, words } from "./memory"

function roomForPath(path: string[]): usize {
  let room: usize = 0
  for (let i = 0; i < path.length; i++) room += roomFor(changetype<usize>(path[i])) + 1
  return room
}

function putPath(path: string[]): usize {
  const at = end()
  for (let i = 0; i < path.length; i++) {
    if (i > 0) putByte(0)
    putText(changetype<usize>(path[i]))
  }
  return at
}

function find(path: string[]): bool {
  begin(roomForPath(path))
  const at = putPath(path)
  return ok(proxy_get_property(at, end() - at, words, words + 4))
}

/**
 * Envoy's attributes, by path: `["request", "path"]`, `["source", "address"]`, `["xds", "route_name"]`,
 * `["metadata", "filter_metadata", "my.namespace", "key"]`.
 *
 * An absent attribute gives null or the stated default. Attributes made of request headers follow the availability of the
 * header map.
 */
export namespace Property {
  /** Value as text, or null when absent. */
  export function text(path: string[]): string | null {
    return find(path) ? resultText() : null
  }

  /** Value as bytes; messages come as protobuf. */
  export function bytes(path: string[]): Uint8Array | null {
    return find(path) ? resultBytes() : null
  }

  /** Value of an integer; durations and timestamps are nanoseconds. */
  export function int(path: string[], absent: i64 = 0): i64 {
    return find(path) && resultSize() == 8 ? load<i64>(resultAt()) : absent
  }

  /** Value of a floating point number; numbers in metadata are of this kind. */
  export function float(path: string[], absent: f64 = 0): f64 {
    return find(path) && resultSize() == 8 ? load<f64>(resultAt()) : absent
  }

  export function bool(path: string[], absent: boolean = false): boolean {
    return find(path) && resultSize() == 1 ? load<u8>(resultAt()) != 0 : absent
  }

  /**
   * Stores text in the stream's filter state under `wasm.` and the name; other filters and the access log can read it.
   * A name of one segment, or it cannot be read back.
   */
  export function set(name: string, value: string): boolean {
    begin(roomFor(changetype<usize>(name)) + roomFor(changetype<usize>(value)))
    const key = putText(changetype<usize>(name))
    const at = putText(changetype<usize>(value))
    return ok(proxy_set_property(key, at - key, at, end() - at))
  }

  export function setBytes(name: string, value: Uint8Array): boolean {
    begin(roomFor(changetype<usize>(name)) + value.length)
    const key = putText(changetype<usize>(name))
    const at = putBytes(value)
    return ok(proxy_set_property(key, at - key, at, end() - at))
  }
}
