/**
 * From a refusal to the object that is to blame: `node bench/attribution.ts [--routes 1000]`.
 *
 * Each defect of the fault matrix that Envoy alone notices is put among many routes of one listener, into a gateway that runs and
 * into one that starts with it. Two times are told: from the save (or Envoy's refusal, where the gateway starts) until the status
 * names the object and the field. Exit code 1 when an object or field is not named, or naming takes far longer than promised.
 */
import { parseArgs } from "node:util"
import { freePorts } from "@attache/envoy"
import { startBackend } from "../e2e/backend.ts"
import type { Defect } from "../e2e/faults/defect.ts"
import { refusedObjects } from "../e2e/faults/refused-objects.ts"
import { refusedPatches } from "../e2e/faults/refused-patches.ts"
import { type GatewayUnderTest, startGateway } from "../e2e/gateway-under-test.ts"
import { statusOf } from "../e2e/instance-status.ts"
import { backend, gateway, governed, prefix, route, stream, to } from "../e2e/resources.ts"

/** What is promised, and what fails the run, in milliseconds. */
const [promisedMs, failedMs] = [2_000, 10_000]

const { values } = parseArgs({ options: { routes: { type: "string", default: "1000" } } })
const routes = Number(values.routes)
const defects = [...refusedObjects, ...refusedPatches].filter(({ by }) => by === "Envoy")
await using one = await startBackend("one")
const [port, nobody] = (await freePorts(2)) as [number, number]
const ports = { backend: one.port, nobody }
const open = { allowedListeners: { namespaces: { from: "Same" } } }
const objects = gateway({ http: port }).map((each) =>
  each.kind === "Gateway" ? { ...each, spec: { ...(each.spec as object), ...open } } : each,
)
const world = stream(
  ...governed(objects, { luaValidation: "Disabled" }),
  backend("one", one.port),
  ...Array.from({ length: routes }, (_, n) => route(`many-${n}`, [prefix(`/many-${n}`, { backendRefs: [to("one")] })])),
)
const textOf = ({ documents }: Defect): string => stream(...documents(ports))

/** Milliseconds since the epoch at which everything of a defect was named. */
async function named(gw: GatewayUnderTest, { name, object, field, also = [] }: Defect): Promise<number> {
  for (const begun = Date.now(); Date.now() - begun < failedMs; ) {
    const { quarantine } = await statusOf(gw)
    const isNamed = [{ object, field }, ...also].every((wanted) =>
      quarantine.some((part) => {
        const [kind, , own] = part.object.split("/")
        return wanted.object === `${kind}/${own}` && (wanted.field === undefined || wanted.field === part.field)
      }),
    )
    if (isNamed) return Date.now()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  console.error(`not named: ${name}`)
  return Number.POSITIVE_INFINITY
}

/** When Envoy refused something for the first time; of what is logged the first. */
function refusedAt(gw: GatewayUnderTest): number {
  const time = /^(\S+Z) error envoy refused an update/m.exec(gw.output())?.[1]
  return time === undefined ? Number.NaN : Date.parse(time)
}

async function live(): Promise<readonly number[]> {
  const took: number[] = []
  await using gw = await startGateway({ "world.yaml": world, "defect.yaml": "" })
  for (const defect of defects) {
    const saved = Date.now()
    await gw.write("defect.yaml", textOf(defect))
    took.push((await named(gw, defect)) - saved)
    await gw.write("defect.yaml", "")
    while ((await statusOf(gw)).quarantine.length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return took
}

async function cold(): Promise<readonly number[]> {
  const took: number[] = []
  for (const defect of defects) {
    await using gw = await startGateway({ "world.yaml": world, "defect.yaml": textOf(defect) })
    took.push((await named(gw, defect)) - refusedAt(gw))
  }
  return took
}

console.log(`| ${defects.length} defects among ${routes} routes | named | p50 | p99 | most |`)
console.log("|---|---:|---:|---:|---:|")
for (const [moment, measure] of [
  ["live, from the save", live],
  ["from a cold start, from the refusal", cold],
] as const) {
  const ms = (await measure()).toSorted((a, b) => a - b)
  const at = (share: number): number => ms[Math.floor((ms.length - 1) * share)] ?? 0
  const count = ms.filter((each) => Number.isFinite(each)).length
  console.log(
    `| ${moment} | ${count} | ${Math.round(at(0.5))} ms | ${Math.round(at(0.99))} ms | ${Math.round(at(1))} ms |`,
  )
  if (count < ms.length || at(0.99) > failedMs) process.exitCode = 1
  if (at(0.99) > promisedMs) console.log(`  more than the ${promisedMs} ms promised`)
}
