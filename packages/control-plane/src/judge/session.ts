// One Envoy and the xDS server it takes everything from.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AttacheError } from "@attache/base"
import { createBootstrap, type RunningEnvoy, runEnvoy } from "@attache/envoy"
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { createXdsServer, emptySnapshot, type Snapshot, type TypeAcks, type XdsServer } from "@attache/xds-server"
import { codes } from "../codes.ts"
import type { Conversation, ConversationState } from "./settle.ts"
import { warmingStats } from "./warming.ts"

/** A conversation with one Envoy process. */
export interface Session extends Conversation, AsyncDisposable {
  readonly admin: RunningEnvoy["admin"]
  /** Replaces what Envoy should have. */
  offer(snapshot: Snapshot): void
  offered(): Snapshot
  acks(): ReadonlyMap<string, TypeAcks>
  /** False when the process has ended. */
  isAlive(): boolean
  /** The result of some work, or ATT_JUDGE_ENVOY_DIED when the process ends before. */
  whileAlive<T>(work: Promise<T>): Promise<T>
}

const key = "judge"

/**
 * Starts an Envoy that has nothing yet.
 *
 * @param place where folders are made; default: the system's folder for temporary files
 * @param patienceMs how long listeners wait for clusters that do not get warm
 * @throws AttacheError ATT_ENVOY_*, ATT_XDS_*
 */
export async function startSession(envoyPath: string, patienceMs: number, place = tmpdir()): Promise<Session> {
  const folder = mkdtempSync(join(place, "attache-judge-"))
  const answers = createCounter()
  const xds = createXdsServer({ onEvent: () => answers.count(), patienceMs, resourcesPerResponse: 1 })
  const remove = async (): Promise<void> => {
    await xds.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const socketPath = join(folder, "xds.sock")
    await xds.listen({ unixPath: socketPath })
    xds.setSnapshot(key, emptySnapshot)
    const envoy = await runEnvoy({
      path: envoyPath,
      folder: place,
      bootstrap: createBootstrap({ nodeId: key, nodeCluster: key, xds: { socketPath } }),
      concurrency: 1,
      // What is taken back is to be gone before the next judgement.
      drainTimeS: 0,
      logLevel: "critical",
    })
    return sessionOf(xds, envoy, answers, remove)
  } catch (error) {
    await remove()
    throw error
  }
}

function sessionOf(xds: XdsServer, envoy: RunningEnvoy, answers: Counter, remove: () => Promise<void>): Session {
  let isAlive = true
  const ended = envoy.exit.then((): never => {
    isAlive = false
    throw new AttacheError("ATT_JUDGE_ENVOY_DIED", "Envoy ended while it judged", {
      hint: codes.ATT_JUDGE_ENVOY_DIED.cure,
    })
  })
  ended.catch(() => {})
  return {
    admin: envoy.admin,
    now: () => performance.now(),
    heard: answers.value,
    news: answers.more,
    state: () => stateOf(xds),
    acks: () => acksOf(xds),
    offer: (snapshot) => xds.setSnapshot(key, snapshot),
    offered: () => xds.snapshot(key) ?? emptySnapshot,
    roundTrip: async () => {
      await envoy.admin.ready()
      await pollPhase()
    },
    warming: async () => {
      const stats = await envoy.admin.stats({ filter: warmingStats })
      return [...stats.values()].reduce((sum, value) => sum + value, 0)
    },
    isAlive: () => isAlive,
    whileAlive: (work) => {
      // Work on an Envoy that has ended fails in ways of its own.
      work.catch(() => {})
      return Promise.race([work.catch((error: unknown) => (isAlive ? Promise.reject(error) : ended)), ended])
    },
    [Symbol.asyncDispose]: async () => {
      await envoy.stop({ drainMs: 0 })
      await remove()
    },
  }
}

/** Lets everything be read and handled that has arrived. */
async function pollPhase(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function acksOf(xds: XdsServer): ReadonlyMap<string, TypeAcks> {
  return xds.acks(key)[0]?.types ?? new Map<string, TypeAcks>()
}

function stateOf(xds: XdsServer): ConversationState {
  const acks = acksOf(xds)
  const inFlight = [...acks].flatMap(([typeUrl, { inFlight }]) => (inFlight === undefined ? [] : [typeUrl]))
  const isPending = (typeUrl: string): boolean =>
    [...(acks.get(typeUrl)?.resources.values() ?? [])].some(({ state }) => state === "pending")
  return { inFlight, isHeldBack: isPending(typeUrls.listener) || isPending(typeUrls.route) }
}

interface Counter {
  count(): void
  value(): number
  /** Resolves when the value is more than `since`, or after a time in milliseconds. */
  more(since: number, ms: number): Promise<void>
}

function createCounter(): Counter {
  let value = 0
  const waiting = new Set<() => void>()
  return {
    count: () => {
      value++
      const calls = [...waiting]
      waiting.clear()
      // The server has not handled the message yet that it tells of.
      queueMicrotask(() => {
        for (const call of calls) call()
      })
    },
    value: () => value,
    more: (since, ms) =>
      new Promise((resolve) => {
        if (value > since) return resolve()
        const call = (): void => {
          clearTimeout(timer)
          waiting.delete(call)
          resolve()
        }
        const timer = setTimeout(call, ms)
        waiting.add(call)
      }),
  }
}
