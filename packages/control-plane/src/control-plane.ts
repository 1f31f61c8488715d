// The loop: files change, objects change, snapshots change, Envoys are told, and what they answer is kept.
import { type Clock, type Logger, systemClock } from "@attache/base"
import type { LoadedObject } from "@attache/kube-api"
import {
  type AnyObject,
  createTranslator,
  type ModuleLoader,
  type ObjectKey,
  type ProxySnapshot,
  type Settings,
  snapshotChanges,
  type Translator,
} from "@attache/translate"
import { createXdsServer, emptySnapshot, updateSnapshot, type XdsEvent, type XdsServer } from "@attache/xds-server"
import { loadResources } from "./load-resources.ts"
import { createMetrics, type Metrics } from "./metrics.ts"
import { createFileProvider, type FileProvider } from "./provider-file/provider.ts"
import { createRefusals, type Refusals } from "./refusals.ts"

/** What a control plane is made with. */
export interface ControlPlaneOptions {
  /** Files and folders that hold the objects. */
  readonly paths: readonly string[]
  /** Objects beside those of the files; files win. */
  readonly objects?: readonly AnyObject[]
  readonly settings: Settings
  readonly defaultNamespace: string
  readonly loadModule?: ModuleLoader
  readonly logger: Logger
  readonly clock?: Clock
  /** Called after every change that reached the xDS server, and after every answer of an Envoy. */
  readonly onUpdate?: (update: ControlPlaneUpdate) => void
}

/** What has just happened. */
export interface ControlPlaneUpdate {
  readonly reason: "resources" | "module" | "answer"
  /** Proxies whose snapshot changed. */
  readonly proxies: readonly string[]
}

/** A running control plane. */
export interface ControlPlane {
  readonly translator: Translator
  readonly xds: XdsServer
  readonly files: FileProvider<LoadedObject>
  readonly refusals: Refusals
  readonly metrics: Metrics
  /** Reads all files and publishes the first snapshots; waits for modules at most `firstSnapshotMs`. */
  start(): Promise<void>
  /** Reads what changed and publishes it. */
  refresh(): void
  /** Follows the files until the control plane is closed. */
  watch(): void
  /** Whether the first snapshots stand. */
  isReady(): boolean
  proxyKeys(): readonly string[]
  close(): Promise<void>
}

/** Longest wait for modules before the first snapshot of a proxy, in milliseconds. */
const firstSnapshotMs = 5_000

/** A control plane over files. Nothing is read or opened before `start`. */
export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { logger } = options
  const clock = options.clock ?? systemClock
  const metrics = createMetrics()
  const refusals = createRefusals()
  const published = new Map<string, ProxySnapshot>()
  let isReady = false
  let stopWatching: (() => Promise<void>) | undefined

  const xds = createXdsServer({ logger, clock, onEvent: (event) => onEvent(event) })
  const translator = createTranslator({
    settings: options.settings,
    ...(options.loadModule === undefined ? {} : { loadModule: options.loadModule }),
    onChange: () => {
      if (isReady) publish("module")
    },
    onFailure: (query, key, error) => {
      metrics.translationFailures.inc({ query })
      logger.error("translation of a part failed", {
        query,
        key,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      })
    },
  })
  const files = createFileProvider<LoadedObject>(options.paths, (text, file, previous) =>
    loadResources(text, file, previous, { defaultNamespace: options.defaultNamespace, isStrict: true }),
  )

  const onEvent = (event: XdsEvent): void => {
    if (!("version" in event)) {
      logger.debug(`envoy ${event.type}s`, { proxy: event.proxyKey, node: event.nodeId })
      metrics.streams.set(xds.streams().length)
      return
    }
    metrics.answers.inc({ type: event.type })
    refusals.record(event)
    if (event.type === "nack") {
      logger.error("envoy refused an update", {
        proxy: event.proxyKey,
        type: event.typeUrl,
        resources: event.changed.join(","),
        message: event.message,
      })
    }
    options.onUpdate?.({ reason: "answer", proxies: [] })
  }

  const publish = (reason: ControlPlaneUpdate["reason"]): void => {
    const done = metrics.translation.startTimer()
    const keys = translator.proxyKeys()
    const changed: string[] = []
    for (const key of keys) {
      const before = published.get(key)
      const after = translator.snapshot(key)
      // Nothing is published for a withheld proxy: what its Envoys have stays.
      if (after === undefined || after === before) continue
      published.set(key, after)
      xds.setSnapshot(key, updateSnapshot(xds.snapshot(key) ?? emptySnapshot, snapshotChanges(before, after)))
      changed.push(key)
    }
    for (const key of published.keys()) {
      if (keys.includes(key)) continue
      published.delete(key)
      xds.removeSnapshot(key)
      changed.push(key)
    }
    for (const _ of translator.statuses()) {
      // Statuses are pulled so that what only they stand on stays known; nothing else is to be done with them here.
    }
    translator.collect()
    done()
    options.onUpdate?.({ reason, proxies: changed })
  }

  const apply = (): boolean => {
    const { upserts, removes } = files.refresh()
    for (const key of removes) translator.remove(key as ObjectKey)
    for (const { value } of upserts) translator.upsert(value.object as AnyObject)
    metrics.objects.set(files.view().objects.size)
    return upserts.length + removes.length > 0
  }

  const refresh = (): void => {
    const before = files.view()
    const isChanged = apply()
    const after = files.view()
    if (isChanged) publish("resources")
    else if (before.findings !== after.findings) options.onUpdate?.({ reason: "resources", proxies: [] })
  }

  return {
    translator,
    xds,
    files,
    refusals,
    metrics,
    start: async () => {
      for (const object of options.objects ?? []) translator.upsert(object)
      apply()
      for (const key of translator.proxyKeys()) translator.snapshot(key)
      if (translator.pending() > 0)
        await Promise.race([
          translator.settled(),
          new Promise<void>((resolve) => clock.after(firstSnapshotMs, resolve)),
        ])
      isReady = true
      publish("resources")
    },
    refresh,
    watch: () => {
      stopWatching ??= files.watch(refresh)
    },
    isReady: () => isReady,
    proxyKeys: () => translator.proxyKeys(),
    close: async () => {
      await stopWatching?.()
      await xds.close()
    },
  }
}
