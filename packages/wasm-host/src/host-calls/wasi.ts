import { joinBytes, utf8 } from "../byte-string.ts"
import { readMonotonicClock, readWallClock } from "../process.ts"
import type { Vm } from "../vm.ts"
import { logMessage } from "./logging.ts"

/** WASI's error numbers as far as the host gives them. */
export const Errno = {
  Success: 0,
  Access: 2,
  BadFile: 8,
  Exists: 20,
  Fault: 21,
  Invalid: 28,
  NoEntry: 44,
  NoSystemCall: 52,
  NotDirectory: 54,
  NotSupported: 58,
} as const

/** Most bytes `random_get` gives at once. */
export const randomLimit = 65536

const fault = (isWritten: boolean): number => (isWritten ? Errno.Success : Errno.Fault)
const isOutput = (fd: number): boolean => fd === 1 || fd === 2

/** `fd_write`: standard output logs at info, standard error at error; one line end at the end is dropped. */
export function fdWrite(vm: Vm, fd: number, vectors: number, count: number, writtenAt: number): number {
  if (!isOutput(fd)) return Errno.BadFile
  const parts: Uint8Array[] = []
  for (let i = 0; i < count; i++) {
    const address = vm.memory.readU32(vectors + i * 8)
    const size = vm.memory.readU32(vectors + i * 8 + 4)
    const bytes = address === undefined || size === undefined ? undefined : vm.memory.read(address, size)
    if (bytes === undefined) return Errno.Fault
    if (bytes.length > 0) parts.push(bytes)
  }
  const all = joinBytes(parts)
  if (all.length > 0) logMessage(vm, fd === 1 ? 2 : 4, all.at(-1) === 10 ? all.subarray(0, -1) : all)
  return fault(vm.memory.writeU32(writtenAt, all.length))
}

/** `fd_pwrite`: as `fd_write`, the offset is ignored. */
export function fdPwrite(
  vm: Vm,
  fd: number,
  vectors: number,
  count: number,
  _offset: bigint,
  writtenAt: number,
): number {
  return fdWrite(vm, fd, vectors, count, writtenAt)
}

/** `clock_time_get`: clocks 0 (wall) and 1 (monotonic). */
export function clockTimeGet(vm: Vm, clock: number, _precision: bigint, timeAt: number): number {
  if (clock > 1) return Errno.NotSupported
  return fault(vm.memory.writeU64(timeAt, clock === 0 ? readWallClock(vm.process) : readMonotonicClock(vm.process)))
}

/** `clock_res_get`: 1 ns. */
export function clockResGet(vm: Vm, clock: number, at: number): number {
  return clock > 1 ? Errno.NotSupported : fault(vm.memory.writeU64(at, 1n))
}

/** `random_get`: at most {@link randomLimit} bytes. */
export function randomGet(vm: Vm, address: number, size: number): number {
  if (size > randomLimit) return Errno.Invalid
  if (size === 0) return Errno.Success
  const bytes = new Uint8Array(size)
  vm.process.random.fill(bytes)
  return fault(vm.memory.write(address, bytes))
}

const variables = (vm: Vm): readonly Uint8Array[] => vm.environment.map(([name, value]) => utf8(`${name}=${value}\0`))

/** `environ_sizes_get`. */
export function environSizesGet(vm: Vm, countAt: number, sizeAt: number): number {
  const all = variables(vm)
  return fault(
    vm.memory.writeU32(countAt, all.length) &&
      vm.memory.writeU32(
        sizeAt,
        all.reduce((n, one) => n + one.length, 0),
      ),
  )
}

/** `environ_get`. */
export function environGet(vm: Vm, pointers: number, bytes: number): number {
  let at = bytes
  for (const [i, one] of variables(vm).entries()) {
    if (!vm.memory.writeU32(pointers + i * 4, at) || !vm.memory.write(at, one)) return Errno.Fault
    at += one.length
  }
  return Errno.Success
}

/** `args_sizes_get`: there are none. */
export function argsSizesGet(vm: Vm, countAt: number, sizeAt: number): number {
  return fault(vm.memory.writeU32(countAt, 0) && vm.memory.writeU32(sizeAt, 0))
}

/** `proc_exit`: leaves a line and goes on, as in Envoy. */
export function procExit(vm: Vm): undefined {
  vm.log("trace", "wasi_unstable proc_exit")
}

/** `poll_oneoff`: no events, at once; the Go runtime spins on it while it waits. */
export function pollOneoff(vm: Vm, _in: number, _out: number, _count: number, eventsAt: number): number {
  return fault(vm.memory.writeU32(eventsAt, 0))
}

/** `fd_fdstat_get`: 24 bytes, zero but for the right to write. A bad address goes unnoticed, as in Envoy. */
export function fdFdstatGet(vm: Vm, fd: number, at: number): number {
  if (!isOutput(fd)) return Errno.BadFile
  const stat = new Uint8Array(24)
  stat[8] = 64
  vm.memory.write(at, stat)
  return Errno.Success
}

/** A file call that does nothing, with a trace line. */
export function idle(name: string): (vm: Vm) => number {
  return (vm) => {
    vm.log("trace", `wasi_unstable ${name}`)
    return Errno.Success
  }
}

/** A call that only answers. */
export function answer(errno: number): () => number {
  return () => errno
}

/** A call that succeeds for standard output and standard error alone. */
export function onlyOutput(_vm: Vm, fd: number): number {
  return isOutput(fd) ? Errno.Success : Errno.BadFile
}

/** `fd_readdir`: there is nothing to list. */
export function fdReaddir(vm: Vm, _fd: number, _at: number, _size: number, _cookie: bigint, usedAt: number): number {
  return vm.memory.writeU32(usedAt, 0) ? Errno.Exists : Errno.Fault
}

/** `fd_tell`: at the start, for standard output and standard error. */
export function fdTell(vm: Vm, fd: number, at: number): number {
  return isOutput(fd) ? fault(vm.memory.writeU64(at, 0n)) : Errno.BadFile
}

/** Refuses, after it has written that nothing was done. */
function nothingDone(vm: Vm, ...counts: readonly number[]): number {
  return counts.every((at) => vm.memory.writeU32(at, 0)) ? Errno.NotSupported : Errno.Fault
}

/** `sock_accept`. */
export function sockAccept(vm: Vm, _fd: number, _flags: number, fdAt: number): number {
  return nothingDone(vm, fdAt)
}

/** `sock_recv`. */
export function sockRecv(vm: Vm, ...args: readonly number[]): number {
  return nothingDone(vm, args[4] ?? 0, args[5] ?? 0)
}

/** `sock_send`. */
export function sockSend(vm: Vm, ...args: readonly number[]): number {
  return nothingDone(vm, args[4] ?? 0)
}

/** `path_readlink`. */
export function pathReadlink(vm: Vm, ...args: readonly number[]): number {
  return nothingDone(vm, args[5] ?? 0)
}

/** `fd_renumber`. */
export function fdRenumber(_vm: Vm, from: number, to: number): number {
  return isOutput(from) && isOutput(to) ? Errno.NotSupported : Errno.BadFile
}
