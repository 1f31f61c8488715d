import { Status } from "../abi/status.ts"
import { readPath } from "../attribute.ts"
import { textOf } from "../byte-string.ts"
import type { Vm } from "../vm.ts"
import { readText } from "./headers.ts"

/** Segments of a property path, none for an empty one; one trailing NUL is harmless. */
export function pathSegments(path: string): readonly string[] {
  if (path === "") return []
  const segments = textOf(path).split("\0")
  return segments.length > 1 && segments.at(-1) === "" ? segments.slice(0, -1) : segments
}

/** `proxy_get_property`. */
export function getProperty(vm: Vm, path: number, pathSize: number, addressAt: number, sizeAt: number): number {
  const text = readText(vm, path, pathSize)
  if (text === undefined) return Status.InvalidMemoryAccess
  const context = vm.context()
  const value = readPath(pathSegments(text), (name) => context.attribute(name))
  return value instanceof Uint8Array ? vm.hand(value, addressAt, sizeAt) : value.status
}

/** `proxy_set_property`: stores under the whole path. */
export function setProperty(vm: Vm, path: number, pathSize: number, value: number, valueSize: number): number {
  const name = readText(vm, path, pathSize)
  const bytes = vm.memory.read(value, valueSize)
  if (name === undefined || bytes === undefined) return Status.InvalidMemoryAccess
  return vm.context().setProperty(textOf(name), bytes)
}
