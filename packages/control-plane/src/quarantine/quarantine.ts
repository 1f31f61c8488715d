// From a refusal to the part that is to blame: it is withdrawn, the rest is delivered, and it comes back when its bytes change.
import { dirname } from "node:path"
import { type Clock, type Logger, messageOf } from "@attache/base"
import { type PartKey, type ResourceKind, resourceKindOf, type Translator } from "@attache/translate"
import type { AnswerEvent } from "@attache/xds-server"
import { removeUnfinished } from "../private-file.ts"
import { refusedResources } from "../refused-resources.ts"
import { findBlame, type RefusedResource } from "./find-blame.ts"
import type { Judge } from "./judge.ts"
import { type ModuleFile, withLocalModules } from "./local-modules.ts"
import { type QuarantinedPart, readQuarantine, writeQuarantine } from "./record.ts"

/** What a quarantine works with. */
export interface QuarantineOptions {
  readonly translator: Pick<
    Translator,
    "suspects" | "without" | "withoutObjects" | "objectKeys" | "withdraw" | "snapshot"
  >
  readonly judge: Judge
  readonly clock: Clock
  readonly logger: Logger
  /** File that outlives the process. Default: nothing is kept. */
  readonly path?: string
  /** Files of modules that Envoys elsewhere fetch. Default: none, so no listener is tried. */
  readonly moduleFile?: ModuleFile
  /** Called after parts were withdrawn or released, so that the owner publishes again. */
  readonly onChange: () => void
}

/** The quarantine of a control plane. */
export interface Quarantine {
  /** Withdraws what is on record for this Envoy. Call before the first snapshot. */
  restore(): Promise<void>
  /** Takes note of an answer. A refusal is looked into, one after the other. */
  record(event: AnswerEvent): void
  /**
   * Looks into listeners whose modules Envoys elsewhere fetch: they accept them, whatever the modules are. Call after rounds; what
   * was tried once is not tried again until it changes.
   */
  tryModules(proxyKeys: readonly string[]): Promise<void>
  /** Releases parts that are no more, whose bytes are others, or whose partner is gone. Call after rounds. */
  release(): void
  /** Oldest first. */
  list(): readonly QuarantinedPart[]
  /** Resolves when no refusal is looked into. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Pause before a refusal is looked into again after that failed, in milliseconds; it doubles. */
const retryMs = 500

/** Most times that one refusal is looked into; the next one of the resource begins anew. */
const maxAttempts = 7

/** An empty quarantine. */
export function createQuarantine(options: QuarantineOptions): Quarantine {
  const { translator, judge, clock, logger } = options
  const parts = new Map<string, QuarantinedPart>()
  const accepted = new Map<string, ReadonlySet<PartKey>>()
  const waiting = new Map<string, { readonly refused: RefusedResource; readonly attempt: number }>()
  const later = new Map<string, () => void>()
  const acceptedMeanwhile = new Set<string>()
  const tried = new Map<string, ReadonlyMap<string, string>>()
  let working: Promise<void> | undefined
  let writing: Promise<void> = Promise.resolve()
  let isClosed = false

  const apply = (proxyKey: string): void => {
    const own = [...parts.values()].filter(({ proxyKey: key, part }) => key === proxyKey && part !== "")
    translator.withdraw(proxyKey, new Map(own.map(({ part, message }) => [part, message])))
  }
  const keep = (): void => {
    const { path } = options
    if (path === undefined) return
    writing = writing.then(() => writeQuarantine(path, [...parts.values()], logger))
  }
  const isAccepted = ({ proxyKey, kind, name }: RefusedResource): boolean =>
    acceptedMeanwhile.has(resourceId(proxyKey, kind, name))
  const lookInto = async (refused: RefusedResource): Promise<void> => {
    const { proxyKey, kind, name } = refused
    const note = { proxyKey, kind, resource: name, envoyVersion: await judge.version(), since: clock.now() }
    const trusted = accepted.get(resourceId(proxyKey, kind, name))
    const found = await findBlame(
      {
        translator,
        judge,
        isTrusted: (part) => trusted?.has(part) === true,
        isWithdrawn: (part) => parts.has(idOf(proxyKey, part)),
        ...(options.moduleFile === undefined ? {} : { moduleFile: options.moduleFile }),
      },
      refused,
    )
    // What was accepted meanwhile has nobody to blame; its parts may be on their way still.
    const current = isAccepted(refused) ? found.filter(({ part }) => part !== "") : found
    if (current.length === 0) return
    for (const blame of current) {
      const { part, object, field, message } = blame
      parts.set(part === "" ? resourceId(proxyKey, kind, name) : idOf(proxyKey, part), { ...note, ...blame })
      const said = { proxy: proxyKey, resource: name, object, field, message }
      logger.info(part === "" ? "envoy refuses a resource" : "withdrawn, since envoy refuses it", said)
    }
    apply(proxyKey)
    keep()
    // Who dies after all others were told need not be refused again.
    await writing
    options.onChange()
  }
  const tryAgain = (id: string, refused: RefusedResource, attempt: number): void => {
    if (attempt >= maxAttempts || isClosed || waiting.has(id)) return
    const cancel = clock.after(retryMs * 2 ** (attempt - 1), () => {
      later.delete(id)
      waiting.set(id, { refused, attempt })
      start()
    })
    later.set(id, cancel)
  }
  const forget = (id: string): void => {
    waiting.delete(id)
    later.get(id)?.()
    later.delete(id)
  }
  const hasEnvoy = (): Promise<boolean> =>
    judge.version().then(
      () => true,
      () => false,
    )
  const work = async (): Promise<void> => {
    for (const [id, { refused, attempt }] of waiting) {
      waiting.delete(id)
      if (isClosed) return
      acceptedMeanwhile.clear()
      try {
        await lookInto(refused)
      } catch (error) {
        const isTrial = refused.message === undefined
        const what = isTrial
          ? "modules that envoys fetch could not be tried"
          : "the part that envoy refuses could not be found"
        logger.warn(what, { ...refused, error: messageOf(error) })
        // Without an Envoy nothing will change by itself.
        if (await hasEnvoy()) tryAgain(id, refused, attempt + 1)
      }
    }
  }
  const start = (): void => {
    if (working !== undefined || isClosed) return
    working = work().finally(() => {
      working = undefined
      if (waiting.size > 0) start()
    })
  }
  return {
    restore: async () => {
      if (options.path === undefined) return
      removeUnfinished(dirname(options.path))
      const version = await judge.version().catch(() => undefined)
      if (version === undefined) return
      for (const part of readQuarantine(options.path, version, logger))
        if (part.part !== "") parts.set(idOf(part.proxyKey, part.part), part)
      for (const proxyKey of new Set([...parts.values()].map((part) => part.proxyKey))) apply(proxyKey)
    },
    record: (answer) => {
      const { type, proxyKey, typeUrl, resources } = answer
      const kind = resourceKindOf(typeUrl)
      if (kind === undefined) return
      for (const [name, message] of type === "nack" ? refusedResources(answer) : []) {
        const id = resourceId(proxyKey, kind, name)
        forget(id)
        waiting.set(id, { refused: { proxyKey, kind, name, message }, attempt: 0 })
      }
      for (const name of type === "ack" ? resources : []) {
        const id = resourceId(proxyKey, kind, name)
        forget(id)
        if (working !== undefined) acceptedMeanwhile.add(id)
        parts.delete(id)
        if (kind === "listeners" || (kind === "routes" && !accepted.has(id)))
          accepted.set(id, keysOf(translator, proxyKey, kind, name))
      }
      if (waiting.size > 0) start()
    },
    tryModules: async (proxyKeys) => {
      const { moduleFile } = options
      if (moduleFile === undefined) return
      for (const proxyKey of proxyKeys) {
        const groups = translator.snapshot(proxyKey)?.tables.listeners.groups ?? []
        const listeners = groups.flatMap(({ resources }) => resources)
        const before = tried.get(proxyKey)
        tried.set(proxyKey, new Map(listeners.map(({ name, version }) => [name, version])))
        for (const listener of listeners) {
          const { name, version } = listener
          if (before?.get(name) === version) continue
          if ((await withLocalModules(listener, moduleFile)) === listener) continue
          // A name of its own, since it is not settled by an answer.
          waiting.set(`modules ${resourceId(proxyKey, "listeners", name)}`, {
            refused: { proxyKey, kind: "listeners", name },
            attempt: 0,
          })
          start()
        }
      }
    },
    release: () => {
      if (parts.size === 0) return
      const changed = new Set<string>()
      const known = new Map<string, ReadonlySet<PartKey>>()
      for (const [id, { proxyKey, part, partner, kind, resource }] of parts) {
        if (part === "" && translator.without(proxyKey, [], kind, resource) !== undefined) continue
        const place = resourceId(proxyKey, kind, resource)
        const keys = known.get(place) ?? keysOf(translator, proxyKey, kind, resource)
        known.set(place, keys)
        if (keys.has(part) && (partner === undefined || keys.has(partner))) continue
        parts.delete(id)
        changed.add(proxyKey)
      }
      if (changed.size === 0) return
      for (const proxyKey of changed) apply(proxyKey)
      keep()
      options.onChange()
    },
    list: () => [...parts.values()],
    settled: async () => {
      while (working !== undefined) await working
    },
    close: async () => {
      isClosed = true
      for (const cancel of later.values()) cancel()
      await working
      await judge.close()
      await writing
    },
  }
}

const idOf = (proxyKey: string, part: PartKey): string => JSON.stringify([proxyKey, part])

const resourceId = (proxyKey: string, kind: ResourceKind, name: string): string =>
  JSON.stringify([proxyKey, kind, name])

function keysOf(
  translator: Pick<Translator, "suspects">,
  proxyKey: string,
  kind: ResourceKind,
  name: string,
): ReadonlySet<PartKey> {
  return new Set(translator.suspects(proxyKey, kind, name).map(({ key }) => key))
}
