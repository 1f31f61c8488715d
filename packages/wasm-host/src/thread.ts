import { FailState } from "./abi/status.ts"
import type { Cluster } from "./clusters.ts"
import type { Code } from "./code.ts"
import type { RootContext } from "./context.ts"
import type { Plugin } from "./plugin.ts"
import type { ProxyProcess } from "./process.ts"
import type { PropertySource } from "./properties.ts"
import { createRootContext, createVmContext } from "./root-context.ts"
import { createVm, type Vm } from "./vm.ts"

/** A VM with the root of the plugin. */
export interface PluginVm {
  readonly vm: Vm
  readonly root: RootContext
  /** Whether the start-up callbacks let the plugin be. A trap in the creation of the root does not count. */
  readonly isAccepted: boolean
}

/** What every VM of a proxy is made from. */
export interface VmSource {
  readonly process: ProxyProcess
  readonly code: Code
  readonly plugin: Plugin
  readonly clusters: ReadonlyMap<string, Cluster>
  facts(): PropertySource
}

/** An instance without a plugin: the base VM, or the first step of every other. */
export function instantiate(source: VmSource): Vm {
  return createVm({
    process: source.process,
    code: source.code,
    vmContext: createVmContext(),
    clusters: source.clusters,
    plugin: source.plugin,
  })
}

/** Creates the root and runs the start-up callbacks: context create, VM start, configure. A refusal sets the VM's fail state. */
export function startPlugin(source: VmSource, vm: Vm): PluginVm {
  const { plugin, process } = source
  const root = createRootContext(vm, plugin, source.facts)
  const refuse = (state: FailState, text: string): PluginVm => {
    vm.failState = state
    process.log.write("error", `Wasm VM failed ${text}`)
    return { vm, root, isAccepted: false }
  }
  root.configurationVisible = true
  vm.call("proxy_on_context_create", root, [root.id, 0])
  root.configurationVisible = false
  vm.runDeferred()
  // A VM that trapped above is asked all the same, as Envoy does; not so for its configuration.
  if (!accept(vm, "proxy_on_vm_start", root, plugin.vmConfiguration.length))
    return refuse(FailState.StartFailed, "Failed to start base Wasm")
  root.configurationVisible = true
  const isConfigured =
    vm.failState !== FailState.Ok || accept(vm, "proxy_on_configure", root, plugin.configuration.length)
  root.configurationVisible = false
  if (!isConfigured) return refuse(FailState.ConfigureFailed, "Failed to configure base Wasm plugin")
  return { vm, root, isAccepted: true }
}

function accept(vm: Vm, name: string, root: RootContext, size: number): boolean {
  if (!vm.has(name)) return true
  const result = vm.call(name, root, [root.id, size])
  vm.runDeferred()
  return result !== undefined && result !== 0
}

/** Ends a root: done, and delete unless the module wants to wait for `proxy_done`. A failed VM is not called. */
export function stopPlugin({ vm, root }: PluginVm): void {
  if (vm.failState === FailState.Ok) endRoot(vm, root)
  // What is under way ends with the root, after the module's last word.
  root.cancelTick()
  for (const cancel of root.httpCalls.values()) cancel()
  for (const call of [...root.grpcCalls.values()]) call.cancel()
  root.httpCalls.clear()
}

function endRoot(vm: Vm, root: RootContext): void {
  const result = vm.has("proxy_on_done") ? vm.call("proxy_on_done", root, [root.id]) : 1
  if (vm.failState === FailState.Ok && result !== 0) {
    vm.call("proxy_on_delete", root, [root.id])
    vm.contexts.delete(root.id)
  } else root.isDonePending = vm.failState === FailState.Ok
  vm.runDeferred()
}
