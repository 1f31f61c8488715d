// A real Envoy that judges resources and carries no traffic: what it accepts, what it refuses and in which words.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createBootstrap, type RunningEnvoy, runEnvoy } from "@attache/envoy"
import { type ProxySnapshot, resourceMaps } from "@attache/translate"
import { createSnapshot, createXdsServer, emptySnapshot, type ResourceInput, type XdsServer } from "@attache/xds-server"
import { onLoopback } from "./on-loopback.ts"

/** What Envoy said to one resource. */
export interface ResourceVerdict {
  readonly typeUrl: string
  readonly name: string
  /** `unasked`: nothing refers to it, so Envoy never asked. `unanswered`: no answer in time. */
  readonly verdict: "accepted" | "refused" | "unasked" | "unanswered"
  /** Envoy's own words, when refused. */
  readonly message?: string
}

/** The judgement of one snapshot. */
export interface Judgement {
  readonly resources: readonly ResourceVerdict[]
  /** Listeners and clusters that were accepted and still wait for something. */
  readonly warming: readonly string[]
}

/** How to judge. */
export interface ValidatingEnvoyOptions {
  /** Path of the binary. */
  readonly envoyPath: string
  /** Longest wait for Envoy's answers, in milliseconds. Default 10 s. */
  readonly timeoutMs?: number
}

/** A warm Envoy that judges one snapshot after another. */
export interface ValidatingEnvoy extends AsyncDisposable {
  /** Offers every resource over ADS. Listeners bind free loopback ports, so nothing of this machine is taken. One call at a time. */
  judge(snapshot: ProxySnapshot): Promise<Judgement>
  /** Takes everything back, so that the next judgement starts from nothing. */
  clear(): Promise<void>
}

const key = "judge"
const pauseMs = 60
const maxSilentPauses = 25

/** Starts an Envoy for judging. Errors: ATT_ENVOY_*, ATT_XDS_*. */
export async function startValidatingEnvoy(options: ValidatingEnvoyOptions): Promise<ValidatingEnvoy> {
  const folder = mkdtempSync(join(tmpdir(), "attache-judge-"))
  const timeoutMs = options.timeoutMs ?? 10_000
  const waiting = new Set<() => void>()
  const xds = createXdsServer({ onEvent: () => queueMicrotask(() => wake(waiting)) })
  const socketPath = join(folder, "xds.sock")
  let envoy: RunningEnvoy | undefined
  const stop = async (): Promise<void> => {
    await envoy?.stop({ drainMs: 0 })
    await xds.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const listener = await xds.listen({ unixPath: socketPath })
    xds.setSnapshot(key, emptySnapshot)
    envoy = await runEnvoy({
      path: options.envoyPath,
      bootstrap: createBootstrap({ nodeId: key, nodeCluster: key, xds: { socketPath } }),
      concurrency: 1,
      logLevel: "error",
      onLog: () => {},
    })
    void listener
  } catch (error) {
    await stop()
    throw error
  }
  const admin = envoy.admin
  const settle = (): Promise<void> => untilAnswered(xds, waiting, timeoutMs)
  return {
    judge: async (snapshot) => {
      const inputs = new Map<string, ResourceInput[]>()
      for (const [typeUrl, resources] of resourceMaps(snapshot)) {
        inputs.set(
          typeUrl,
          [...resources.values()].map(({ name, bytes }) => ({ name, bytes: onLoopback(typeUrl, bytes) })),
        )
      }
      xds.setSnapshot(key, createSnapshot(inputs, xds.snapshot(key) ?? emptySnapshot))
      await settle()
      return { resources: verdicts(xds, inputs), warming: await warmingOf(admin) }
    },
    clear: async () => {
      xds.setSnapshot(key, emptySnapshot)
      await settle()
    },
    [Symbol.asyncDispose]: stop,
  }
}

function wake(waiting: Set<() => void>): void {
  const calls = [...waiting]
  waiting.clear()
  for (const call of calls) call()
}

/**
 * Quiet means: nothing is on its way, and nothing has been said for a moment in which Envoy could have asked for more.
 *
 * After a refusal some resources stay on their way for good, because what Envoy refused is not offered again; there a
 * longer silence is the end.
 */
async function untilAnswered(xds: XdsServer, waiting: Set<() => void>, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs
  let silentPauses = 0
  for (;;) {
    const heard = await new Promise<boolean>((resolve) => {
      const call = (): void => resolve(true)
      waiting.add(call)
      setTimeout(() => {
        waiting.delete(call)
        resolve(false)
      }, pauseMs)
    })
    silentPauses = heard ? 0 : silentPauses + 1
    if (performance.now() > deadline || silentPauses >= maxSilentPauses) return
    if (!heard && !isBusy(xds)) return
  }
}

function isBusy(xds: XdsServer): boolean {
  return xds
    .acks(key)
    .some(({ types }) =>
      [...types.values()].some(({ resources }) =>
        [...resources.values()].some(({ state }) => state === "sent" || state === "pending"),
      ),
    )
}

function verdicts(xds: XdsServer, inputs: ReadonlyMap<string, readonly ResourceInput[]>): readonly ResourceVerdict[] {
  const [client] = xds.acks(key)
  return [...inputs].flatMap(([typeUrl, resources]) =>
    resources.map(({ name }): ResourceVerdict => {
      const ack = client?.types.get(typeUrl)?.resources.get(name)
      if (ack === undefined || ack.state === "absent") return { typeUrl, name, verdict: "unasked" }
      if (ack.state === "acked") return { typeUrl, name, verdict: "accepted" }
      if (ack.state !== "nacked") return { typeUrl, name, verdict: "unanswered" }
      return { typeUrl, name, verdict: "refused", ...(ack.message === undefined ? {} : { message: ack.message }) }
    }),
  )
}

async function warmingOf(admin: RunningEnvoy["admin"]): Promise<readonly string[]> {
  const stats = await admin.stats({
    filter: "^listener_manager.total_listeners_warming$|^cluster_manager.warming_clusters$",
  })
  return [...stats].flatMap(([name, value]) => (value === 0 ? [] : [`${name}: ${value}`]))
}
