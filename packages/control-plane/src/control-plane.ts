// The loop: files change, objects change, snapshots change, Envoys are told, and what they answer is kept.
import { join } from "node:path"
import { type Clock, type Diagnostic, type Logger, messageOf, systemClock } from "@attache/base"
import type { LoadedObject } from "@attache/kube-api"
import { type AnyObject, createTranslator, type ModuleLoader, type Settings, type Translator } from "@attache/translate"
import { type AnswerEvent, createXdsServer, type XdsServer } from "@attache/xds-server"
import type { Drain } from "./drains.ts"
import { createEnvoyEventHandler } from "./envoy-events.ts"
import { createLastGoodStore, type LastGoodStore } from "./last-good/store.ts"
import { loadResources, loadResourcesInSteps, textOfObjects } from "./load-resources.ts"
import { createMetrics, type Metrics } from "./metrics.ts"
import { createFileProvider, type FileProvider } from "./provider-file/provider.ts"
import { createPublisher } from "./publisher.ts"
import { createPublishing } from "./publishing.ts"
import { createJudge, type EnvoyBinary } from "./quarantine/judge.ts"
import { createQuarantine, type Quarantine } from "./quarantine/quarantine.ts"
import { createRefusals, type Refusals } from "./refusals.ts"
import { createRounds } from "./rounds.ts"
import { runSliced } from "./sliced.ts"
import { weighBuffersWithHeap } from "./weigh-buffers.ts"

/** What a control plane is made with. */
export interface ControlPlaneOptions {
  /** Files and folders that hold the objects. */
  readonly paths: readonly string[]
  /** Objects beside those of the files; an object of a file with the same key takes their place for good. */
  readonly objects?: readonly AnyObject[]
  readonly settings: Settings
  /** Namespace of objects that name none. */
  readonly defaultNamespace: string
  /** File that `settings` come from, which may lie among the resources. Default: none. */
  readonly configurationFile?: string
  /** Absent: Wasm policies fail. */
  readonly loadModule?: ModuleLoader
  /** Folder for what outlives the process: last good inputs, without the data of Secrets. Default: nothing is kept. */
  readonly stateFolder?: string
  /**
   * An Envoy to ask about parts of what another one refuses: the part to blame is withdrawn, and the rest delivered. Asked
   * after the first refusal, and at the start when there is a state folder. Default: refusals are only reported.
   */
  readonly envoyBinary?: () => Promise<EnvoyBinary>
  /**
   * Files of modules by sha256, where Envoys fetch them: such an Envoy accepts any module, so each is loaded into the other one
   * first. Default: modules are not tried, as those are refused that Envoy reads from files.
   */
  readonly moduleFile?: (sha256: string) => Promise<string | undefined>
  readonly logger: Logger
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Called after every round that read or published something, and after every answer of an Envoy. */
  readonly onUpdate?: (update: ControlPlaneUpdate) => void
}

/** What has just happened. */
export interface ControlPlaneUpdate {
  readonly reason: "resources" | "module" | "answer"
  /** Proxies whose snapshot changed. */
  readonly proxies: readonly string[]
  /** Listeners that give up connections by it, by proxy. */
  readonly drains: ReadonlyMap<string, readonly Drain[]>
  /** What an Envoy said; present when that is the reason. */
  readonly answer?: AnswerEvent
}

/** A running control plane. */
export interface ControlPlane {
  readonly translator: Translator
  readonly xds: XdsServer
  readonly files: FileProvider<LoadedObject>
  readonly refusals: Refusals
  /** Parts that are withdrawn because an Envoy refused them. */
  readonly quarantine: Pick<Quarantine, "list" | "settled">
  readonly metrics: Metrics
  /**
   * Reads all files and publishes the first snapshots; waits for modules at most five seconds.
   *
   * Never rejects for what the files hold. Called again it gives the same promise. Sets a flag of the process, see
   * {@link weighBuffersWithHeap}.
   */
  start(): Promise<void>
  /** Reads what changed and publishes it; resolves when that is done. */
  refresh(): Promise<void>
  /** Follows the files until the control plane is closed. */
  watch(): void
  /** Whether the first snapshots stand. */
  isReady(): boolean
  /** Keys of all proxies, sorted; those that nothing is published for included. */
  proxyKeys(): readonly string[]
  /** What is wrong with files, and with parts of published snapshots. */
  findings(): readonly Diagnostic[]
  /** Ends everything that {@link ControlPlane.start} began and resolves when last good inputs are on disk. May be called twice. */
  close(): Promise<void>
}

/** A control plane over files. Nothing is read or opened before `start`. */
export function createControlPlane(options: ControlPlaneOptions): ControlPlane {
  const { logger } = options
  const clock = options.clock ?? systemClock
  const metrics = createMetrics()
  const refusals = createRefusals()
  const closing = new AbortController()
  let started: Promise<void> | undefined
  let stopWatching: (() => Promise<void>) | undefined
  let closed: Promise<void> | undefined

  const tell = (update: ControlPlaneUpdate): void => {
    try {
      options.onUpdate?.(update)
    } catch (error) {
      logger.error("a listener for updates failed", { error: messageOf(error) })
    }
  }
  const onFailure = (query: string, key: string, error: unknown): void => {
    metrics.translationFailures.inc({ query })
    const text = error instanceof Error ? (error.stack ?? error.message) : messageOf(error)
    logger.error("translation of a part failed", { query, key, error: text })
  }
  const onEvent = createEnvoyEventHandler({
    logger,
    metrics,
    refusals,
    streams: () => xds.streams().length,
    onAnswer: (answer) => {
      quarantine?.record(answer)
      tell({ reason: "answer", proxies: [], drains: new Map(), answer })
    },
  })
  const xds: XdsServer = createXdsServer({ logger, clock, onEvent })
  const translator = createTranslator({
    settings: options.settings,
    clock,
    ...loaderUntil(options.loadModule, closing.signal),
    onChange: () => void publishing.request("module"),
    onFailure,
  })
  const publisher = createPublisher({
    translator,
    xds,
    clock,
    onFailure: (key, error) => onFailure("proxy", key, error),
  })
  const quarantine = quarantineIn(options, translator, clock, () => void publishing.request("resources"))
  const lastGood = lastGoodIn(options)
  const { defaultNamespace, configurationFile } = options
  const loadOptions = {
    defaultNamespace,
    isStrict: true,
    ...(configurationFile === undefined ? {} : { configurationFile }),
  }
  const files = createFileProvider<LoadedObject>(
    options.paths,
    (text, file, previous) => loadResources(text, file, previous, loadOptions),
    {
      loadInSteps: (text, file, previous) => loadResourcesInSteps(text, file, previous, loadOptions),
      ...(lastGood === undefined ? {} : { lastGood }),
    },
  )

  const rounds = createRounds({
    translator,
    files,
    metrics,
    clock,
    onFailure: (key, error) => onFailure("object", key, error),
  })
  const publishing = createPublishing({
    rounds,
    publisher,
    metrics,
    clock,
    onPublished: (reason, { changed, drains }, hasNews) => {
      // What is gone is never accepted any more.
      refusals.retain(({ proxyKey, typeUrl, resource }) => {
        return xds.snapshot(proxyKey)?.types.get(typeUrl)?.resources.has(resource) === true
      })
      quarantine?.release()
      quarantine?.tryModules(changed).catch((error: unknown) => onFailure("modules", "", error))
      metrics.proxies.set(translator.proxyKeys().length)
      metrics.pendingModules.set(translator.pending())
      if (hasNews || changed.length > 0) tell({ reason, proxies: changed, drains })
    },
    onFailure: (error) => onFailure("round", "", error),
  })

  const close = async (): Promise<void> => {
    closing.abort(new Error("the control plane is closing"))
    await Promise.all([stopWatching?.(), publishing.close(), xds.close(), quarantine?.close()])
    await lastGood?.flush()
  }
  return {
    translator,
    xds,
    files,
    refusals,
    quarantine: quarantine ?? { list: () => [], settled: () => Promise.resolve() },
    metrics,
    start: () => {
      started ??= (async () => {
        weighBuffersWithHeap()
        await quarantine?.restore()
        await runSliced(upsertAll(translator, options.objects ?? []), clock)
        await publishing.request("resources")
        await publishing.settled
      })()
      return started
    },
    refresh: () => publishing.request("resources"),
    watch: () => {
      if (closed !== undefined) return
      stopWatching ??= files.watch(() => void publishing.request("resources"), {
        clock,
        onTrouble: (error) => logger.warn("a folder is not watched but looked at", { error: messageOf(error) }),
      })
    },
    isReady: publishing.isReady,
    proxyKeys: () => translator.proxyKeys(),
    findings: () => [...files.view().findings, ...publisher.diagnostics()],
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

function* upsertAll(translator: Translator, objects: readonly AnyObject[]): Generator<void, void> {
  for (const object of objects) {
    translator.upsert(object)
    yield
  }
}

/** A loader whose loads also end with the control plane. */
function loaderUntil(load: ModuleLoader | undefined, closing: AbortSignal): { readonly loadModule?: ModuleLoader } {
  if (load === undefined) return {}
  return { loadModule: (request, signal, context) => load(request, AbortSignal.any([signal, closing]), context) }
}

function quarantineIn(
  { envoyBinary, moduleFile, stateFolder, logger }: ControlPlaneOptions,
  translator: Translator,
  clock: Clock,
  onChange: () => void,
): Quarantine | undefined {
  if (envoyBinary === undefined) return undefined
  const judge = createJudge(envoyBinary, clock)
  return createQuarantine({
    ...{ translator, judge, clock, logger, onChange },
    ...(stateFolder === undefined ? {} : { path: join(stateFolder, "quarantine.json") }),
    ...(moduleFile === undefined ? {} : { moduleFile }),
  })
}

function lastGoodIn({ stateFolder, logger }: ControlPlaneOptions): LastGoodStore<LoadedObject> | undefined {
  if (stateFolder === undefined) return undefined
  return createLastGoodStore({ folder: join(stateFolder, "last-good"), textOf: textOfObjects, logger })
}
