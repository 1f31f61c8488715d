// A real Envoy that judges resources and carries no traffic: what it accepts, what it refuses and in which words.

import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { type ProxySnapshot, resourceMaps } from "@attache/translate"
import { createSnapshot, emptySnapshot, type ResourceInput } from "@attache/xds-server"
import { onLoopback } from "./on-loopback.ts"
import { type Session, startSession } from "./session.ts"
import { type Patience, settle } from "./settle.ts"
import { isCut, type ResourceVerdict, verdictsOf } from "./verdicts.ts"
import { dumpedClusters, type WarmingResource, warmingListeners } from "./warming.ts"

/** The judgement of one snapshot. */
export interface Judgement {
  /** In the order of the snapshot. */
  readonly resources: readonly ResourceVerdict[]
  /** Listeners and clusters that were accepted and still wait for something, such as a name that does not resolve. */
  readonly warming: readonly WarmingResource[]
}

/** How to judge. */
export interface ValidatingEnvoyOptions {
  /** Path of the binary. */
  readonly envoyPath: string
  /** Where folders are made. Default: the system's folder for temporary files. */
  readonly folder?: string
  /** Longest wait for Envoy's answers, in milliseconds. Default 10 s. */
  readonly timeoutMs?: number
  /**
   * Longest wait, without any news, for listeners and clusters that depend on the network to get warm, in milliseconds.
   * Default 1 s. Listeners wait as long for clusters.
   */
  readonly warmMs?: number
}

/** A warm Envoy that judges one snapshot after another. One call at a time. */
export interface ValidatingEnvoy extends AsyncDisposable {
  /**
   * Offers every resource over ADS, as an update of what was offered before.
   *
   * Listeners bind free loopback ports, so nothing of this machine is taken. Endpoints, secrets and routes are offered one
   * by one, so that a refusal says which it means. When the last judgement left Envoy waiting for a cluster, another one is
   * started, since it would answer no more.
   *
   * @throws AttacheError ATT_JUDGE_ENVOY_DIED when Envoy dies of what it is offered; the next call starts another
   */
  judge(snapshot: ProxySnapshot): Promise<Judgement>
  /** Takes everything back, so that the next judgement starts from nothing. */
  clear(): Promise<void>
}

/** Longest wait until what was taken back is gone, in milliseconds; then another Envoy is started. */
const clearMs = 1_000

/** Starts an Envoy for judging. Errors: ATT_ENVOY_*, ATT_XDS_*. */
export async function startValidatingEnvoy(options: ValidatingEnvoyOptions): Promise<ValidatingEnvoy> {
  const patience = { timeoutMs: options.timeoutMs ?? 10_000, warmMs: options.warmMs ?? 1_000 }
  const start = (): Promise<Session> => startSession(options.envoyPath, patience.warmMs, options.folder)
  let session: Session | undefined = await start()
  const restart = async (): Promise<Session> => {
    const old = session
    session = undefined
    await old?.[Symbol.asyncDispose]()
    session = await start()
    return session
  }
  const usable = async (): Promise<Session> => {
    if (session?.isAlive() === true && session.state().inFlight.length === 0) return session
    return restart()
  }
  return {
    judge: async (snapshot) => {
      const current = await usable()
      return current.whileAlive(judge(current, snapshot, patience))
    },
    clear: async () => {
      const current = await usable()
      const isBare = await current.whileAlive(takeBack(current))
      if (!isBare) await restart()
    },
    [Symbol.asyncDispose]: async () => session?.[Symbol.asyncDispose](),
  }
}

async function judge(session: Session, snapshot: ProxySnapshot, patience: Patience): Promise<Judgement> {
  const inputs = new Map(
    [...resourceMaps(snapshot)].map(([typeUrl, resources]): [string, readonly ResourceInput[]] => [
      typeUrl,
      [...resources.values()].map(({ name, bytes }) => ({ name, bytes: onLoopback(typeUrl, bytes) })),
    ]),
  )
  session.offer(createSnapshot(inputs, session.offered()))
  await settle(session, patience)
  const first = await verdictsNow(session, inputs)
  const resources = isAnyCut(session) ? await judgeRest(session, inputs, first, patience) : first
  return { resources, warming: await warmingNow(session) }
}

/** Whether Envoy shortened a refusal of several listeners or clusters, so that it may have named some only. */
function isAnyCut(session: Session): boolean {
  return [typeUrls.cluster, typeUrls.listener].some((typeUrl) =>
    [...(session.acks().get(typeUrl)?.resources.values() ?? [])].some(({ message = "" }) => isCut(message)),
  )
}

/** Offers all but what was refused, until nothing more is: Envoy's words hold some twenty names at most. */
async function judgeRest(
  session: Session,
  inputs: ReadonlyMap<string, readonly ResourceInput[]>,
  before: readonly ResourceVerdict[],
  patience: Patience,
): Promise<readonly ResourceVerdict[]> {
  const known = new Map(before.map((verdict) => [keyOf(verdict), verdict]))
  for (;;) {
    const rest = new Map(
      [...inputs].map(([typeUrl, resources]): [string, readonly ResourceInput[]] => [
        typeUrl,
        resources.filter(({ name }) => known.get(keyOf({ typeUrl, name }))?.verdict !== "refused"),
      ]),
    )
    session.offer(createSnapshot(rest, session.offered()))
    await settle(session, patience)
    const verdicts = await verdictsNow(session, rest)
    for (const verdict of verdicts) known.set(keyOf(verdict), verdict)
    if (!verdicts.some(({ verdict }) => verdict === "refused")) return [...known.values()]
  }
}

function keyOf({ typeUrl, name }: Pick<ResourceVerdict, "typeUrl" | "name">): string {
  return `${typeUrl}\0${name}`
}

async function verdictsNow(
  session: Session,
  inputs: ReadonlyMap<string, readonly ResourceInput[]>,
): Promise<readonly ResourceVerdict[]> {
  const acks = session.acks()
  const names = new Map([...inputs].map(([typeUrl, resources]) => [typeUrl, resources.map(({ name }) => name)]))
  const held = new Map<string, string>()
  if (acks.get(typeUrls.cluster)?.inFlight !== undefined) {
    for (const resource of ["dynamic_active_clusters", "dynamic_warming_clusters"])
      for (const { name, version } of dumpedClusters(await session.admin.configDump({ resource })))
        held.set(name, version)
  }
  return verdictsOf(acks, names, (name, version) => held.get(name) === version)
}

async function warmingNow(session: Session): Promise<readonly WarmingResource[]> {
  if ((await session.warming()) === 0) return []
  const { admin } = session
  const clusters = dumpedClusters(await admin.configDump({ resource: "dynamic_warming_clusters" }))
  return [
    ...clusters.map(({ name }) => ({ typeUrl: typeUrls.cluster, name })),
    ...warmingListeners(await admin.configDump({ resource: "dynamic_listeners" })),
  ]
}

/** Takes everything back; false when something is left after a time, such as a listener that drains. */
async function takeBack(session: Session): Promise<boolean> {
  const deadline = session.now() + clearMs
  session.offer(emptySnapshot)
  await settle(session, { timeoutMs: clearMs, warmMs: 0 })
  while (!isBare(session)) {
    if (session.now() > deadline) return false
    await session.roundTrip()
  }
  return true
}

/** Whether nothing is held or asked for: a secret that is still asked for would not be looked at again. */
function isBare(session: Session): boolean {
  return [...session.acks().values()].every(({ inFlight, resources }) => inFlight === undefined && resources.size === 0)
}
