import { Status } from "./abi/status.ts"

/** A value and the number that a conditional write must name. */
export interface SharedValue {
  readonly value: Uint8Array
  readonly cas: number
}

/** Key-value store of one VM id, seen by every VM with that id. */
export interface SharedData {
  get(key: string): SharedValue | undefined
  /** @param cas 0 always wins; another number must be the stored one, unless the key is absent */
  set(key: string, value: Uint8Array, cas: number): Status
  readonly size: number
}

/** An empty store. Numbers come from one counter for the whole store, from 1. Source: proxy-wasm-cpp-host `shared_data.cc`. @param keep told how many bytes more are kept, or fewer */
export function createSharedData(keep: (bytes: number) => void): SharedData {
  const values = new Map<string, SharedValue>()
  let last = 0
  return {
    get: (key) => values.get(key),
    set: (key, value, cas) => {
      const old = values.get(key)
      if (old !== undefined && cas !== 0 && cas !== old.cas) return Status.CasMismatch
      keep(value.length - (old === undefined ? -key.length : old.value.length))
      last = last >= 0xffffffff ? 1 : last + 1
      values.set(key, { value, cas: last })
      return Status.Ok
    },
    get size() {
      return values.size
    },
  }
}
