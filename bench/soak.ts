/**
 * Edits for a long time: `node bench/soak.ts [--minutes 10] [--per-second 10] [--heap 128]`.
 *
 * `attache run` follows files whose routes, endpoints, scripts and defects change all the time; what it and Envoy hold in memory
 * of their own is sampled. The heap of the control plane is bounded (MiB): without a bound V8 lets garbage grow while there is
 * memory on the machine, and what is held is not to be told from what is garbage. The slope is that of a line through the second
 * half, after everything has happened once. Exit code 1 when a request of the load beside it failed.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { freePorts } from "@attache/envoy"
import { createPlace, startCommand } from "../e2e/command-process.ts"
import { untilAnswer } from "../e2e/gateway-under-test.ts"
import { childOf } from "../e2e/process-tree.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "../e2e/resources.ts"
import { newConnections } from "./live-edits-load.ts"
import { memoryMiBOf } from "./process-figures.ts"

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    "per-second": { type: "string", default: "10" },
    heap: { type: "string", default: "128" },
  },
})
const minutes = Number(values.minutes)
const perSecond = Number(values["per-second"])
if (!(minutes > 0 && perSecond > 0)) {
  console.error("usage: node bench/soak.ts [--minutes N] [--per-second N] [--heap MIB]")
  process.exit(2)
}

const [port] = (await freePorts(1)) as [number]
// Keeps connections for ever: a server that closes idle ones fails requests that are just being sent to it.
const backends = fork(fileURLToPath(new URL("live-edits-backend.ts", import.meta.url)))
const [ports] = (await once(backends, "message")) as [{ readonly plain: number }]
const routes = 100
const base = stream(
  ...gateway({ http: port }),
  backend("one", ports.plain),
  route("plain", [prefix("/plain", { backendRefs: [to("one")] })]),
  ...Array.from({ length: routes }, (_, n) => route(`r${n}`, [prefix(`/r${n}`, { backendRefs: [to("one")] })])),
)
/** Every tenth edit replaces the listener by a script, every twenty-fifth has a route that Envoy refuses. */
const edited = (n: number): string => {
  const value = n % 25 === 0 ? `%NOSUCH${n}%` : String(n)
  const filters = [{ type: "ResponseHeaderModifier", responseHeaderModifier: { set: [{ name: "x-edit", value }] } }]
  const inline = `function envoy_on_response(h) h:headers():replace("x", "${Math.floor(n / 10)}") end`
  return stream(
    backend("moving", n % 2 === 0 ? ports.plain : port),
    route("edited", [
      prefix(`/edited-${n}`, { backendRefs: [to("one")] }),
      prefix("/moving", { backendRefs: [to("moving")], filters }),
    ]),
    extensions("script", { kind: "HTTPRoute", name: "edited" }, { lua: [{ type: "Inline", inline }] }),
  )
}

process.env.NODE_OPTIONS = `--max-old-space-size=${values.heap}`
using place = createPlace({ "base.yaml": base, "edited.yaml": edited(1) })
await using run = startCommand(place, "run")
await run.said(/^ready in /m)
const envoy = childOf(run.pid, "envoy")
const load = newConnections(port, 20)

interface Sample {
  readonly seconds: number
  readonly ours: number
  readonly envoys: number
}
const samples: Sample[] = []
const begin = performance.now()
const end = begin + minutes * 60_000
let edit = 1
for (let next = begin; performance.now() < end; ) {
  next += 1000 / perSecond
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())))
  place.write("edited.yaml", edited(++edit))
  const seconds = (performance.now() - begin) / 1000
  if (seconds >= samples.length * Math.max(1, minutes * 3))
    samples.push({ seconds, ours: memoryMiBOf(run.pid), envoys: memoryMiBOf(envoy) })
}
place.write("edited.yaml", edited(++edit))
await untilAnswer(port, `/edited-${edit}`, ({ status }) => status === 200, { context: run.output })
load.stop()

/** MiB a minute, by least squares. */
function slope(points: readonly (readonly [seconds: number, mib: number])[]): number {
  const mean = (of: readonly number[]): number => of.reduce((sum, each) => sum + each, 0) / of.length
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, mib]) => mib))]
  const over = points.reduce((sum, [at, mib]) => sum + (at - x) * (mib - y), 0)
  return (60 * over) / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0)
}
const late = samples.slice(Math.floor(samples.length / 2))
const { good, failed } = load.tally()
console.log(`${edit} edits in ${minutes} min, ${good} requests beside them, ${failed} failed\n`)
console.log("| memory of its own, MiB | at the start | half way | at the end | slope of the second half, MiB/min |")
console.log("|---|---:|---:|---:|---:|")
for (const [name, pick] of [
  ["control plane", ({ ours }: Sample) => ours],
  ["Envoy", ({ envoys }: Sample) => envoys],
] as const) {
  const cells = [samples[0], late[0], samples.at(-1)].map((sample) =>
    sample === undefined ? "" : pick(sample).toFixed(1),
  )
  console.log(`| ${name} | ${cells.join(" | ")} | ${slope(late.map((s) => [s.seconds, pick(s)])).toFixed(2)} |`)
}
for (const failure of load.failures ?? []) console.log(`failed: ${JSON.stringify(failure)}`)
backends.kill()
process.exitCode = failed > 0 ? 1 : 0
