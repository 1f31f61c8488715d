/**
 * A Proxy-Wasm guest that adds `x-guest: NAME` to every response, as bytes.
 *
 * Written by hand so that no compiler is needed: one memory, one import, and the exports that Envoy asks for.
 */
export function wasmGuest(name: string): Uint8Array {
  const key = "x-guest"
  const at = 16
  const types = [
    type([], []),
    type([i32], [i32]),
    type([i32, i32], [i32]),
    type([i32, i32], []),
    type([i32], []),
    type([i32, i32, i32, i32, i32], [i32]),
    type([i32, i32, i32], [i32]),
  ]
  // Source: Proxy-Wasm ABI 0.2.1; map 2 is that of response headers.
  const addHeader = [
    ...constant(2),
    ...constant(0),
    ...constant(key.length),
    ...constant(at),
    ...constant(name.length),
    0x10,
    0,
    0x1a,
  ]
  const functions: readonly (readonly [name: string, type: number, code: readonly number[]])[] = [
    ["proxy_abi_version_0_2_1", 0, []],
    ["_initialize", 0, []],
    ["proxy_on_memory_allocate", 1, constant(1024)],
    ["proxy_on_context_create", 3, []],
    ["proxy_on_vm_start", 2, constant(1)],
    ["proxy_on_configure", 2, constant(1)],
    ["proxy_on_response_headers", 6, [...addHeader, ...constant(0)]],
    ["proxy_on_done", 1, constant(1)],
    ["proxy_on_delete", 4, []],
  ]
  const imported = [...text("env"), ...text("proxy_add_header_map_value"), 0, 5]
  const exports = functions.map(([exported], i) => [...text(exported), 0, i + 1])
  const data = (offset: number, content: string) => [0, ...constant(offset), 0x0b, ...text(content)]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [imported]),
    ...section(
      3,
      functions.map(([, index]) => [index]),
    ),
    ...section(5, [[0, 1]]),
    ...section(7, [[...text("memory"), 2, 0], ...exports]),
    ...section(
      10,
      functions.map(([, , code]) => sized([0, ...code, 0x0b])),
    ),
    ...section(11, [data(0, key), data(at, name)]),
  ])
}

const i32 = 0x7f

function type(parameters: readonly number[], results: readonly number[]): readonly number[] {
  return [0x60, parameters.length, ...parameters, results.length, ...results]
}

function constant(value: number): readonly number[] {
  return [0x41, ...signed(value)]
}

function section(id: number, items: readonly (readonly number[])[]): readonly number[] {
  return [id, ...sized([...unsigned(items.length), ...items.flat()])]
}

function sized(bytes: readonly number[]): readonly number[] {
  return [...unsigned(bytes.length), ...bytes]
}

function text(value: string): readonly number[] {
  return sized([...Buffer.from(value)])
}

function unsigned(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

/** LEB128 of a number that is not negative. */
function signed(value: number): readonly number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >> 7)]
}
