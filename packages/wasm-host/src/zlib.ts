import type { Zlib } from "./process.ts"

interface NodeZlib {
  deflateSync(bytes: Uint8Array): Uint8Array
  inflateSync(bytes: Uint8Array): Uint8Array
}

/** Node's zlib when this runs in Node; browsers have none that is synchronous. */
export function runtimeZlib(): Zlib | undefined {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } }
  const found = process?.getBuiltinModule?.("node:zlib") as NodeZlib | undefined
  if (found === undefined) return undefined
  return {
    deflate: (bytes) => new Uint8Array(found.deflateSync(bytes)),
    inflate: (bytes) => new Uint8Array(found.inflateSync(bytes)),
  }
}
