import { MapId, Status } from "../abi/status.ts"
import { fromBytes } from "../byte-string.ts"
import type { HeaderMap } from "../http/header-map.ts"
import { mistake } from "../mistakes.ts"
import { decodePairs, encodePairs } from "../pairs.ts"
import type { Vm } from "../vm.ts"

const isMap = (id: number): boolean => id <= MapId.CallResponseTrailers

/** A range of memory as a byte string; undefined when it is outside. */
export function readText(vm: Vm, address: number, size: number): string | undefined {
  const bytes = vm.memory.read(address, size)
  return bytes === undefined ? undefined : fromBytes(bytes)
}

/** `proxy_get_header_map_value`: the first value. An absent key is an empty value for ABI 0.1.0. */
export function getHeaderMapValue(
  vm: Vm,
  id: number,
  key: number,
  keySize: number,
  addressAt: number,
  sizeAt: number,
): number {
  if (!isMap(id)) return Status.BadArgument
  const name = readText(vm, key, keySize)
  if (name === undefined) return Status.InvalidMemoryAccess
  const context = vm.context()
  const map = context.map(id)
  const isOld = vm.code.abi === "0.1.0"
  if (map === undefined) {
    if (!context.inAccessLog) return outOfPhase(vm, id)
    return isOld ? vm.hand(new Uint8Array(0), addressAt, sizeAt) : Status.NotFound
  }
  const value = map.get(name)
  if (value === undefined) return isOld ? vm.hand(new Uint8Array(0), addressAt, sizeAt) : Status.NotFound
  return vm.hand(bytesOf(value), addressAt, sizeAt)
}

/** `proxy_get_header_map_pairs`: no map gives OK and nothing. */
export function getHeaderMapPairs(vm: Vm, id: number, addressAt: number, sizeAt: number): number {
  if (!isMap(id)) return Status.BadArgument
  return vm.hand(encodePairs(vm.context().map(id)?.pairs() ?? []), addressAt, sizeAt)
}

/** `proxy_get_header_map_size`: the sum of key and value bytes. */
export function getHeaderMapSize(vm: Vm, id: number, sizeAt: number): number {
  if (!isMap(id)) return Status.BadArgument
  const map = vm.context().mutableMap(id)
  if (map === undefined) return Status.BadArgument
  return vm.memory.writeU32(sizeAt, map.byteSize()) ? Status.Ok : Status.InvalidMemoryAccess
}

const mapNames = ["request headers", "request trailers", "response headers", "response trailers"] as const

/** BAD_ARGUMENT, with the reason Envoy keeps to itself. */
function outOfPhase(vm: Vm, id: number): number {
  const name = mapNames[id]
  if (name !== undefined) {
    const where = `${name} in ${vm.callback()}`
    vm.process.report(mistake("ATT_WASM_MAP_OUT_OF_PHASE", where, "answers BAD_ARGUMENT (2) and does not say why"))
  }
  return Status.BadArgument
}

function change(vm: Vm, id: number, act: (map: HeaderMap) => void): number {
  const context = vm.context()
  const map = context.mutableMap(id)
  if (map === undefined) return outOfPhase(vm, id)
  act(map)
  if (id === MapId.RequestHeaders) context.clearRouteCache()
  return Status.Ok
}

/** `proxy_add_header_map_value`. */
export function addHeaderMapValue(
  vm: Vm,
  id: number,
  key: number,
  keySize: number,
  value: number,
  valueSize: number,
): number {
  return setValue(vm, id, key, keySize, value, valueSize, (map, name, text) => map.add(name, text))
}

/** `proxy_replace_header_map_value`. */
export function replaceHeaderMapValue(
  vm: Vm,
  id: number,
  key: number,
  keySize: number,
  value: number,
  valueSize: number,
): number {
  return setValue(vm, id, key, keySize, value, valueSize, (map, name, text) => map.replace(name, text))
}

function setValue(
  vm: Vm,
  id: number,
  key: number,
  keySize: number,
  value: number,
  valueSize: number,
  act: (map: HeaderMap, name: string, text: string) => void,
): number {
  if (!isMap(id)) return Status.BadArgument
  const name = readText(vm, key, keySize)
  const text = readText(vm, value, valueSize)
  if (name === undefined || text === undefined) return Status.InvalidMemoryAccess
  return change(vm, id, (map) => act(map, name, text))
}

/** `proxy_remove_header_map_value`: an absent key is fine. */
export function removeHeaderMapValue(vm: Vm, id: number, key: number, keySize: number): number {
  if (!isMap(id)) return Status.BadArgument
  const name = readText(vm, key, keySize)
  return name === undefined ? Status.InvalidMemoryAccess : change(vm, id, (map) => map.remove(name))
}

/** `proxy_set_header_map_pairs`: removes every entry first, pseudo headers too. */
export function setHeaderMapPairs(vm: Vm, id: number, address: number, size: number): number {
  if (!isMap(id)) return Status.BadArgument
  const bytes = vm.memory.read(address, size)
  if (bytes === undefined) return Status.InvalidMemoryAccess
  return change(vm, id, (map) => {
    map.clear()
    for (const [name, value] of decodePairs(bytes)) map.add(name, value)
  })
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0))
}
