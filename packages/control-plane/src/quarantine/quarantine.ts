// From a refusal to the part that is to blame: it is withdrawn, the rest is delivered, and it comes back when its bytes change.
import { dirname } from "node:path"
import { type Clock, type Logger, messageOf } from "@attache/base"
import { type PartKey, type ResourceKind, resourceKindOf, type Translator } from "@attache/translate"
import type { AnswerEvent } from "@attache/xds-server"
import { removeUnfinished } from "../private-file.ts"
import { refusedResources } from "../refused-resources.ts"
import { findBlame, type RefusedResource } from "./find-blame.ts"
import { createInquiries } from "./inquiries.ts"
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

/** An empty quarantine. */
export function createQuarantine(options: QuarantineOptions): Quarantine {
  const { translator, judge, clock, logger } = options
  const parts = new Map<string, QuarantinedPart>()
  const accepted = new Map<string, ReadonlySet<PartKey>>()
  const acceptedMeanwhile = new Set<string>()
  const tried = new Map<string, ReadonlyMap<string, string>>()
  let writing: Promise<void> = Promise.resolve()

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
    acceptedMeanwhile.clear()
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
  const inquiries = createInquiries({
    clock,
    lookInto,
    onFailure: async (error, refused: RefusedResource) => {
      const what =
        refused.message === undefined
          ? "modules that envoys fetch could not be tried"
          : "the part that envoy refuses could not be found"
      logger.warn(what, { ...refused, error: messageOf(error) })
      // Without an Envoy nothing will change by itself.
      return judge.version().then(
        () => true,
        () => false,
      )
    },
  })
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
        inquiries.add(resourceId(proxyKey, kind, name), { proxyKey, kind, name, message })
      }
      for (const name of type === "ack" ? resources : []) {
        const id = resourceId(proxyKey, kind, name)
        inquiries.forget(id)
        if (inquiries.isWorking()) acceptedMeanwhile.add(id)
        parts.delete(id)
        if (kind === "listeners" || (kind === "routes" && !accepted.has(id)))
          accepted.set(id, keysOf(translator, proxyKey, kind, name))
      }
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
          inquiries.add(`modules ${resourceId(proxyKey, "listeners", name)}`, { proxyKey, kind: "listeners", name })
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
    settled: inquiries.settled,
    close: async () => {
      await inquiries.close()
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
