import { AttacheError } from "@attache/base"
import type { ByteStream } from "../archive/byte-reader.ts"

const headBytes = 8
const magic = [0x00, 0x61, 0x73, 0x6d] as const

/** Whether bytes begin as a Wasm module of version 1 does. Source: WebAssembly core specification, "Modules". */
export function isWasm(bytes: Uint8Array): boolean {
  return isWasmOfAnyVersion(bytes) && bytes[4] === 1 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0
}

/** Whether bytes begin as anything that calls itself Wasm: Envoy Gateway and Istio look no further. */
export function isWasmOfAnyVersion(bytes: Uint8Array): boolean {
  return bytes.length >= headBytes && magic.every((byte, at) => bytes[at] === byte)
}

/** Refuses what is no module. @param name what it is, for the message. Error: ATT_OCI_NOT_WASM. */
export function checkWasm(head: Uint8Array, name: string): void {
  if (isWasm(head)) return
  const isComponent = isWasmOfAnyVersion(head) && head[4] === 0x0d && head[6] === 1
  const reason = isComponent ? "it is a component, and Envoy loads modules" : whatItIs(head)
  throw new AttacheError("ATT_OCI_NOT_WASM", `${name} is no Wasm module: ${reason}`, { facts: { name } })
}

function whatItIs(head: Uint8Array): string {
  if (isWasmOfAnyVersion(head)) return "its version is not 1"
  if (head[0] === 0x1f && head[1] === 0x8b) return "it is compressed with gzip"
  if (head.length < headBytes) return `it has ${head.length} bytes`
  return "it does not begin with the four bytes of Wasm"
}

/** A module as it passes: bytes that are no Wasm are refused before any comes through. Error: ATT_OCI_NOT_WASM. */
export async function* checkedWasm(content: ByteStream, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Uint8Array | undefined = new Uint8Array()
  for await (const piece of content) {
    if (head === undefined) {
      yield piece
      continue
    }
    const begun: Uint8Array = head.length === 0 ? piece : Buffer.concat([head, piece])
    head = begun
    if (begun.length < headBytes) continue
    checkWasm(begun.subarray(0, headBytes), name)
    yield begun
    head = undefined
  }
  if (head !== undefined) checkWasm(head, name)
}
