import { BufferId, Status } from "../abi/status.ts"
import { bufferBytes, writeBuffer } from "../buffer.ts"
import type { Vm } from "../vm.ts"

/** `proxy_get_buffer_bytes`: reads beyond the end are shortened. Nothing to read writes no result. */
export function getBufferBytes(
  vm: Vm,
  id: number,
  start: number,
  length: number,
  addressAt: number,
  sizeAt: number,
): number {
  if (id > BufferId.CallData) return Status.BadArgument
  const buffer = vm.context().buffer(id)
  if (buffer === undefined) return Status.NotFound
  return vm.hand(bufferBytes(buffer).slice(start, start + length), addressAt, sizeAt)
}

/** `proxy_get_buffer_status`: size, and flags 0. */
export function getBufferStatus(vm: Vm, id: number, lengthAt: number, flagsAt: number): number {
  if (id > BufferId.CallData) return Status.BadArgument
  const buffer = vm.context().buffer(id)
  if (buffer === undefined) return Status.NotFound
  const isWritten = vm.memory.writeU32(lengthAt, bufferBytes(buffer).length) && vm.memory.writeU32(flagsAt, 0)
  return isWritten ? Status.Ok : Status.InvalidMemoryAccess
}

/** `proxy_set_buffer_bytes`; see {@link writeBuffer} for what a start and length mean. */
export function setBufferBytes(
  vm: Vm,
  id: number,
  start: number,
  length: number,
  address: number,
  size: number,
): number {
  if (id > BufferId.CallData) return Status.BadArgument
  const buffer = vm.context().buffer(id)
  if (buffer === undefined) return Status.NotFound
  const bytes = vm.memory.read(address, size)
  return bytes === undefined ? Status.InvalidMemoryAccess : writeBuffer(buffer, start, length, bytes)
}

/** `proxy_get_configuration` of ABI 0.1.0. */
export function getConfiguration(vm: Vm, addressAt: number, sizeAt: number): number {
  const buffer = vm.context().buffer(BufferId.PluginConfiguration) ?? vm.context().buffer(BufferId.VmConfiguration)
  return vm.hand(buffer === undefined ? new Uint8Array(0) : bufferBytes(buffer), addressAt, sizeAt)
}
