import { Status } from "../abi/status.ts"
import { textOf } from "../byte-string.ts"
import type { Vm } from "../vm.ts"
import { readText } from "./headers.ts"

/** `proxy_define_metric`: the metric exists also when the number cannot be written. */
export function defineMetric(vm: Vm, kind: number, name: number, nameSize: number, idAt: number): number {
  const text = readText(vm, name, nameSize)
  if (text === undefined) return Status.InvalidMemoryAccess
  const id = vm.metrics.define(kind, textOf(text))
  if (id === undefined) return Status.BadArgument
  return vm.memory.writeU32(idAt, id) ? Status.Ok : Status.InvalidMemoryAccess
}

/** `proxy_increment_metric`. @param delta as the module passed it, 64 bits */
export function incrementMetric(vm: Vm, id: number, delta: bigint): number {
  return vm.metrics.increment(id, BigInt.asIntN(64, delta))
}

/** `proxy_record_metric`. */
export function recordMetric(vm: Vm, id: number, value: bigint): number {
  return vm.metrics.record(id, value)
}

/** `proxy_get_metric`. */
export function getMetric(vm: Vm, id: number, valueAt: number): number {
  const value = vm.metrics.get(id)
  if (typeof value !== "bigint") return value.status
  return vm.memory.writeU64(valueAt, value) ? Status.Ok : Status.InvalidMemoryAccess
}
