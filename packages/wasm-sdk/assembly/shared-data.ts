import { proxy_get_shared_data, proxy_set_shared_data } from "./abi"
import { Status } from "./enums"
import { begin, decodeText, end, lastStatus, ok, putBytes, putText, resultBytes, roomFor, words } from "./memory"

/** A stored value and the number of its latest change. */
export class SharedValue {
  constructor(public bytes: Uint8Array, public cas: u32) {}

  get text(): string {
    return decodeText(this.bytes.dataStart, this.bytes.length)
  }
}

/** A store shared by all threads of the process and all plugins with the same VM id. Nothing can be removed from it. */
export namespace SharedData {
  /** The value of a key, or null when it was never set. */
  export function get(key: string): SharedValue | null {
    begin(roomFor(changetype<usize>(key)))
    const at = putText(changetype<usize>(key))
    if (!ok(proxy_get_shared_data(at, end() - at, words, words + 4, words + 8))) return null
    return new SharedValue(resultBytes(), load<u32>(words, 8))
  }

  /**
   * Stores text.
   *
   * @param cas number of the value it was computed from; 0 overwrites in any case
   * @returns false with `lastStatus()` `CasMismatch` when another thread was faster
   */
  export function set(key: string, value: string, cas: u32 = 0): bool {
    begin(roomFor(changetype<usize>(key)) + roomFor(changetype<usize>(value)))
    const at = putText(changetype<usize>(key))
    const data = putText(changetype<usize>(value))
    return ok(proxy_set_shared_data(at, data - at, data, end() - data, cas))
  }

  export function setBytes(key: string, value: Uint8Array, cas: u32 = 0): bool {
    begin(roomFor(changetype<usize>(key)) + value.length)
    const at = putText(changetype<usize>(key))
    const data = putBytes(value)
    return ok(proxy_set_shared_data(at, data - at, data, end() - data, cas))
  }

  /** Replaces a value by a function of it, trying again while other threads interfere, at most `attempts` times. */
  export function update(key: string, next: (old: SharedValue | null) => string, attempts: i32 = 10): bool {
    for (let i = 0; i < attempts; i++) {
      const old = get(key)
      if (set(key, next(old), old === null ? 0 : old.cas)) return true
      if (lastStatus() != Status.CasMismatch) return false
    }
    return false
  }
}
