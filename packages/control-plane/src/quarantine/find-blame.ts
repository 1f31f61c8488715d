// Who is to blame for a resource that an Envoy refuses: parts of it, else the object that shapes it.
import type { Origin, PartKey, Resource, ResourceKind, Suspect, Translator } from "@attache/translate"
import { findCulprits, type SuspectGroup } from "./find-culprits.ts"
import type { Judge } from "./judge.ts"
import { type ModuleFile, withLocalModules } from "./local-modules.ts"
import type { QuarantinedPart } from "./record.ts"
import { trialSnapshot } from "./trial-snapshot.ts"

/** A resource that an Envoy refused, or that it may fail to run although it accepts it. */
export interface RefusedResource {
  readonly proxyKey: string
  readonly kind: ResourceKind
  readonly name: string
  /** What Envoy said of it; absent: it was not refused. */
  readonly message?: string
}

/** What is to blame; an empty part is nothing that could be withdrawn. */
export type Blame = Pick<QuarantinedPart, "part" | "object" | "field" | "message" | "isWhole" | "partner">

/** What a search works with. */
export interface BlameOptions {
  readonly translator: Pick<Translator, "suspects" | "without" | "withoutObjects" | "objectKeys">
  readonly judge: Pick<Judge, "refusalOf">
  /** Whether a part was in the resource when an Envoy took it. */
  readonly isTrusted: (part: PartKey) => boolean
  /** Whether a part is kept from the proxy already. */
  readonly isWithdrawn: (part: PartKey) => boolean
  /** Files of modules that Envoys elsewhere fetch. Default: none. */
  readonly moduleFile?: ModuleFile
}

/** Kinds that shape resources without being a part of them, the closest first: without an EnvoyProxy much else is gone too. */
const shapingKinds = [
  "HTTPRouteFilter",
  "SecurityPolicy",
  "BackendTrafficPolicy",
  "ClientTrafficPolicy",
  "BackendTLSPolicy",
  "EnvoyProxy",
]

/** Most objects of a kind that are left out at once: each costs a translation of what stands on it. */
const maxObjects = 500

/**
 * Finds who is to blame, by offering the resource to a judging Envoy without some parts.
 *
 * Where no part is, it is the object without which the resource would be taken, or would not be there; else the one that it is
 * made for. That is so too where the judging Envoy takes what another one does not, such as a port that is in use.
 */
export async function findBlame(options: BlameOptions, refused: RefusedResource): Promise<readonly Blame[]> {
  const { translator, judge, isTrusted, isWithdrawn } = options
  const { proxyKey, kind, name } = refused
  const offer = async (resource: Resource | undefined): Promise<string | undefined> => {
    if (resource === undefined) return undefined
    const { moduleFile } = options
    const hasModules = kind === "listeners" && moduleFile !== undefined
    const local = hasModules ? await withLocalModules(resource, moduleFile) : resource
    return judge.refusalOf(trialSnapshot(kind, local), name)
  }
  const all = translator.suspects(proxyKey, kind, name)
  const left = all.filter(({ key }) => !isWithdrawn(key))
  const { culprits, rest } = await findCulprits(byTrust(left, isTrusted), (without) =>
    offer(translator.without(proxyKey, without, kind, name)),
  )
  const blamed = new Set(culprits.map(({ suspect }) => suspect.key))
  const parts = culprits.map(({ suspect, partner, message }): Blame => {
    const [origin = { object: "", field: "" }] = suspect.origins
    const own = all.filter(({ origins: [other] }) => other?.object === origin.object)
    const isWhole = own.every(({ key }) => blamed.has(key) || isWithdrawn(key))
    const together = partner === undefined ? {} : { partner: partner.key }
    return { part: suspect.key, ...origin, message: message.trim(), isWhole, ...together }
  })
  const message = rest ?? refused.message
  if (message === undefined || (rest === undefined && parts.length > 0)) return parts
  const made = translator.without(proxyKey, [], kind, name)?.origins[0]
  const shaping = rest === undefined ? undefined : await shapingObject(translator, refused, offer)
  const origin: Origin | undefined = shaping === undefined ? made : { object: shaping, field: "" }
  if (origin === undefined) return parts
  return [...parts, { part: "", ...origin, message: message.trim(), isWhole: true }]
}

async function shapingObject(
  { objectKeys, withoutObjects }: BlameOptions["translator"],
  { proxyKey, kind, name }: RefusedResource,
  offer: (resource: Resource | undefined) => Promise<string | undefined>,
): Promise<string | undefined> {
  const keys = objectKeys()
  // Backends shape clusters; a listener without one may lack what another object says.
  const kinds = kind === "clusters" ? shapingKinds.toSpliced(-1, 0, "Backend") : [...shapingKinds, "Backend"]
  for (const of of kinds) {
    const candidates = keys.filter((key) => key.startsWith(`${of}/`)).map((key) => ({ key }))
    if (candidates.length === 0 || candidates.length > maxObjects) continue
    const { culprits } = await findCulprits([{ suspects: candidates }], (without) =>
      offer(withoutObjects(proxyKey, without, kind, name)),
    )
    const [first] = culprits
    if (first !== undefined) return first.suspect.key
  }
  return undefined
}

/** What was accepted before stands first; within both, age decides. Patches stand last, since they change what is not theirs. */
function byTrust(
  suspects: readonly Suspect[],
  isTrusted: (part: PartKey) => boolean,
): readonly SuspectGroup<Suspect>[] {
  const rank = ({ kind, key }: Suspect): number => (kind === "patch" ? 2 : isTrusted(key) ? 0 : 1)
  return [0, 1, 2].map((wanted) => ({
    suspects: suspects.filter((suspect) => rank(suspect) === wanted),
    isAbove: wanted === 2,
  }))
}
