// A compiled guest with three host functions, to see what crosses the border and that nothing stays behind.
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildAssemblyScript } from "../build.ts"

/** Exports of a guest that answers request headers. */
export interface GuestExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  _initialize(): void
  proxy_on_memory_allocate(size: number): number
  proxy_on_context_create(id: number, parent: number): void
  proxy_on_request_headers(id: number, count: number, end: number): number
  proxy_on_response_headers(id: number, count: number, end: number): number
  proxy_on_delete(id: number): void
}

/** A guest that reads the header `x-in` and sets another. */
export interface BareGuest {
  readonly exports: GuestExports
  /** Bytes of the header that the guest sets when `x-in` has this value; undefined: absent. */
  request(id: number, value: Uint8Array | undefined): Uint8Array
  /** Begins a stream with this value of `x-in`. */
  begin(id: number, value: Uint8Array | undefined): void
  /** Ends it after its response; bytes of the header that the guest sets meanwhile. */
  end(id: number): Uint8Array
  /** The latest log line. */
  logged(): string
}

interface Instantiate {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: unknown } }>
}

/** Compiles a guest of `testdata/assembly` and starts it. */
export async function startBareGuest(name: string): Promise<BareGuest> {
  const folder = await mkdtemp(join(tmpdir(), "wasm-sdk-"))
  const entry = join(import.meta.dirname, `../../testdata/assembly/${name}.ts`)
  const built = await buildAssemblyScript(entry, join(folder, "guest.wasm"))
  await rm(folder, { recursive: true })
  if (!built.ok) throw new Error(JSON.stringify(built.findings))
  return start(built.bytes)
}

async function start(bytes: Uint8Array): Promise<BareGuest> {
  let input: Uint8Array | undefined
  let output = new Uint8Array(0)
  let logged = ""
  const give = (given: Uint8Array, at: number, size: number): void => {
    const address = given.length === 0 ? 0 : guest.proxy_on_memory_allocate(given.length)
    new Uint8Array(guest.memory.buffer, address).set(given)
    const view = new DataView(guest.memory.buffer)
    view.setUint32(at, address, true)
    view.setUint32(size, given.length, true)
  }
  const env = {
    proxy_log(_level: number, at: number, size: number) {
      logged = Buffer.from(guest.memory.buffer, at, size).toString()
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
  const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Instantiate }
  const guest = (await wasm.instantiate(bytes, { env })).instance.exports as GuestExports
  const begin = (id: number, value: Uint8Array | undefined): void => {
    input = value
    guest.proxy_on_context_create(id, 1)
    guest.proxy_on_request_headers(id, 1, 1)
  }
  guest._initialize()
  guest.proxy_on_context_create(1, 0)
  return {
    exports: guest,
    request: (id, value) => {
      begin(id, value)
      guest.proxy_on_delete(id)
      return output
    },
    begin,
    end: (id) => {
      guest.proxy_on_response_headers(id, 1, 1)
      guest.proxy_on_delete(id)
      return output
    },
    logged: () => logged,
  }
}
