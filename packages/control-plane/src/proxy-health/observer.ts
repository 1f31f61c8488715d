// One Envoy, watched: what its admin interface and its log say becomes facts about its proxy.
import { type Clock, isAttacheError, messageOf } from "@attache/base"
import {
  type AdminClient,
  type AttachedFilter,
  type AttachedProcessor,
  type AttachedWasm,
  attachedFilters,
  createWasmFailureReader,
  type EnvoyLogLine,
  type ListenerState,
  listenerStateMask,
  listenerStates,
  type WasmFailure,
} from "@attache/envoy"
import { processorLacks } from "./dead-processors.ts"
import { type Fact, factOf, type ProxyView } from "./fact.ts"
import {
  isAttributable,
  narrowFailures,
  noFailures,
  type PluginFailures,
  pluginLacks,
  updateFailures,
} from "./failed-plugins.ts"
import { knockAt } from "./knock.ts"
import { createProcessorSampler } from "./processor-sampler.ts"
import { warmingLacks } from "./warming-lacks.ts"

/** What an observer works with. */
export interface ObserverOptions {
  readonly admin: Pick<AdminClient, "configDump" | "initDump" | "clusters" | "stats">
  readonly clock: Clock
  /** Default: opens a connection. */
  readonly knock?: typeof knockAt
  /** Called when what is said of its work changes. */
  readonly onWorking?: (working: Fact) => void
}

/** Whether a filter, by its name, works on a route. */
export type RouteTest = (filter: string) => boolean

/** Watches one Envoy. */
export interface Observer {
  /** Takes note of a line of its log. */
  note(line: EnvoyLogLine): void
  /** Takes note of a request that Envoy answered because a Wasm plugin of its route had failed. */
  noteRequest(isOfRoute: RouteTest): void
  /** Looks; what is asked while a look is under way gets its result. Never rejects. */
  look(): Promise<ProxyView>
  /** No look follows by itself any more. */
  close(): void
}

/** Pause between a failure in the log and the look that it causes, in milliseconds: what belongs together is logged together. */
const settleMs = 50

/** Most failures that wait for a look. */
const maxNews = 1_000

/** Most requests that wait for a look; under load they say all the same. */
const maxRequests = 50

/** An observer that has seen nothing. */
export function createObserver(options: ObserverOptions): Observer {
  const { admin, clock } = options
  const reader = createWasmFailureReader()
  const inventory = createInventory(admin)
  const sampler = createProcessorSampler({ admin, clock, knock: options.knock ?? knockAt })
  let failures: PluginFailures = noFailures
  let news: readonly WasmFailure[] = []
  let requests: readonly RouteTest[] = []
  let looking: Promise<ProxyView> | undefined
  let cancel = (): void => {}
  let isClosed = false
  let said = ""

  const lookSoon = (): void => {
    cancel()
    if (!isClosed) cancel = clock.after(settleMs, () => void look())
  }
  const attribute = (taken: number, asked: number, plugins: readonly AttachedWasm[], isWarming: boolean): void => {
    const old = news.slice(0, taken)
    failures = updateFailures(failures, old, plugins, clock.now())
    for (const isOfRoute of requests.slice(0, asked)) failures = narrowFailures(failures, isOfRoute)
    // What fails while its listener warms is in use when that is warm.
    const left = isWarming ? old.filter((failure) => !isAttributable(failure, plugins)) : []
    news = [...left, ...news.slice(taken)]
    requests = requests.slice(asked)
  }
  const observe = async (): Promise<ProxyView> => {
    // What is said while we look may be of a listener that we have not seen yet.
    const [taken, asked] = [news.length, requests.length]
    const { states, filters } = await inventory()
    const warmed = factOf(await warmingLacks(admin, states))
    attribute(
      taken,
      asked,
      filters.filter(isWasm),
      states.some(({ isWarming }) => isWarming),
    )
    const processors = filters.filter(isProcessor)
    const samples = await sampler(processors)
    const working = factOf([...pluginLacks(failures), ...processorLacks(processors, samples)])
    const text = JSON.stringify(working)
    if (text !== said && !isClosed) options.onWorking?.(working)
    said = text
    return { warmed, working }
  }
  const look = (): Promise<ProxyView> => {
    looking ??= observe()
      .catch(unreachableView)
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  return {
    look,
    note: (line) => {
      const failure = reader.read(line)
      if (failure === undefined) return
      if (news.length < maxNews) news = [...news, failure]
      lookSoon()
    },
    noteRequest: (isOfRoute) => {
      if (failures.standing.length + news.length === 0 || requests.length >= maxRequests) return
      requests = [...requests, isOfRoute]
      lookSoon()
    },
    close: () => {
      isClosed = true
      cancel()
    },
  }
}

const isWasm = (filter: AttachedFilter): filter is AttachedWasm => filter.kind === "wasm"
const isProcessor = (filter: AttachedFilter): filter is AttachedProcessor => filter.kind === "ext_proc"

interface Inventory {
  readonly states: readonly ListenerState[]
  readonly filters: readonly AttachedFilter[]
}

/** Listeners' content is asked for only when one of them was updated: it may be large. */
function createInventory(admin: Pick<AdminClient, "configDump">): () => Promise<Inventory> {
  let known = ""
  let filters: readonly AttachedFilter[] = []
  return async () => {
    const resource = "dynamic_listeners"
    const states = listenerStates(await admin.configDump({ resource, mask: listenerStateMask }))
    const version = JSON.stringify(states)
    if (version !== known) {
      filters = attachedFilters(await admin.configDump({ resource }))
      known = version
    }
    return { states, filters }
  }
}

function unreachableView(error: unknown): ProxyView {
  const reason = isAttacheError(error) ? error.message : `it cannot be read: ${messageOf(error)}`
  const fact = factOf([{ subject: "Envoy", reason }])
  return { warmed: fact, working: fact }
}
