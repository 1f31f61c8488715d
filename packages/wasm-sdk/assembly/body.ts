import { proxy_get_buffer_bytes, proxy_get_buffer_status, proxy_set_buffer_bytes } from "./abi"
import { begin, end, ok, putText, resultBytes, resultText, roomFor, words } from "./memory"

const toTheEnd: u32 = u32.MAX_VALUE

/**
 * The body bytes that Envoy shows now: one chunk, or everything kept while the direction is paused.
 *
 * Readable and writable in the body callback and while held in it. Envoy does not correct `content-length`: remove it in
 * the headers callback before changing a body.
 */
// Unmanaged, as header maps are.
// @ts-ignore: decorator
@unmanaged
export class Body {
  private id: u32 = 0

  /** Bytes available now. */
  get size(): u32 {
    return ok(proxy_get_buffer_status(this.id, words, words + 4)) ? load<u32>(words) : 0
  }

  /** Bytes from `start`, at most `length`; empty when there are none. */
  bytes(start: u32 = 0, length: u32 = toTheEnd): Uint8Array {
    return this.read(start, length) ? resultBytes() : new Uint8Array(0)
  }

  /** The same as UTF-8 text. */
  text(start: u32 = 0, length: u32 = toTheEnd): string {
    return this.read(start, length) ? resultText() : ""
  }

  /** Puts other content in place of all bytes. */
  replace(text: string): bool {
    return this.write(0, toTheEnd, text)
  }
  replaceBytes(bytes: Uint8Array): bool {
    return this.writeBytes(0, toTheEnd, bytes)
  }

  prepend(text: string): bool {
    return this.write(0, 0, text)
  }
  prependBytes(bytes: Uint8Array): bool {
    return this.writeBytes(0, 0, bytes)
  }

  append(text: string): bool {
    return this.write(toTheEnd, 0, text)
  }
  appendBytes(bytes: Uint8Array): bool {
    return this.writeBytes(toTheEnd, 0, bytes)
  }

  private read(start: u32, length: u32): bool {
    return ok(proxy_get_buffer_bytes(this.id, start, length, words, words + 4))
  }

  private write(start: u32, length: u32, text: string): bool {
    begin(roomFor(changetype<usize>(text)))
    const at = putText(changetype<usize>(text))
    return ok(proxy_set_buffer_bytes(this.id, start, length, at, end() - at))
  }

  private writeBytes(start: u32, length: u32, bytes: Uint8Array): bool {
    return ok(proxy_set_buffer_bytes(this.id, start, length, bytes.dataStart, bytes.length))
  }
}

// @ts-ignore: decorator
@lazy export const requestBody: Body = changetype<Body>(memory.data<u32>([0]))
// @ts-ignore: decorator
@lazy export const responseBody: Body = changetype<Body>(memory.data<u32>([1]))
// @ts-ignore: decorator
@lazy export const downstreamData: Body = changetype<Body>(memory.data<u32>([2]))
// @ts-ignore: decorator
@lazy export const upstreamData: Body = changetype<Body>(memory.data<u32>([3]))
// @ts-ignore: decorator
@lazy export const callBody: Body = changetype<Body>(memory.data<u32>([4]))
// @ts-ignore: decorator
@lazy export const grpcMessage: Body = changetype<Body>(memory.data<u32>([5]))
