import { FailState, type LevelName } from "./abi/status.ts"
import type { Cluster } from "./clusters.ts"
import { loadCode } from "./code.ts"
import type { WasmHostCode } from "./codes.ts"
import { count } from "./metrics.ts"
import { type Mistake, mistake } from "./mistakes.ts"
import type { HostOptions } from "./options.ts"
import type { Plugin } from "./plugin.ts"
import type { ProxyProcess } from "./process.ts"
import type { PropertySource } from "./properties.ts"
import { instantiate, type PluginVm, startPlugin, stopPlugin, type VmSource } from "./thread.ts"
import { isVersion1, isWasm } from "./wasm/binary.ts"

/** How the start of a proxy went. */
export interface StartResult {
  readonly isStarted: boolean
  /** Envoy's reason for refusing the configuration. */
  readonly reason?: string
}

/** A worker thread: its VM, and when that was loaded. */
export interface Worker {
  own: PluginVm
  loadedMs: number
}

/** The threads of a proxy with the plugin's VM on each. */
export interface Threads {
  /** Base VM, canary, main thread, workers. */
  start(): StartResult
  /** The worker that takes a connection; undefined before a successful start. */
  worker(connection: number): Worker | undefined
  /** The plugin for a new stream of a worker, reloaded where the policy says so; undefined when the stream passes without it. */
  pluginFor(worker: Worker): PluginVm | undefined
  /** Bytes of memory of all VMs that requests or timers reach. */
  memoryBytes(): number
  /** Ends the plugin on every thread, workers first. */
  stop(): void
}

/** What the threads are made from. */
export interface ThreadsOptions {
  readonly options: HostOptions
  readonly process: ProxyProcess
  readonly plugin: Plugin
  readonly clusters: ReadonlyMap<string, Cluster>
  facts(): PropertySource
}

/** What starting each further thread's VM takes, in virtual time. */
const threadStartMs = 5

/** Threads that wait for their start. Source: proxy-wasm-cpp-host `createWasm`, `getOrCreateThreadLocalPlugin`; Envoy `PluginConfig`. */
export function createThreads({ options, process, plugin, clusters, facts }: ThreadsOptions): Threads {
  const workers: Worker[] = []
  let main: PluginVm | undefined
  let source: VmSource | undefined
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
  const createPluginVm = (): PluginVm | undefined => {
    if (source === undefined) return undefined
    created("Thread-Local")
    const vm = instantiate(source)
    return vm.failState === FailState.Ok ? startPlugin(source, vm) : startlessRoot(source, vm)
  }

  const refuse = (code: WasmHostCode, why: string): StartResult => {
    process.report(refusal(code, why))
    log("trace", "Unable to create Wasm")
    log("critical", `Plugin ${plugin.name} failed to load`)
    if (!plugin.isLegacyFailOpen) log("critical", "Plugin configured to fail closed failed to load")
    return { isStarted: false, reason: `Unable to create Wasm plugin ${plugin.name}` }
  }

  const start = (): StartResult => {
    if (options.plugin?.failOpen === true && options.plugin.failurePolicy !== undefined) {
      return { isStarted: false, reason: "only one of fail_open or failure_policy can be set" }
    }
    if (options.module.length > (options.limits?.moduleBytes ?? 64 * 1024 * 1024)) {
      process.report(mistake("ATT_WASM_FILE_TOO_LARGE", "module", "loads it"))
      return { isStarted: false, reason: "the module is larger than the limit" }
    }
    created("Base")
    const code = loadCode(options.module, options.limits?.memoryPages)
    if (typeof code === "string") {
      log("error", `Wasm VM failed ${code}`)
      log("error", "Wasm VM failed Failed to load Wasm code")
      dropped()
      const isModule = isWasm(options.module) && isVersion1(options.module)
      return refuse(!isModule || code.includes("corrupted") ? "ATT_WASM_NOT_WASM" : "ATT_WASM_DOES_NOT_LOAD", code)
    }
    source = { process, code, plugin, clusters, facts }
    const base = instantiate(source)
    if (base.failState !== FailState.Ok) {
      log("error", "Wasm VM failed Failed to initialize Wasm code")
      dropped()
      const isLinked = code.linkError === undefined
      return refuse(
        isLinked ? "ATT_WASM_START_REFUSED" : "ATT_WASM_DOES_NOT_LOAD",
        code.linkError?.text ?? "start-up code",
      )
    }
    const canary = createPluginVm()
    dropped()
    if (canary?.isAccepted !== true) {
      dropped()
      return refuse("ATT_WASM_START_REFUSED", "start-up callbacks")
    }
    stopQuietly(canary)
    main = createPluginVm()
    for (let i = 0; i < Math.min(64, Math.max(1, options.workers ?? 1)); i++) {
      process.loop.spend(threadStartMs)
      const own = createPluginVm()
      if (own !== undefined) workers.push({ own, loadedMs: process.loop.now() })
    }
    return { isStarted: true }
  }

  /** The plugin for a new stream of a worker; undefined when the stream passes without it. */
  const pluginFor = (worker: Worker): PluginVm | undefined => {
    if (worker.own.vm.failState === FailState.Ok) return worker.own
    if (plugin.failurePolicy === "FAIL_RELOAD" && worker.own.vm.failState === FailState.RuntimeError) {
      if (process.loop.now() - worker.loadedMs < (options.plugin?.reloadBackoffMs ?? 1000))
        count(process.stats, `wasm.${plugin.name}.vm_reload_backoff`)
      else {
        const fresh = createPluginVm()
        if (fresh !== undefined) {
          worker.own = fresh
          worker.loadedMs = process.loop.now()
          count(process.stats, `wasm.${plugin.name}.vm_reload_success`)
          dropped()
        }
      }
    }
    return worker.own.vm.failState !== FailState.Ok && plugin.failurePolicy === "FAIL_OPEN" ? undefined : worker.own
  }

  return {
    start,
    worker: (connection) => workers[connection % workers.length],
    pluginFor,
    memoryBytes: () =>
      [main, ...workers.map(({ own }) => own)].reduce((sum, own) => sum + (own?.vm.memory.size() ?? 0), 0),
    stop: () => {
      for (const { own } of workers.splice(0)) {
        stopPlugin(own)
        dropped()
      }
      if (main === undefined) return
      stopPlugin(main)
      dropped()
      main = undefined
      dropped()
    },
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
function startlessRoot(source: VmSource, vm: PluginVm["vm"]): PluginVm {
  const state = vm.failState
  const { root } = startPlugin(source, vm)
  vm.failState = state
  return { vm, root, isAccepted: false }
}
