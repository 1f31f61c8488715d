import { levelNames, Status } from "../abi/status.ts"
import { decodeUtf8 } from "../byte-string.ts"
import { readWallClock } from "../process.ts"
import type { Vm } from "../vm.ts"

/** `proxy_log`. */
export function log(vm: Vm, level: number, address: number, size: number): number {
  const name = levelNames[level]
  if (name === undefined) return Status.BadArgument
  const bytes = vm.memory.read(address, size)
  if (bytes === undefined) return Status.InvalidMemoryAccess
  logMessage(vm, level, bytes)
  return Status.Ok
}

/** Logs a message of the module under its context's head. */
export function logMessage(vm: Vm, level: number, bytes: Uint8Array): void {
  const name = levelNames[level] ?? "info"
  if (vm.process.log.prints(name)) vm.log(name, `${vm.context().logPrefix}${decodeUtf8(bytes)}`)
}

/** `proxy_get_log_level`: the level of the logger `wasm`. */
export function getLogLevel(vm: Vm, levelAt: number): number {
  return vm.memory.writeU32(levelAt, vm.process.log.level) ? Status.Ok : Status.InvalidMemoryAccess
}

/** `proxy_get_current_time_nanoseconds`. */
export function getCurrentTime(vm: Vm, timeAt: number): number {
  return vm.memory.writeU64(timeAt, readWallClock(vm.process)) ? Status.Ok : Status.InvalidMemoryAccess
}
