import { FailState, Status } from "../abi/status.ts"
import type { Vm } from "../vm.ts"
import { readText } from "./headers.ts"

/** `proxy_get_shared_data`. */
export function getSharedData(
  vm: Vm,
  key: number,
  keySize: number,
  addressAt: number,
  sizeAt: number,
  casAt: number,
): number {
  const name = readText(vm, key, keySize)
  if (name === undefined) return Status.InvalidMemoryAccess
  const found = vm.process.shared.dataOf(vm.vmId).get(name)
  if (found === undefined) return Status.NotFound
  const status = vm.hand(found.value, addressAt, sizeAt)
  if (status !== Status.Ok) return status
  return vm.memory.writeU32(casAt, found.cas) ? Status.Ok : Status.InvalidMemoryAccess
}

/** `proxy_set_shared_data`. */
export function setSharedData(
  vm: Vm,
  key: number,
  keySize: number,
  value: number,
  valueSize: number,
  cas: number,
): number {
  const name = readText(vm, key, keySize)
  const bytes = vm.memory.read(value, valueSize)
  if (name === undefined || bytes === undefined) return Status.InvalidMemoryAccess
  return vm.process.shared.dataOf(vm.vmId).set(name, bytes, cas)
}

/** `proxy_register_shared_queue`: the root of the caller is told of new items. */
export function registerSharedQueue(vm: Vm, name: number, nameSize: number, tokenAt: number): number {
  const text = readText(vm, name, nameSize)
  if (text === undefined) return Status.InvalidMemoryAccess
  const root = vm.context().root
  const { queues } = vm.process.shared
  const token = queues.register(vm.vmId, text, () => {
    vm.process.loop.after(0, () => {
      // Told is the root of that number in the VM that is on the thread by now.
      let target = vm
      while (target.heir !== undefined) target = target.heir
      const told = target.roots.find(({ id }) => id === root?.id)
      if (told === undefined || target.failState !== FailState.Ok) return
      target.call("proxy_on_queue_ready", told, [told.id, token])
      target.runDeferred()
    })
  })
  return vm.memory.writeU32(tokenAt, token) ? Status.Ok : Status.InvalidMemoryAccess
}

/** `proxy_resolve_shared_queue`: an empty VM id means the own one. */
export function resolveSharedQueue(
  vm: Vm,
  vmId: number,
  vmIdSize: number,
  name: number,
  nameSize: number,
  tokenAt: number,
): number {
  const id = readText(vm, vmId, vmIdSize)
  const text = readText(vm, name, nameSize)
  if (id === undefined || text === undefined) return Status.InvalidMemoryAccess
  const token = vm.process.shared.queues.resolve(id === "" ? vm.vmId : id, text)
  if (token === undefined) return Status.NotFound
  return vm.memory.writeU32(tokenAt, token) ? Status.Ok : Status.InvalidMemoryAccess
}

/** `proxy_enqueue_shared_queue`. */
export function enqueueSharedQueue(vm: Vm, token: number, address: number, size: number): number {
  const bytes = vm.memory.read(address, size)
  if (bytes === undefined) return Status.InvalidMemoryAccess
  return vm.process.shared.queues.enqueue(token, bytes) ? Status.Ok : Status.NotFound
}

/** `proxy_dequeue_shared_queue`. */
export function dequeueSharedQueue(vm: Vm, token: number, addressAt: number, sizeAt: number): number {
  const item = vm.process.shared.queues.dequeue(token)
  if (item === undefined) return Status.NotFound
  return item === "empty" ? Status.Empty : vm.hand(item, addressAt, sizeAt)
}
