import type { WasmMemory } from "./engine.ts"

/** Reads and writes in a module's memory; addresses are checked, never trusted. */
export interface MemoryAccess {
  /** Size in bytes at the moment. */
  size(): number
  /** A copy of a range; undefined when it is not all inside the memory. */
  read(address: number, length: number): Uint8Array | undefined
  /** Whether the range was inside the memory and is written. */
  write(address: number, bytes: Uint8Array): boolean
  writeU32(address: number, value: number): boolean
  writeU64(address: number, value: bigint): boolean
  readU32(address: number): number | undefined
}

/** Access to a memory. Views are made anew for each call, as growth detaches them. Source: proxy-wasm-cpp-host `getMemory`. @param copied told how many bytes leave the memory */
export function createMemoryAccess(
  memory: () => WasmMemory | undefined,
  copied: (bytes: number) => void = () => {},
): MemoryAccess {
  const empty = new ArrayBuffer(0)
  const buffer = (): ArrayBuffer => memory()?.buffer ?? empty
  const fits = (address: number, length: number): boolean => address + length <= buffer().byteLength
  const write = (address: number, bytes: Uint8Array): boolean => {
    if (!fits(address, bytes.length)) return false
    new Uint8Array(buffer()).set(bytes, address)
    return true
  }
  return {
    size: () => buffer().byteLength,
    read: (address, length) => {
      if (!fits(address, length)) return undefined
      copied(length)
      return new Uint8Array(buffer()).slice(address, address + length)
    },
    write,
    writeU32: (address, value) => {
      if (!fits(address, 4)) return false
      new DataView(buffer()).setUint32(address, value >>> 0, true)
      return true
    },
    writeU64: (address, value) => {
      if (!fits(address, 8)) return false
      new DataView(buffer()).setBigUint64(address, BigInt.asUintN(64, value), true)
      return true
    },
    readU32: (address) => (fits(address, 4) ? new DataView(buffer()).getUint32(address, true) : undefined),
  }
}
