import { FailState, type LevelName } from "./abi/status.ts"
import type { Cluster } from "./clusters.ts"
import { type Code, loadCode } from "./code.ts"
import type { WasmHostCode } from "./codes.ts"
import { count } from "./metrics.ts"
import { type Mistake, mistake } from "./mistakes.ts"
import type { HostOptions, PluginInput } from "./options.ts"
import { type Plugin, sharesRoot, sharesVm } from "./plugin.ts"
import type { ProxyProcess } from "./process.ts"
import type { PropertySource } from "./properties.ts"
import { instantiate, type PluginVm, startPlugin, stopPlugin, type VmSource } from "./thread.ts"
import type { Vm } from "./vm.ts"
import { isVersion1, isWasm } from "./wasm/binary.ts"

/** How the start of a proxy went. */
export interface StartResult {
  readonly isStarted: boolean
  /** Envoy's reason for refusing the configuration. */
  readonly reason?: string
}

/** A worker thread: its plugins in the order of the chain, and when each was loaded. */
export interface Worker {
  readonly plugins: PluginVm[]
  readonly loadedMs: number[]
}

/** The threads of a proxy with the plugins' VMs on each. */
export interface Threads {
  /** For each plugin base VM, canary and main thread; then the workers. */
  start(): StartResult
  /** The worker that takes a connection; undefined before a successful start. */
  worker(connection: number): Worker | undefined
  /** A plugin for a new stream of a worker, reloaded where the policy says so; undefined when the stream passes without it. */
  pluginFor(worker: Worker, index: number): PluginVm | undefined
  /** Bytes of memory of all VMs that requests or timers reach. */
  memoryBytes(): number
  /** Ends the plugins on every thread, workers first. */
  stop(): void
}

/** A plugin of the chain with what it was made from. */
export interface ChainedPlugin {
  readonly plugin: Plugin
  readonly input: PluginInput
}

/** What the threads are made from. */
export interface ThreadsOptions {
  readonly options: HostOptions
  readonly process: ProxyProcess
  /** Plugins in the order in which requests meet them. */
  readonly chain: readonly ChainedPlugin[]
  readonly clusters: ReadonlyMap<string, Cluster>
  facts(plugin: Plugin): PropertySource
}

/** What starting each further thread's VM takes, in virtual time. */
const threadStartMs = 5

/** Threads that wait for their start. Source: proxy-wasm-cpp-host `createWasm`, `getOrCreateThreadLocalPlugin`; Envoy `PluginConfig`. */
export function createThreads({ options, process, chain, clusters, facts }: ThreadsOptions): Threads {
  const workers: Worker[] = []
  const main: Worker = { plugins: [], loadedMs: [] }
  const sources: VmSource[] = []
  let bases = 0
  let active = 0

  const log = (level: LevelName, text: string): void => process.log.write(level, text)
  const setActive = (delta: number): void => {
    active += delta
    process.stats.gauges.set("wasm.envoy.wasm.runtime.v8.active", BigInt(active))
    process.stats.gauges.set("wasm.wasm_vm_count", BigInt(active))
  }
  const created = (kind: "Base" | "Thread-Local"): void => {
    count(process.stats, "wasm.envoy.wasm.runtime.v8.created")
    setActive(1)
    log("debug", `${kind} Wasm created ${active} now active`)
  }
  const dropped = (): void => {
    setActive(-1)
    log("debug", `~Wasm ${active} remaining active`)
  }
  const createVm = (source: VmSource): Vm => {
    created("Thread-Local")
    return instantiate(source)
  }
  const startOn = (source: VmSource, vm: Vm): PluginVm =>
    vm.failState === FailState.Ok ? startPlugin(source, vm) : startlessRoot(source, vm)

  /** Puts a plugin on a thread: beside an equal one, into a VM of the same key, or into one of its own. */
  const load = (thread: Worker, index: number): void => {
    const source = sources[index]
    if (source === undefined) return
    const living = thread.plugins.filter(({ vm }) => vm.failState === FailState.Ok)
    const equal = living.find(({ root }) => sharesRoot(root.plugin, source.plugin))
    const vm = living.find(({ root }) => sharesVm(root.plugin, source.plugin))?.vm
    const old = thread.plugins[index]
    thread.plugins[index] = equal ?? startOn(source, vm ?? createVm(source))
    thread.loadedMs[index] = process.loop.now()
    if (old === undefined) return
    old.vm.heir = thread.plugins[index].vm
    if (thread.plugins.every((each) => each.vm !== old.vm)) dropped()
  }

  const unload = ({ plugins }: Worker): void => {
    for (const vm of new Set(plugins.map((each) => each.vm))) {
      const roots = new Set(plugins.filter((each) => each.vm === vm))
      for (const each of [...roots].reverse()) stopPlugin(each)
      dropped()
    }
    plugins.length = 0
  }

  const refuse = ({ plugin }: ChainedPlugin, code: WasmHostCode, why: string): StartResult => {
    process.report(refusal(code, why))
    log("trace", "Unable to create Wasm")
    log("critical", `Plugin ${plugin.name} failed to load`)
    if (!plugin.isLegacyFailOpen) log("critical", "Plugin configured to fail closed failed to load")
    stop()
    return { isStarted: false, reason: `Unable to create Wasm plugin ${plugin.name}` }
  }

  /** Base VM, canary and main thread of a plugin; a refusal, or nothing. */
  const introduce = (each: ChainedPlugin, index: number): StartResult | undefined => {
    const { plugin } = each
    const known = sources.find((source) => sharesVm(source.plugin, plugin))
    const code = known?.code ?? createBase(each)
    if ("isStarted" in code) return code
    const source: VmSource = { process, code, plugin, clusters, facts: () => facts(plugin) }
    sources[index] = source
    if (known === undefined) {
      const base = instantiate(source)
      if (base.failState !== FailState.Ok) {
        log("error", "Wasm VM failed Failed to initialize Wasm code")
        dropped()
        bases--
        const isLinked = code.linkError === undefined
        const kind = isLinked ? "ATT_WASM_START_REFUSED" : "ATT_WASM_DOES_NOT_LOAD"
        return refuse(each, kind, code.linkError?.text ?? "start-up code")
      }
    }
    let canary: PluginVm | undefined
    const hasCanary = sources.some((other, i) => i < index && sharesRoot(other.plugin, plugin))
    if (!hasCanary) {
      canary = startOn(source, createVm(source))
      dropped()
      if (!canary.isAccepted) {
        if (known === undefined) {
          bases--
          dropped()
        }
        return refuse(each, "ATT_WASM_START_REFUSED", "start-up callbacks")
      }
      stopQuietly(canary)
    }
    load(main, index)
    if (canary !== undefined) canary.vm.heir = main.plugins[index]?.vm
    return undefined
  }

  const createBase = (each: ChainedPlugin): Code | StartResult => {
    const { module } = each.input
    created("Base")
    bases++
    const code = loadCode(module, options.limits?.memoryPages)
    if (typeof code !== "string") return code
    log("error", `Wasm VM failed ${code}`)
    log("error", "Wasm VM failed Failed to load Wasm code")
    dropped()
    bases--
    const isModule = isWasm(module) && isVersion1(module)
    return refuse(each, !isModule || code.includes("corrupted") ? "ATT_WASM_NOT_WASM" : "ATT_WASM_DOES_NOT_LOAD", code)
  }

  const start = (): StartResult => {
    for (const [index, each] of chain.entries()) {
      const refused = checkInput(each) ?? introduce(each, index)
      if (refused !== undefined) return refused
    }
    for (let i = 0; i < Math.min(64, Math.max(1, options.workers ?? 1)); i++) {
      process.loop.spend(threadStartMs)
      const worker: Worker = { plugins: [], loadedMs: [] }
      for (const index of chain.keys()) load(worker, index)
      workers.push(worker)
    }
    return { isStarted: true }
  }

  const checkInput = ({ input }: ChainedPlugin): StartResult | undefined => {
    if (input.plugin?.failOpen === true && input.plugin.failurePolicy !== undefined)
      return { isStarted: false, reason: "only one of fail_open or failure_policy can be set" }
    if (input.module.length <= (options.limits?.moduleBytes ?? 64 * 1024 * 1024)) return undefined
    process.report(mistake("ATT_WASM_FILE_TOO_LARGE", "module", "loads it"))
    return { isStarted: false, reason: "the module is larger than the limit" }
  }

  const pluginFor = (worker: Worker, index: number): PluginVm | undefined => {
    const plugin = chain[index]?.plugin
    const own = worker.plugins[index]
    if (plugin === undefined || own === undefined || own.vm.failState === FailState.Ok) return own
    if (plugin.failurePolicy === "FAIL_RELOAD" && own.vm.failState === FailState.RuntimeError) {
      const waited = process.loop.now() - (worker.loadedMs[index] ?? 0)
      if (waited < (chain[index]?.input.plugin?.reloadBackoffMs ?? 1000))
        count(process.stats, `wasm.${plugin.name}.vm_reload_backoff`)
      else {
        load(worker, index)
        count(process.stats, `wasm.${plugin.name}.vm_reload_success`)
      }
    }
    const now = worker.plugins[index]
    return now?.vm.failState !== FailState.Ok && plugin.failurePolicy === "FAIL_OPEN" ? undefined : now
  }

  const stop = (): void => {
    for (const worker of workers.splice(0)) unload(worker)
    unload(main)
    for (; bases > 0; bases--) dropped()
  }

  return {
    start,
    worker: (connection) => workers[connection % workers.length],
    pluginFor,
    memoryBytes: () =>
      [...new Set([main, ...workers].flatMap(({ plugins }) => plugins.map(({ vm }) => vm)))].reduce(
        (sum, vm) => sum + vm.memory.size(),
        0,
      ),
    stop,
  }
}

function refusal(code: WasmHostCode, why: string): Mistake {
  const found = mistake(code, "module", "refuses its configuration, whatever the failure policy")
  return { ...found, message: `${found.message}: ${why}` }
}

/** The canary goes without a word: no done, no delete, and nothing it started goes on. */
function stopQuietly({ vm, root }: PluginVm): void {
  root.cancelTick()
  for (const cancel of root.httpCalls.values()) cancel()
  for (const call of [...root.grpcCalls.values()]) call.cancel()
  vm.contexts.clear()
  vm.failState = FailState.UnableToCloneVm
}

/** A root for a VM that failed before any root: streams then fail with it. */
function startlessRoot(source: VmSource, vm: Vm): PluginVm {
  const state = vm.failState
  const { root } = startPlugin(source, vm)
  vm.failState = state
  return { vm, root, isAccepted: false }
}
