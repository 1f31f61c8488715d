// The two who are served: a client in a process of its own, and a real Envoy where one is on the machine.
import { fork } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { createBootstrap, findEnvoy, runEnvoy } from "@attache/envoy"
import { benchEnvoyId, type Receipt } from "./serving-arrivals.ts"

/** A client that acknowledges everything. */
export interface BenchClient {
  stop(): void
}

/** Connects a client; it tells of every response. */
export async function startBenchClient(
  address: string,
  proxyKey: string,
  onReceipt: (receipt: Receipt) => void,
): Promise<BenchClient> {
  const child = fork(fileURLToPath(new URL("serving-client.ts", import.meta.url)), [address, proxyKey])
  child.on("message", (message) => onReceipt(message as Receipt))
  await new Promise((resolve, reject) => {
    child.once("spawn", resolve)
    child.once("error", reject)
  })
  return { stop: () => void child.kill() }
}

/** A running Envoy. */
export interface BenchEnvoy {
  /** CPU it has used so far. */
  cpuMs(): number
  stop(): Promise<unknown>
}

/** Milliseconds of a clock tick in /proc; 100 a second on every Linux that Node runs on. */
const tickMs = 10

/** Starts an Envoy with one worker, or gives undefined when there is none on this machine or it is no Linux. */
export async function startBenchEnvoy(socketPath: string, proxyKey: string): Promise<BenchEnvoy | undefined> {
  if (process.platform !== "linux" || process.env.ATTACHE_BENCH_ENVOY === "none") return undefined
  const found = await findEnvoy({ offline: true }).catch(() => undefined)
  if (found === undefined) return undefined
  const envoy = await runEnvoy({
    path: found.path,
    bootstrap: createBootstrap({ nodeId: benchEnvoyId, nodeCluster: proxyKey, xds: { socketPath } }),
    concurrency: 1,
    logLevel: "error",
    until: "admin",
    startTimeoutMs: 120_000,
  })
  return {
    cpuMs: () => {
      const fields = readFileSync(`/proc/${envoy.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
      return (Number(fields[11]) + Number(fields[12])) * tickMs
    },
    stop: () => envoy.stop({ drainMs: 0 }),
  }
}
