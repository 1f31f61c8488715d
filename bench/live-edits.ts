/**
 * Live edits at steady load: `node bench/live-edits.ts [--edits 1000] [--per-second 20]`.
 *
 * The load is half of what one worker of Envoy carries, measured first. Edits come in two parts: of routes, endpoints and
 * header changes, which replace no listener; and of scripts, which do, so that connections of the old one end within the drain
 * time (5 s here, 60 s by default). Exit code 1 when a request failed.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { cpus } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { createBootstrap, findEnvoy, freePorts, runEnvoy } from "@attache/envoy"
import { createPlace, startCommand } from "../e2e/command-process.ts"
import { untilAnswer } from "../e2e/gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "../e2e/resources.ts"
import { sendFor } from "./http-load.ts"
import { grpcStreams, keptAlive, type Load, newConnections, type Tally, webSockets } from "./live-edits-load.ts"
import { cpuMsOf } from "./process-figures.ts"

const { values } = parseArgs({
  options: { edits: { type: "string", default: "1000" }, "per-second": { type: "string", default: "20" } },
})
const edits = Number(values.edits)
const perSecond = Number(values["per-second"])
if (!(edits >= 10 && perSecond > 0)) {
  console.error("usage: node bench/live-edits.ts [--edits N from 10 on] [--per-second N]")
  process.exit(2)
}

const drainTimeS = 5
const connections = 32

interface Ports {
  readonly plain: number
  readonly upgrades: number
  readonly streams: number
}

const backends = fork(fileURLToPath(new URL("live-edits-backend.ts", import.meta.url)))
const [ports] = (await once(backends, "message")) as [Ports]
const [port] = (await freePorts(1)) as [number]
const h2c = { ...backend("streams", ports.streams) }
const base = stream(
  ...gateway({ http: port }),
  backend("plain", ports.plain),
  backend("upgrades", ports.upgrades),
  { ...h2c, spec: { ...(h2c.spec as object), appProtocols: ["gateway.envoyproxy.io/h2c"] } },
  ...["plain", "upgrades", "streams"].map((name) => route(name, [prefix(`/${name}`, { backendRefs: [to(name)] })])),
  route("bench", [prefix("/bench", { backendRefs: [to("plain")] })]),
)
const set = (value: number) => ({
  filters: [
    { type: "ResponseHeaderModifier", responseHeaderModifier: { set: [{ name: "x-edit", value: `${value}` }] } },
  ],
})
/** What changes with each edit: a path, an endpoint, a header; and a script with those that replace the listener. */
const edited = (n: number, script: number): string =>
  stream(
    backend("moving", n % 2 === 0 ? ports.plain : ports.upgrades),
    route("moving", [prefix("/moving", { backendRefs: [to("moving")] })]),
    route("edited", [prefix(`/edited-${n}`, { backendRefs: [to("plain")], ...set(n) })]),
    extensions(
      "script",
      { kind: "HTTPRoute", name: "moving" },
      { lua: [{ type: "Inline", inline: `function envoy_on_response(h) h:headers():replace("x", "${script}") end` }] },
    ),
  )

using place = createPlace({ "base.yaml": base, "edited.yaml": edited(0, 0) })
const socketPath = join(place.folder, "xds.sock")
await using serve = startCommand(place, "serve", "--xds-address", `unix:${socketPath}`)
await serve.said(/^ready xds=/m)
const { path } = await findEnvoy({ offline: true })
await using envoy = await runEnvoy({
  path,
  bootstrap: createBootstrap({ nodeId: "bench", nodeCluster: "default/gw", xds: { socketPath } }),
  concurrency: 1,
  drainTimeS,
  logLevel: "error",
})
await untilAnswer(port, "/plain", ({ status }) => status === 200, { context: serve.output })

await sendFor(port, connections, 1_000)
const capacityMs = 3_000
const busyBefore = cpuMsOf(envoy.pid)
const capacity = (await sendFor(port, connections, capacityMs)) / (capacityMs / 1000)
const busy = (cpuMsOf(envoy.pid) - busyBefore) / capacityMs
const pace = capacity / 2
const fresh = Math.min(100, pace / 10)
const loads: Readonly<Record<string, Load>> = {
  "new connections": newConnections(port, fresh),
  "kept-alive connections": keptAlive(port, connections, pace - fresh),
  WebSockets: webSockets(port, 20),
  "gRPC streams": grpcStreams(port, 4, 5),
}
const tallies = (): readonly Tally[] => Object.values(loads).map((load) => load.tally())
const since = (before: readonly Tally[]): readonly Tally[] =>
  tallies().map(({ good, failed, cut }, i) => ({
    good: good - (before[i]?.good ?? 0),
    failed: failed - (before[i]?.failed ?? 0),
    cut: cut - (before[i]?.cut ?? 0),
  }))
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

/** Edits at a pace, until the last has arrived. */
async function part(count: number, from: number, isScript: boolean) {
  const before = tallies()
  const begin = performance.now()
  for (let n = 1; n <= count; n++) {
    await pause(begin + (1000 * n) / perSecond - performance.now())
    place.write("edited.yaml", edited(from + n, isScript ? n : 0))
  }
  await untilAnswer(port, `/edited-${from + count}`, ({ status }) => status === 200, { context: serve.output })
  // What an old listener still holds is cut when its time is over.
  if (isScript) await pause(1000 * (drainTimeS + 2))
  return { count, seconds: (performance.now() - begin) / 1000, tallies: since(before) }
}

await pause(1_000)
const listenerEdits = Math.round(edits / 5)
const ordinary = await part(edits - listenerEdits, 0, false)
const replacing = await part(listenerEdits, edits, true)
for (const load of Object.values(loads)) load.stop()

const plain = [ordinary, replacing].flatMap(({ tallies: [a, b] }) => [a, b])
const failed = plain.reduce((sum, tally) => sum + (tally?.failed ?? 0), 0)
const row = (name: string, i: number): string => {
  const cells = [ordinary, replacing].flatMap(({ tallies: all }) => {
    const { good, failed: bad, cut } = all[i] ?? { good: 0, failed: 0, cut: 0 }
    return [good, bad, cut]
  })
  return `| ${name} | ${cells.map((cell) => cell.toLocaleString("en")).join(" | ")} |`
}
console.log(`${cpus().length} cores, ${cpus()[0]?.model.trim()}; one worker carries ${Math.round(capacity)} requests/s`)
console.log(`(${Math.round(busy * 100)} % of a core meanwhile); the load is ${Math.round(pace)} requests/s\n`)
for (const [what, { count, seconds }] of Object.entries({ "routes and endpoints": ordinary, scripts: replacing }))
  console.log(`${count} edits of ${what} in ${seconds.toFixed(0)} s`)
console.log("\n| | answered | failed | cut | answered, listener replaced | failed | cut |")
console.log("|---|---:|---:|---:|---:|---:|---:|")
for (const [i, name] of Object.keys(loads).entries()) console.log(row(name, i))
backends.kill()
process.exitCode = failed > 0 ? 1 : 0
