// The door of the package: objects in, xDS and statuses out, incrementally.
import { type Clock, createGraph, createWatch, type Graph, type GraphStats } from "@attache/base"
import type { EnvoyExtensionPolicy } from "@attache/kube-api"
import { type WasmRequest, wantedModules } from "./attach/policies/envoy-extension-policy/wasm.ts"
import { createAttachQueries } from "./attach/queries.ts"
import { type JsonOptions, type SnapshotJson, snapshotJson } from "./emit/json.ts"
import { type BootstrapOver, bootstrapOver, judgeBootstrap, proxyBootstrap } from "./emit/proxy-bootstrap.ts"
import { createEmitter, findResource, type ProxySnapshot } from "./emit/queries.ts"
import type { Resource, ResourceKind } from "./emit/snapshot.ts"
import type { PlanRoute, ProxyPlan, WasmCode } from "./plan/index.ts"
import type { PartKey } from "./quarantine/part-key.ts"
import type { Withdrawn } from "./quarantine/quarantine.ts"
import type { Suspect } from "./quarantine/suspects.ts"
import { type ObjectStatus, objectStatus } from "./status/object-status.ts"
import { createWasmModules, type ModuleInterim, type WantedModule } from "./wasm-modules.ts"
import type { Settings } from "./world/settings.ts"
import { type AnyObject, createWorld, keyOf, type ObjectKey, type World } from "./world/world.ts"

/**
 * Fetches, checks and places a module. Rejects with the text that the policy's status shows.
 *
 * A rejection with an `AttacheError` to be retried is: after pauses that grow to a minute, while a policy wants the module.
 */
export type ModuleLoader = (request: WasmRequest, signal: AbortSignal, context: ModuleContext) => Promise<WasmCode>

/** What a loader may say and ask beside its result. */
export interface ModuleContext extends ModuleInterim {
  /** Data of a Secret, base64 by key, as it is now. @param name `namespace/name` */
  readonly secretData: (name: string) => Readonly<Record<string, string>> | undefined
}

/** What a translator is made with. */
export interface TranslatorOptions {
  readonly settings: Settings
  /** Absent: Wasm policies fail with `wasm cache is not initialized`. */
  readonly loadModule?: ModuleLoader
  /** Called after something from outside arrived, so that the owner pulls again. */
  readonly onChange?: () => void
  /** Time of retries. Default: the machine's. */
  readonly clock?: Clock
  /** A part of the translation failed by our own fault; what it stood for is left out. */
  readonly onFailure?: (query: string, key: string, error: unknown) => void
}

/** Gateway API and Envoy Gateway resources to xDS and statuses. Single threaded; nothing it gives may be changed. */
export interface Translator {
  /** Puts an object in, valid or not. Returns its key. */
  upsert(object: AnyObject): ObjectKey
  remove(key: ObjectKey): void
  configure(settings: Settings): void
  /** Keys of all proxies, sorted; those of failed Gateways included. */
  proxyKeys(): readonly string[]
  /** Resources of a proxy, or undefined when nothing is published for the key. */
  snapshot(proxyKey: string): ProxySnapshot | undefined
  /** Addresses that a proxy binds. */
  listeners(proxyKey: string): readonly BoundListener[]
  /** The plan of all proxies, by key: what is emitted, free of Envoy's types. */
  plan(): Readonly<Record<string, ProxyDocument>>
  /** Bootstrap of a proxy in the kubernetes profile, as protobuf's JSON form; undefined when the key is unknown. */
  bootstrap(proxyKey: string): unknown
  /** A bootstrap of the caller's with what the proxy's EnvoyProxy says over it; itself when the key is unknown. */
  bootstrapOver(proxyKey: string, base: BootstrapOver["bootstrap"]): BootstrapOver
  /** Status of an object, or undefined when there is nothing to say. */
  status(key: ObjectKey): ObjectStatus | undefined
  /** Statuses of all objects, by kind, namespace and name. */
  statuses(): readonly ObjectStatus[]
  /**
   * Statuses that differ from those of the last call, undefined where there is nothing to say any more. Those of objects
   * that are gone are not told of. Costs what the changes since then cost.
   */
  statusChanges(): ReadonlyMap<ObjectKey, ObjectStatus | undefined>
  /**
   * Reads in steps, so that others get a turn: yields when `isDue` is true between two parts of the work.
   *
   * After that the work begins anew and finds what was done before. It must do nothing but read this translator.
   */
  inSteps<T>(work: () => T, isDue: () => boolean): Generator<void, T>
  /** Resolves when no module is on its way any more. */
  settled(): Promise<void>
  /** Modules on their way. */
  pending(): number
  /** Tries modules again that wait for a retry, without the rest of the pause. */
  retryModules(): void
  /** Parts of a resource that can be withdrawn alone, from the oldest to the youngest by creation time, then by name. */
  suspects(proxyKey: string, kind: ResourceKind, name: string): readonly Suspect[]
  /** A resource as it would be if these parts were withdrawn, beside those that are. */
  without(proxyKey: string, parts: Iterable<PartKey>, kind: ResourceKind, name: string): Resource | undefined
  /** A resource as it would be if these objects were not there. */
  withoutObjects(proxyKey: string, objects: Iterable<ObjectKey>, kind: ResourceKind, name: string): Resource | undefined
  /** Keys of all objects. */
  objectKeys(): readonly ObjectKey[]
  /**
   * Withdraws exactly these parts from a proxy, with what Envoy said: routes answer 500, filters refuse requests unless they
   * fail open, patches are not applied. A part whose bytes change is another part.
   */
  withdraw(proxyKey: string, parts: Withdrawn): void
  /** Drops what no proxy and no status stands on, and modules that no policy names. Call after a pull of everything. */
  collect(): void
  stats(): GraphStats
  resetStats(): void
}

/** A listener and the address it binds. */
export interface BoundListener {
  readonly name: string
  readonly address: string
  readonly port: number
  /** Port written in the Gateway. */
  readonly externalPort: number
  readonly protocol: "tcp" | "udp"
}

/** One proxy of {@link Translator.plan}. */
export interface ProxyDocument extends ProxyPlan {
  /** Routes by listener, in final order. */
  readonly routes: Readonly<Record<string, readonly PlanRoute[]>>
}

/**
 * The resources of all proxies in protobuf's JSON form: proxy key to `listeners`, `routes`, `clusters`, `endpoints`, `secrets`.
 *
 * A proxy that nothing is published for is absent.
 */
export function xdsDocument(translator: Translator, options: JsonOptions = {}): Readonly<Record<string, SnapshotJson>> {
  return Object.fromEntries(
    translator.proxyKeys().flatMap((key) => {
      const snapshot = translator.snapshot(key)
      return snapshot === undefined ? [] : [[key, snapshotJson(snapshot, options)]]
    }),
  )
}

const policyPrefix = "EnvoyExtensionPolicy/"

/** An empty translator. */
export function createTranslator(options: TranslatorOptions): Translator {
  const graph: Graph = createGraph(options.onFailure === undefined ? {} : { onFailure: options.onFailure })
  const world = createWorld(graph, judgeBootstrap)
  world.configure(options.settings)
  const { loadModule: load, onChange, clock } = options
  const modules =
    load === undefined
      ? undefined
      : createWasmModules(graph, {
          load: (request, signal, interim) =>
            load(request, signal, { ...interim, secretData: (name) => secretData(world, name) }),
          ...(onChange === undefined ? {} : { onChange }),
          ...(clock === undefined ? {} : { clock }),
        })
  const queries = createAttachQueries(graph, world, modules?.read)
  const wanted = graph.query<readonly WantedModule[]>(
    "wanted-modules",
    (key) => {
      const policy = world.lookup(key)
      return policy === undefined ? [] : wantedModules(world, policy as EnvoyExtensionPolicy)
    },
    { fallback: () => [] },
  )
  const emitter = createEmitter(graph, queries)
  const reads = { ...queries, patchFailures: emitter.patchFailures }
  const statuses = graph.query<ObjectStatus | undefined>("status", (key) => objectStatus(world, reads, key), {
    fallback: () => undefined,
  })
  const watched = createWatch(graph, statuses)
  const current = new Map<ObjectKey, ObjectStatus>()
  const untold = new Map<ObjectKey, ObjectStatus | undefined>()
  let sorted: readonly ObjectStatus[] | undefined
  const settleStatuses = (): void => {
    queries.settleOverlaps()
    for (const [key, status] of watched.changes()) {
      if (status === undefined) current.delete(key)
      else current.set(key, status)
      untold.set(key, status)
      sorted = undefined
    }
  }
  const policies = new Map<ObjectKey, () => void>()
  return {
    upsert: (object) => {
      const key = world.upsert(object)
      watched.add(key)
      if (key.startsWith(policyPrefix) && !policies.has(key)) policies.set(key, graph.pin(wanted, key))
      return key
    },
    remove: (key) => {
      world.remove(key)
      watched.delete(key)
      untold.delete(key)
      if (current.delete(key)) sorted = undefined
      policies.get(key)?.()
      policies.delete(key)
    },
    configure: (settings) => world.configure(settings),
    proxyKeys: () => queries.proxyKeys(),
    snapshot: (proxyKey) => emitter.snapshot(proxyKey),
    listeners: (proxyKey) => {
      const { http, l4 } = queries.proxy(proxyKey)?.listeners ?? { http: [], l4: [] }
      return [
        ...http.map((l) => ({ ...placeOf(l), protocol: "tcp" as const })),
        ...l4.map((l) => ({ ...placeOf(l), protocol: l.protocol === "UDP" ? ("udp" as const) : ("tcp" as const) })),
      ]
    },
    plan: () =>
      Object.fromEntries(
        queries.proxyKeys().flatMap((key) => {
          const plan = queries.proxy(key)
          if (plan === undefined) return []
          const routes = plan.listeners.http.map((l) => [l.name, queries.routes(l).map(({ id }) => queries.route(id))])
          return [[key, { ...plan, routes: Object.fromEntries(routes) }]]
        }),
      ),
    bootstrap: (proxyKey) => {
      const options = queries.proxy(proxyKey)?.options
      return options === undefined ? undefined : proxyBootstrap(options, world.settings())
    },
    bootstrapOver: (proxyKey, base) => {
      const options = queries.proxy(proxyKey)?.options
      return options === undefined ? { bootstrap: base } : bootstrapOver(base, options)
    },
    status: (key) => {
      queries.settleOverlaps()
      return statuses.get(key)
    },
    statuses: () => {
      settleStatuses()
      sorted ??= [...current.keys()].sort().map((key) => current.get(key) as ObjectStatus)
      return sorted
    },
    statusChanges: () => {
      settleStatuses()
      const changes = new Map(untold)
      untold.clear()
      return changes
    },
    inSteps: (work, isDue) => graph.inSteps(work, isDue),
    settled: () => modules?.settled() ?? Promise.resolve(),
    pending: () => modules?.pending() ?? 0,
    retryModules: () => modules?.retry(),
    suspects: (proxyKey, kind, name) => byAge(world, emitter.suspects(proxyKey, kind, name)),
    without: (proxyKey, parts, kind, name) =>
      emitter.quarantine.trying(proxyKey, parts, () => findResource(emitter.snapshot(proxyKey), kind, name)),
    withoutObjects: (proxyKey, keys, kind, name) => {
      const removed = [...keys].flatMap((key) => world.lookup(key) ?? [])
      for (const object of removed) world.remove(keyOf(object))
      try {
        return findResource(emitter.snapshot(proxyKey), kind, name)
      } finally {
        for (const object of removed) world.upsert(object)
      }
    },
    objectKeys: () => world.keys(),
    withdraw: (proxyKey, parts) => emitter.quarantine.set(proxyKey, parts),
    collect: () => {
      graph.collect()
      modules?.retain([...policies.keys()].flatMap((key) => wanted.get(key)))
    },
    stats: () => graph.stats(),
    resetStats: () => graph.resetStats(),
  }
}

/** @param name `namespace/name` */
function secretData(world: World, name: string): Readonly<Record<string, string>> | undefined {
  const [namespace = "", own = ""] = name.split("/")
  return world.get("Secret", namespace, own)?.data
}

/** By creation time, then by name, of the object that a part is about. */
function byAge(world: World, suspects: readonly Suspect[]): readonly Suspect[] {
  const age = ({ origins: [origin] }: Suspect): string => {
    const object = origin === undefined ? undefined : world.lookup(origin.object)
    return `${object?.metadata.creationTimestamp ?? ""} ${origin?.object ?? ""}`
  }
  return suspects
    .map((suspect) => ({ suspect, age: age(suspect) }))
    .sort((a, b) => (a.age < b.age ? -1 : a.age > b.age ? 1 : 0))
    .map(({ suspect }) => suspect)
}

function placeOf({
  name,
  address,
  port,
  externalPort,
}: Omit<BoundListener, "protocol">): Omit<BoundListener, "protocol"> {
  return { name, address, port, externalPort }
}
