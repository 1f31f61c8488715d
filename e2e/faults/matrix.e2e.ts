// Each defect of the matrix on a real Envoy under load, put into a running gateway and there from the start: it is attributed
// to its object, and what it does not concern does not notice.
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "../backend.ts"
import { printDurations } from "../durations.ts"
import { type GatewayUnderTest, startGateway } from "../gateway-under-test.ts"
import { instanceFindings } from "../instance-status.ts"
import { backend, gateway, governed, prefix, route, stream, to } from "../resources.ts"
import type { Defect, DefectPorts } from "./defect.ts"
import { defects } from "./matrix.ts"

const envoyProxy = {
  luaValidation: "Disabled",
  dynamicModules: [{ name: "missing", source: { type: "Local", local: { path: "/nowhere/libmissing.so" } } }],
}
const open = { allowedListeners: { namespaces: { from: "Same" } } }

/** The world that every defect is put into. */
function world(port: number, ports: DefectPorts): string {
  const objects = gateway({ http: port }).map((each) =>
    each.kind === "Gateway" ? { ...each, spec: { ...(each.spec as object), ...open } } : each,
  )
  return stream(
    ...governed(objects, envoyProxy),
    backend("one", ports.backend),
    route("steady", [prefix("/steady", { backendRefs: [to("one")] })]),
  )
}

const neighbour = (n: number): string =>
  stream(route("neighbour", [prefix(`/neighbour-${n}`, { backendRefs: [to("one")] })]))
const textOf = (defect: Defect, ports: DefectPorts): string => {
  const documents = defect.documents(ports)
  return documents.length === 0 ? "kind: HTTPRoute\n  broken: [" : stream(...documents)
}

/** Waits until the gateway says of the defect's object what it has to. */
async function attributed(gw: GatewayUnderTest, { object, field, text }: Defect): Promise<void> {
  const [kind = "", name = ""] = object.split("/")
  const deadline = Date.now() + 10_000
  for (;;) {
    const said = await instanceFindings(gw)
    const own = said.filter((each) => object === "" || (each.kind === kind && each.name === name))
    if (own.some((each) => text.test(each.text) && (field === undefined || each.field === field))) return
    if (Date.now() > deadline) throw new Error(`not said of ${object}; said: ${JSON.stringify(said, undefined, 1)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Requests that go on until they are told to stop. */
function load(gw: GatewayUnderTest, port: number) {
  let isRunning = true
  let requests = 0
  const failures: string[] = []
  const done = Promise.all(
    Array.from({ length: 2 }, async () => {
      while (isRunning) {
        const answer = await gw.request(port, "/steady").catch((error: unknown) => ({ status: 0, body: String(error) }))
        requests++
        if (answer.status !== 200) failures.push(`${answer.status} ${answer.body.slice(0, 200)}`)
      }
    }),
  )
  return {
    stop: async () => {
      isRunning = false
      await done
      return { requests, failures }
    },
  }
}

let one: Backend
let ports: DefectPorts
beforeAll(async () => {
  one = await startBackend("one")
  const [nobody] = (await freePorts(1)) as [number]
  ports = { backend: one.port, nobody }
})
afterAll(() => one[Symbol.asyncDispose]())

describe("live", () => {
  let gw: GatewayUnderTest
  let port: number
  const took: number[] = []
  let n = 0
  beforeAll(async () => {
    ;[port] = (await freePorts(1)) as [number]
    gw = await startGateway({ "base.yaml": world(port, ports), "neighbour.yaml": neighbour(0), "defect.yaml": "" })
  })
  afterAll(async () => {
    printDurations("save to attribution", took)
    await gw.stop()
  })

  it.each(defects.map((defect) => [defect.name, defect] as const))("%s", async (_, defect) => {
    const running = load(gw, port)
    try {
      await gw.write("defect.yaml", textOf(defect, ports))
      const saved = performance.now()
      await attributed(gw, defect)
      took.push(performance.now() - saved)
      const { answer } = defect
      if (answer !== undefined) await gw.until(port, "/bad", ({ status }) => status === answer)
      n++
      await gw.write("neighbour.yaml", neighbour(n))
      await gw.until(port, `/neighbour-${n}`, ({ status }) => status === 200)
    } finally {
      await gw.write("defect.yaml", "")
      await gw.until(port, "/bad", ({ status }) => status === 404)
      const { requests, failures } = await running.stop()
      expect(failures).toEqual([])
      expect(requests).toBeGreaterThan(0)
    }
  })
})

describe("from a cold start", () => {
  it.each(defects.map((defect) => [defect.name, defect] as const))("%s", async (_, defect) => {
    const [port] = (await freePorts(1)) as [number]
    await using gw = await startGateway({ "base.yaml": world(port, ports), "defect.yaml": textOf(defect, ports) })
    await attributed(gw, defect)
    await gw.until(port, "/steady", ({ status }) => status === 200)
    const { answer } = defect
    if (answer !== undefined) await gw.until(port, "/bad", ({ status }) => status === answer)
    await gw.write("neighbour.yaml", neighbour(1))
    await gw.until(port, "/neighbour-1", ({ status }) => status === 200)
  })
})
