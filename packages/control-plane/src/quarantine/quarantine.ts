// From a refusal to the part that is to blame: it is withdrawn, the rest is delivered, and it comes back when its bytes change.
import { type Clock, type Logger, messageOf } from "@attache/base"
import { type PartKey, type ResourceKind, resourceKindOf, type Suspect, type Translator } from "@attache/translate"
import type { AnswerEvent } from "@attache/xds-server"
import { findCulprits } from "./find-culprits.ts"
import type { Judge } from "./judge.ts"
import { type QuarantinedPart, readQuarantine, writeQuarantine } from "./record.ts"
import { isTrialKind, type TrialKind, trialSnapshot } from "./trial-snapshot.ts"

/** What a quarantine works with. */
export interface QuarantineOptions {
  readonly translator: Pick<Translator, "suspects" | "without" | "withoutObjects" | "objectKeys" | "withdraw">
  readonly judge: Judge
  readonly clock: Clock
  readonly logger: Logger
  /** File that outlives the process. Default: nothing is kept. */
  readonly path?: string
  /** Called after parts were withdrawn or released, so that the owner publishes again. */
  readonly onChange: () => void
}

/** The quarantine of a control plane. */
export interface Quarantine {
  /** Withdraws what is on record for this Envoy. Call before the first snapshot. */
  restore(): Promise<void>
  /** Takes note of an answer. A refusal is looked into, one after the other. */
  record(event: AnswerEvent): void
  /** Releases parts that are no more, or whose bytes are others. Call after rounds. */
  release(): void
  /** Oldest first. */
  list(): readonly QuarantinedPart[]
  /** Resolves when no refusal is looked into. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Kinds that shape resources without being a part of them; what all others of a proxy stand on comes first. */
const shapingKinds = ["EnvoyProxy", "ClientTrafficPolicy", "BackendTrafficPolicy", "SecurityPolicy", "HTTPRouteFilter"]

/** Kinds that others refer to. They shape clusters; without them another object's settings may be left out of a listener. */
const backendKinds = ["Backend", "BackendTLSPolicy"]

interface Refused {
  readonly proxyKey: string
  readonly kind: ResourceKind
  readonly name: string
  /** What Envoy said of the response that held it. */
  readonly message: string
}

/** An empty quarantine. */
export function createQuarantine(options: QuarantineOptions): Quarantine {
  const { translator, judge, clock, logger } = options
  const parts = new Map<string, QuarantinedPart>()
  const accepted = new Map<string, ReadonlySet<PartKey>>()
  const waiting = new Map<string, Refused>()
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
  const lookInto = async (refused: Refused): Promise<void> => {
    const { proxyKey, kind, name } = refused
    const note = { proxyKey, kind, resource: name, envoyVersion: await judge.version(), since: clock.now() }
    const blame = (object: string, message: string): void => {
      parts.set(resourceId(proxyKey, kind, name), { ...note, part: "", object, field: "", message, isWhole: true })
      logger.info("envoy refuses a resource", { proxy: proxyKey, resource: name, object, message })
      options.onChange()
    }
    if (!isTrialKind(kind)) {
      const object = shapingObject(translator, proxyKey, kind, name)
      if (object !== undefined) blame(object, refused.message.trim())
      return
    }
    const all = translator.suspects(proxyKey, kind, name)
    const suspects = all.filter(({ key }) => !parts.has(idOf(proxyKey, key)))
    const trusted = accepted.get(resourceId(proxyKey, kind, name)) ?? new Set()
    const { culprits, rest } = await findCulprits(byTrust(suspects, trusted), async (without) => {
      const resource = translator.without(proxyKey, without, kind, name)
      return resource === undefined ? undefined : judge.refusalOf(trialSnapshot(kind, resource), name)
    })
    for (const { suspect, message } of culprits) {
      const [origin = { object: "", field: "" }] = suspect.origins
      const left = all.filter(({ key, origins: [other] }) => key !== suspect.key && other?.object === origin.object)
      const isWhole = left.every(({ key }) => parts.has(idOf(proxyKey, key)))
      parts.set(idOf(proxyKey, suspect.key), {
        ...note,
        part: suspect.key,
        ...origin,
        message: message.trim(),
        isWhole,
      })
      logger.info("withdrawn, since envoy refuses it", { proxy: proxyKey, ...origin, message })
    }
    const object = rest === undefined ? undefined : await blamedObject(proxyKey, kind, name)
    if (rest !== undefined && object !== undefined) blame(object, rest.trim())
    if (culprits.length === 0) return
    apply(proxyKey)
    keep()
    // Who dies after all others were told need not be refused again.
    await writing
    options.onChange()
  }
  /** The object without which the resource would be taken, or would not be there; else the one it is made from. */
  const blamedObject = async (proxyKey: string, kind: TrialKind, name: string): Promise<string | undefined> => {
    const keys = translator.objectKeys()
    const kinds = kind === "clusters" ? [...shapingKinds, ...backendKinds] : [...backendKinds, ...shapingKinds]
    const candidates = kinds.flatMap((of) => keys.filter((key) => key.startsWith(`${of}/`)))
    const { culprits } = await findCulprits(
      candidates.map((key) => ({ key })),
      async (without) => {
        const resource = translator.withoutObjects(proxyKey, without, kind, name)
        return resource === undefined ? undefined : judge.refusalOf(trialSnapshot(kind, resource), name)
      },
    )
    return culprits[0]?.suspect.key ?? translator.without(proxyKey, [], kind, name)?.origins[0]?.object
  }
  const work = async (): Promise<void> => {
    for (const [id, refused] of waiting) {
      waiting.delete(id)
      if (isClosed) return
      try {
        await lookInto(refused)
      } catch (error) {
        logger.warn("the part that envoy refuses could not be found", { ...refused, error: messageOf(error) })
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
      const version = await judge.version().catch(() => undefined)
      if (version === undefined) return
      for (const part of readQuarantine(options.path, version, logger))
        if (part.part !== "") parts.set(idOf(part.proxyKey, part.part), part)
      for (const proxyKey of new Set([...parts.values()].map((part) => part.proxyKey))) apply(proxyKey)
    },
    record: ({ type, proxyKey, typeUrl, changed, resources, message = "" }) => {
      const kind = resourceKindOf(typeUrl)
      if (kind === undefined) return
      for (const name of type === "nack" ? changed : resources) {
        const id = resourceId(proxyKey, kind, name)
        if (type === "nack") {
          waiting.set(id, { proxyKey, kind, name, message })
          continue
        }
        parts.delete(id)
        if (kind === "listeners" || (kind === "routes" && !accepted.has(id)))
          accepted.set(id, keysOf(translator, proxyKey, kind, name))
      }
      if (waiting.size > 0) start()
    },
    release: () => {
      if (parts.size === 0) return
      const changed = new Set<string>()
      for (const [id, { proxyKey, part, kind, resource }] of parts) {
        if (part === "" && translator.without(proxyKey, [], kind, resource) !== undefined) continue
        if (translator.suspects(proxyKey, kind, resource).some(({ key }) => key === part)) continue
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

/** Most objects looked at for one resource that cannot be tried. */
const maxLooks = 500

/** The object that a resource is shaped by, closest to it; else the one that it is made for. */
function shapingObject(
  { objectKeys, without, withoutObjects }: Pick<Translator, "objectKeys" | "without" | "withoutObjects">,
  proxyKey: string,
  kind: ResourceKind,
  name: string,
): string | undefined {
  const now = without(proxyKey, [], kind, name)
  const keys = objectKeys()
  const candidates = [...shapingKinds, ...backendKinds]
    .toReversed()
    .flatMap((of) => keys.filter((key) => key.startsWith(`${of}/`)))
  const shaping = candidates
    .slice(0, maxLooks)
    .find((key) => withoutObjects(proxyKey, [key], kind, name)?.version !== now?.version)
  return shaping ?? now?.origins[0]?.object
}

/** What was accepted before stands first; within both, age decides. Patches stand last, since they change what is not theirs. */
function byTrust(suspects: readonly Suspect[], accepted: ReadonlySet<PartKey>): readonly Suspect[] {
  const rank = ({ kind, key }: Suspect): number => (kind === "patch" ? 2 : accepted.has(key) ? 0 : 1)
  return [0, 1, 2].flatMap((wanted) => suspects.filter((suspect) => rank(suspect) === wanted))
}
