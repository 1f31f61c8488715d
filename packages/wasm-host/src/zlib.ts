import type { Zlib } from "./process.ts"

interface NodeZlib {
  deflateSync(bytes: Uint8Array): Uint8Array
  inflateSync(bytes: Uint8Array, options: { maxOutputLength: number }): Uint8Array
}

/** A bomb is answered like rubbish; Envoy would hold all of it. */
const inflateLimit = 256 * 1024 * 1024

/** Node's zlib when this runs in Node; browsers have none that is synchronous. */
export function runtimeZlib(): Zlib | undefined {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } }
  const found = process?.getBuiltinModule?.("node:zlib") as NodeZlib | undefined
  if (found === undefined) return undefined
  return {
    deflate: (bytes) => new Uint8Array(found.deflateSync(bytes)),
    inflate: (bytes) => new Uint8Array(found.inflateSync(bytes, { maxOutputLength: inflateLimit })),
  }
}
