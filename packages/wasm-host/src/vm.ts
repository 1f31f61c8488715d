import { envFunctions, offeredFunction, wasiModules } from "./abi/host-functions.ts"
import { FailState, type LevelName, Status } from "./abi/status.ts"
import type { Cluster } from "./clusters.ts"
import type { Code } from "./code.ts"
import type { Context, RootContext } from "./context.ts"
import { hostCalls } from "./host-calls/table.ts"
import { createMetrics, type Metrics } from "./metrics.ts"
import { EnvoyCrash, mistake, tooMuchData } from "./mistakes.ts"
import type { Plugin } from "./plugin.ts"
import type { ProxyProcess } from "./process.ts"
import { createLocator, type ModuleFrame, printFrame } from "./trap.ts"
import { printBacktrace, withDeepStack } from "./wasm/backtrace.ts"
import { engine, isTrap, restrictedText, trapWords, type WasmInstance, type WasmMemory } from "./wasm/engine.ts"
import { createMemoryAccess, type MemoryAccess } from "./wasm/memory.ts"

/** One instance of a module on one thread, with its contexts. */
export interface Vm {
  readonly process: ProxyProcess
  readonly code: Code
  readonly memory: MemoryAccess
  readonly metrics: Metrics
  readonly clusters: ReadonlyMap<string, Cluster>
  readonly contexts: Map<number, Context>
  readonly roots: RootContext[]
  readonly vmConfiguration: Uint8Array
  readonly vmId: string
  /** What is allowed; undefined: everything. */
  readonly capabilities: ReadonlySet<string> | undefined
  readonly environment: Plugin["environment"]
  failState: FailState
  /** The VM that took the place of this one on its thread. */
  heir: Vm | undefined
  /** Set by a local reply: the running callback's result counts as stop. */
  isIterationStopped: boolean
  /** The context host calls act upon. */
  context(): Context
  /** The context that is truly current, whatever the effective one is. */
  current(): Context
  /** @param id 0 for the current one again */
  setEffective(id: number): boolean
  /** The callback that runs; empty outside. */
  callback(): string
  /** Whether the module exports a callback and may be called. */
  has(name: string): boolean
  /** Calls an export. Undefined: it is absent, returned nothing, or trapped; see `failState`. */
  call(name: string, context: Context, args: readonly number[]): number | undefined
  /** Does something after the outermost callback returned. */
  defer(action: () => void): void
  runDeferred(): void
  nextContextId(): number
  nextToken(kind: "http" | "grpc" | "stream" | "dns"): number
  /** Copies bytes into memory the module allocates and writes address and size to the two places. @param asksForNothing whether it is asked for 0 bytes too */
  hand(bytes: Uint8Array, addressAt: number, sizeAt: number, asksForNothing?: boolean): Status
  fail(state: FailState, text: string): void
  log(level: LevelName, text: string): void
}

/** What a VM is made of. */
export interface VmOptions {
  readonly process: ProxyProcess
  readonly code: Code
  readonly vmContext: Context
  readonly clusters: ReadonlyMap<string, Cluster>
  /** The plugin the VM is made for; others may join it. */
  readonly plugin: Plugin
}

type Phase = "normal" | "start" | "allocator" | "instantiation"
type Exported = (...args: readonly (number | bigint)[]) => number | bigint | undefined

/**
 * Links, instantiates and starts a module: `_initialize` and `main`, or `_start`.
 *
 * A failure is logged as Envoy logs it and shows in `failState`. Throws {@link EnvoyCrash} where Envoy's process would die.
 */
export function createVm(options: VmOptions): Vm {
  const { process, code, vmContext, plugin } = options
  let memory: WasmMemory | undefined
  let instance: WasmInstance | undefined
  let phase: Phase = "normal"
  let current = vmContext
  let effective: number | undefined
  let running = ""
  let lastContext = 0
  let copiedBytes = 0
  const tokens = { http: 0, grpc: 1, stream: 2, dns: 1 }
  const deferred: (() => void)[] = []
  const locate = createLocator(code.layout.functionNames, code.shift, plugin.sourceMap)
  const trace = (text: () => string): void => {
    if (process.log.prints("trace")) process.log.write("trace", text())
  }

  const vm: Vm = {
    process,
    code,
    memory: createMemoryAccess(
      () => memory,
      (bytes) => {
        copiedBytes += bytes
        if (copiedBytes > options.process.limits.callBytes) throw tooMuchData(running)
      },
    ),
    metrics: createMetrics(process.stats),
    clusters: options.clusters,
    contexts: new Map(),
    roots: [],
    vmConfiguration: plugin.vmConfiguration,
    vmId: plugin.vmId,
    capabilities: plugin.capabilities,
    environment: plugin.environment,
    failState: FailState.Ok,
    heir: undefined,
    isIterationStopped: false,
    context: () => (effective === undefined ? current : (vm.contexts.get(effective) ?? current)),
    current: () => current,
    callback: () => running,
    setEffective: (id) => {
      // Envoy keeps 0 for none.
      if (id !== 0 && !vm.contexts.has(id)) return false
      effective = id === 0 ? undefined : id
      return true
    },
    has: (name) => exported(name) !== undefined && isAllowedCallback(name),
    call: (name, context, args) => callExport(name, context, args),
    defer: (action) => void deferred.push(action),
    runDeferred: () => {
      vm.isIterationStopped = false
      for (let action = deferred.shift(); action !== undefined; action = deferred.shift()) action()
    },
    nextContextId: () => {
      do lastContext++
      while (vm.contexts.has(lastContext))
      return lastContext
    },
    nextToken: (kind) => {
      tokens[kind] += kind === "dns" ? 1 : 4
      return tokens[kind]
    },
    hand: (bytes, addressAt, sizeAt, asksForNothing = false) => {
      let address = 0
      if (bytes.length > 0 || asksForNothing) {
        const found = allocate(bytes.length)
        if (found === undefined || !vm.memory.write(found, bytes)) return Status.InvalidMemoryAccess
        address = found
      }
      return vm.memory.writeU32(addressAt, address) && vm.memory.writeU32(sizeAt, bytes.length)
        ? Status.Ok
        : Status.InvalidMemoryAccess
    },
    fail: (state, text) => {
      process.log.write("error", text)
      if (vm.failState === FailState.Ok) vm.failState = state
    },
    log: (level, text) => process.log.write(level, text),
  }

  const exported = (name: string): Exported | undefined => {
    const found = instance?.exports[name]
    return typeof found === "function" ? (found as Exported) : undefined
  }

  const isAllowedCallback = (name: string): boolean =>
    plugin.capabilities === undefined ||
    !name.startsWith("proxy_on_") ||
    name === "proxy_on_memory_allocate" ||
    plugin.capabilities.has(name)

  const allocate = (size: number): number | undefined => {
    const before = phase
    phase = "allocator"
    try {
      const address = callExport(exported("malloc") === undefined ? "proxy_on_memory_allocate" : "malloc", vmContext, [
        size,
      ])
      return address === undefined || address === 0 ? undefined : address
    } finally {
      phase = before
    }
  }

  const callExport = (name: string, context: Context, args: readonly number[]): number | undefined => {
    const call = exported(name)
    if (call === undefined || !isAllowedCallback(name)) return undefined
    if (running === "") copiedBytes = 0
    const saved = { current, effective, running }
    current = context
    running = name
    effective = undefined
    trace(() => `[host->vm] ${name}(${args.join(", ")})`)
    try {
      const result = withDeepStack(() => call(...args))
      trace(() => `[host<-vm] ${name} return: ${result === undefined ? "void" : String(Number(result) >>> 0)}`)
      return result === undefined ? undefined : Number(result) >>> 0
    } catch (error) {
      // Anything else is a mistake of this host and must not look like one of the plugin.
      if (!isTrap(error)) throw error
      const frames = error instanceof Error ? locate(error) : []
      process.trapped({ where: name, error: trapWords(error), frames })
      vm.fail(FailState.RuntimeError, trapText(name, error, frames))
      return undefined
    } finally {
      current = saved.current
      effective = saved.effective
      running = saved.running
    }
  }

  const trapText = (name: string, error: unknown, frames: readonly ModuleFrame[]): string => {
    const head = `Function: ${name} failed: Uncaught ${trapWords(error)}`
    return code.layout.functionNames.size === 0 ? head : [head, ...printBacktrace(frames)].join("\n")
  }
  /** The function of the module that makes the host call that runs. */
  const caller = (): string | undefined => {
    const [frame] = process.hasCallers ? locate(new Error("a look at the stack")) : []
    return frame === undefined ? undefined : printFrame(frame)
  }

  const importFunction = (module: string, name: string): Exported => {
    const offered = offeredFunction(module, name, code.abi)
    const run = hostCalls.get(name) as
      | ((vm: Vm, ...args: readonly (number | bigint)[]) => number | undefined)
      | undefined
    const isWasi = wasiModules.some((m) => m === module)
    const label = `${module}.${name}`
    const isVoid = offered?.signature.results.length === 0
    const isFree =
      plugin.capabilities === undefined || plugin.capabilities.has(name) || (!isWasi && !name.startsWith("proxy_"))
    return (...raw) => {
      const args = raw.map((value) => (typeof value === "bigint" ? BigInt.asUintN(64, value) : value >>> 0))
      if (process.log.prints("trace"))
        process.log.write("trace", `[vm->host] ${label}(${args.join(", ")})`, undefined, caller())
      const isInstance = phase !== "instantiation"
      if (phase === "start" || phase === "allocator") {
        if (offered?.early.includes(phase) !== true) throw new Error(restrictedText)
      }
      let result: number | undefined
      if (isFree) result = run?.(isInstance ? vm : noVm(label), ...args)
      else {
        const kind = isWasi ? "WASI" : "proxy-wasm"
        vm.log("error", `Attempted call to restricted ${kind} capability: ${name}`)
        result = isWasi ? 76 : Status.InternalFailure
      }
      trace(() => `[vm<-host] ${label} return: ${isVoid ? "void" : result}`)
      return isVoid ? undefined : result
    }
  }

  /** What a host call sees before there is an instance: whoever looks dies, whoever only answers does not. */
  const noVm = (label: string): Vm =>
    new Proxy(vm, {
      get: () => {
        const found = mistake("ATT_WASM_START_SECTION_CALL", label, "1.40 dies with a segmentation fault", true)
        process.report(found)
        throw new EnvoyCrash(found)
      },
    })

  const imports = (): Record<string, Record<string, unknown>> => {
    const groups: Record<string, Record<string, unknown>> = {}
    for (const { module, name, kind, limits } of code.layout.imports) {
      const group = groups[module] ?? {}
      groups[module] = group
      const initial = limits?.initial ?? 0
      if (kind === "function") group[name] = importFunction(module, name)
      else if (kind === "memory") {
        memory = new engine.Memory({
          initial,
          maximum: Math.min(limits?.maximum ?? code.memoryPages, code.memoryPages),
        })
        group[name] = memory
      } else if (kind === "table") {
        const maximum = limits?.maximum
        group[name] = new engine.Table({ element: "anyfunc", initial, ...(maximum === undefined ? {} : { maximum }) })
      }
    }
    return groups
  }

  const instantiate = (): boolean => {
    phase = "instantiation"
    try {
      instance = withDeepStack(() => new engine.Instance(code.compiled, imports()))
    } catch (error) {
      if (error instanceof EnvoyCrash) throw error
      const [frame] = error instanceof Error ? locate(error) : []
      // A module whose parts do not fit fails without a word of the engine's.
      if (frame !== undefined)
        process.log.write("error", `wasm://wasm/module:${frame.offset}: Uncaught ${String(error)}`, "")
      vm.fail(FailState.UnableToInitializeCode, "Failed to create new Wasm instance")
      return false
    } finally {
      phase = "normal"
    }
    for (const { name, kind } of code.layout.exports)
      if (kind === "memory") memory = instance.exports[name] as WasmMemory
    return true
  }

  const start = (): void => {
    phase = "start"
    try {
      if (exported("_initialize") !== undefined) {
        callExport("_initialize", vmContext, [])
        if (vm.failState !== FailState.Ok) return
        if (exported("main") !== undefined) callExport("main", vmContext, [0, 0])
        else callExport("__main_void", vmContext, [])
      } else callExport("_start", vmContext, [])
    } finally {
      phase = "normal"
    }
  }

  const linkError = code.linkError
  if (linkError !== undefined) vm.fail(linkError.state, linkError.text)
  else if (instantiate()) start()
  return vm
}

/** Whether a name is one of the host calls of `env`. */
export function isHostCall(name: string): boolean {
  return envFunctions.has(name)
}
