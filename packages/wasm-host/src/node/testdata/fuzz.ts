// Runs random guests in hosts, one after the other, and says before each which comes; a guest may never come back.
import { parentPort, workerData } from "node:worker_threads"
import { createHost } from "../../host.ts"
import { inspectModule } from "../../inspect.ts"
import { createDice, randomGuest } from "../../testing/random-guest.ts"

const { seed, from, to } = workerData as { readonly seed: number; readonly from: number; readonly to: number }
for (let run = from; run < to; run++) {
  parentPort?.postMessage(run)
  const dice = createDice(seed * 1_000_003 + run)
  const module = randomGuest(dice)
  inspectModule(module)
  const host = createHost({
    module,
    plugin: { configuration: "configuration", allowOnHeadersStopIteration: dice(2) === 0 },
    clusters: { upstream: (request) => ({ chunks: ["a", request.body], trailers: { "x-t": "1" } }) },
    limits: { memoryPages: 32, callBytes: 4 * 1024 * 1024, logLines: 20_000 },
    logLevel: dice(2) === 0 ? "trace" : "error",
  })
  if (!host.start().isStarted) continue
  host.send({ path: "/a", timeoutMs: 100 })
  host.send({ method: "POST", chunks: ["one", "two"], trailers: { "x-t": "1" }, timeoutMs: 100 })
  const connection = host.crash === undefined ? host.connect({ data: (bytes) => bytes }) : undefined
  connection?.send("hello")
  host.advance(20)
  connection?.end()
  host.advance(20)
  host.stop()
  if (host.mistakes.some(({ message, hint }) => message === "" || hint === undefined))
    throw new Error("a mistake without words")
}
