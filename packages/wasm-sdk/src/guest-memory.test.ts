// Runs a compiled guest with three host functions, to see what crosses the border and that nothing stays behind.
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { buildAssemblyScript } from "./build.ts"

interface Guest {
  readonly memory: { readonly buffer: ArrayBuffer }
  _initialize(): void
  proxy_on_memory_allocate(size: number): number
  proxy_on_context_create(id: number, parent: number): void
  proxy_on_request_headers(id: number, count: number, end: number): number
  proxy_on_delete(id: number): void
}
interface Instantiate {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: unknown } }>
}

let folder: string
let guest: Guest
let input: Uint8Array | undefined
let output: Uint8Array
let logged: string

function text(at: number, size: number): string {
  return Buffer.from(guest.memory.buffer, at, size).toString()
}

function give(bytes: Uint8Array, at: number, size: number): void {
  const address = bytes.length === 0 ? 0 : guest.proxy_on_memory_allocate(bytes.length)
  new Uint8Array(guest.memory.buffer, address).set(bytes)
  const view = new DataView(guest.memory.buffer)
  view.setUint32(at, address, true)
  view.setUint32(size, bytes.length, true)
}

const env = {
  proxy_log(_level: number, at: number, size: number) {
    logged = text(at, size)
    return 0
  },
  proxy_get_property: () => 1,
  proxy_get_buffer_bytes: () => 1,
  proxy_get_header_map_value(_map: number, _key: number, _size: number, value: number, valueSize: number) {
    if (input === undefined) return 1
    give(input, value, valueSize)
    return 0
  },
  proxy_replace_header_map_value(_map: number, _key: number, _size: number, value: number, valueSize: number) {
    output = new Uint8Array(guest.memory.buffer.slice(value, value + valueSize))
    return 0
  },
}

async function instantiate(bytes: Uint8Array): Promise<Guest> {
  const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Instantiate }
  return (await wasm.instantiate(bytes, { env })).instance.exports as Guest
}

function request(id: number, value: Uint8Array): Uint8Array {
  input = value
  guest.proxy_on_context_create(id, 1)
  guest.proxy_on_request_headers(id, 1, 1)
  guest.proxy_on_delete(id)
  return output
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wasm-sdk-"))
  const entry = join(import.meta.dirname, "../testdata/assembly/copy-header.ts")
  const built = await buildAssemblyScript(entry, join(folder, "copy.wasm"))
  if (!built.ok) throw new Error(JSON.stringify(built.findings))
  guest = await instantiate(built.bytes)
  guest._initialize()
  guest.proxy_on_context_create(1, 0)
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

describe("text between host and guest", () => {
  it("passes well-formed text unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(Buffer.from(request(2, Buffer.from(value))).toString()).toBe(Buffer.from(value).toString())
      }),
    )
  })

  it("reads ill-formed UTF-8 as browsers do", () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .array(fc.constantFrom(0x2f, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0xf0, 0x90, 0xf4, 0x8f, 0xff))
        .map((b) => Uint8Array.from(b)),
    )
    fc.assert(
      fc.property(bytes, (value) => {
        expect(Buffer.from(request(2, value)).toString()).toBe(decoder.decode(value))
      }),
      { numRuns: 2000 },
    )
  })

  it("keeps memory flat over many streams and gives large blocks back", () => {
    request(2, new Uint8Array(300_000).fill(0x61))
    for (let id = 2; id < 2000; id++) request(id, new Uint8Array(3000).fill(0x62))
    const before = guest.memory.buffer.byteLength
    for (let id = 2000; id < 60_000; id++) request(id, new Uint8Array(3000).fill(0x62))
    expect(guest.memory.buffer.byteLength).toBe(before)
    expect(before).toBeLessThan(4 * 1024 * 1024)
  })

  it("says where it aborted", () => {
    guest.proxy_on_context_create(90_000, 1)
    input = undefined
    expect(() => guest.proxy_on_request_headers(90_000, 1, 1)).toThrow("unreachable")
    expect(logged).toBe("abort: x-in is absent (copy-header.ts:6:25)")
  })
})
