// What each defect of a list is put through: a running gateway under load, and one that starts with it.
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "../backend.ts"
import { printDurations } from "../durations.ts"
import { type GatewayUnderTest, startGateway } from "../gateway-under-test.ts"
import { instanceFindings } from "../instance-status.ts"
import { backend, gateway, governed, prefix, route, stream, to } from "../resources.ts"
import type { Defect, DefectPorts, Said } from "./defect.ts"
import type { Document } from "./documents.ts"

const ownProxy = {
  luaValidation: "Disabled",
  dynamicModules: [{ name: "missing", source: { type: "Local", local: { path: "/nowhere/libmissing.so" } } }],
}
const open = { allowedListeners: { namespaces: { from: "Same" } } }

const wasmHead = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

/** What the backend gives as modules: none at all, the head of one with rubbish behind it, and an empty one. */
const modules: Readonly<Record<string, Buffer>> = {
  "/text.wasm": Buffer.from("nothing"),
  "/rubbish.wasm": Buffer.from([...wasmHead, 1, 200, 1, 2, 3]),
  "/empty.wasm": Buffer.from(wasmHead),
}

/** The world that every defect is put into. */
function world(port: number, ports: DefectPorts, envoyProxy: Document = {}): string {
  const objects = gateway({ http: port }).map((each) =>
    each.kind === "Gateway" ? { ...each, spec: { ...(each.spec as object), ...open } } : each,
  )
  return stream(
    ...governed(objects, { ...ownProxy, ...envoyProxy }),
    backend("one", ports.backend),
    route("steady", [prefix("/steady", { backendRefs: [to("one")] })]),
  )
}

const neighbour = (n: number): string =>
  stream(route("neighbour", [prefix(`/neighbour-${n}`, { backendRefs: [to("one")] })]))
const textOf = ({ documents, envoyProxy }: Defect, ports: DefectPorts): string => {
  const all = documents(ports)
  return all.length === 0 && envoyProxy === undefined ? "kind: HTTPRoute\n  broken: [" : stream(...all)
}

/** Waits until the gateway says of the defect's objects what it has to. */
async function attributed(gw: GatewayUnderTest, defect: Defect): Promise<void> {
  const deadline = Date.now() + 10_000
  const wanted = [defect, ...(defect.also ?? [])]
  for (;;) {
    const said = await instanceFindings(gw)
    const isSaid = ({ object, field, text }: Said): boolean =>
      said.some(
        (each) =>
          (object === "" || object === `${each.kind}/${each.name}`) &&
          text.test(each.text) &&
          (field === undefined || each.field === field),
      )
    const missing = wanted.filter((each) => !isSaid(each))
    const isInStatus = said.some(
      (each) => each.isStatus && defect.object === `${each.kind}/${each.name}` && defect.text.test(each.text),
    )
    const isTold = isInStatus || defect.by !== "Envoy" || defect.object.startsWith("EnvoyProxy/")
    if (missing.length === 0 && isTold) return
    if (Date.now() > deadline)
      throw new Error(
        `not said ${isTold ? "" : "in the status "}of ${missing.map(({ object }) => object).join()}; said: ${JSON.stringify(said, undefined, 1)}`,
      )
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

/** Registers a test for each defect and moment: it is attributed, nobody else notices, and a neighbour's edit gets through. */
export function testCells(defects: readonly Defect[]): void {
  const rows = defects.map((defect) => [defect.name, defect] as const)
  let one: Backend
  let ports: DefectPorts
  beforeAll(async () => {
    one = await startBackend("one", (request, response) => {
      const module = modules[request.url ?? ""]
      if (module !== undefined) response.end(module)
      return module !== undefined
    })
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

    it.each(rows)("%s", async (_, defect) => {
      const { answer, envoyProxy } = defect
      const running = load(gw, port)
      try {
        await gw.write("defect.yaml", textOf(defect, ports))
        if (envoyProxy !== undefined) await gw.write("base.yaml", world(port, ports, envoyProxy))
        const saved = performance.now()
        await attributed(gw, defect)
        took.push(performance.now() - saved)
        if (answer !== undefined) await gw.until(port, "/bad", ({ status }) => status === answer)
        n++
        await gw.write("neighbour.yaml", neighbour(n))
        await gw.until(port, `/neighbour-${n}`, ({ status }) => status === 200)
      } finally {
        await gw.write("defect.yaml", "")
        if (envoyProxy !== undefined) {
          await gw.write("base.yaml", world(port, ports))
          await settled(gw)
        }
        await gw.until(port, "/bad", ({ status }) => status === 404)
        const { requests, failures } = await running.stop()
        expect(failures).toEqual([])
        expect(requests).toBeGreaterThan(0)
      }
    })
  })

  describe("from a cold start", () => {
    it.concurrent.each(rows)("%s", async (_, defect) => {
      const { answer, envoyProxy } = defect
      const [port] = (await freePorts(1)) as [number]
      const files = { "base.yaml": world(port, ports, envoyProxy), "defect.yaml": textOf(defect, ports) }
      await using gw = await startGateway(files)
      await attributed(gw, defect)
      if (envoyProxy !== undefined) await gw.write("base.yaml", world(port, ports))
      await gw.until(port, "/steady", ({ status }) => status === 200)
      if (answer !== undefined) await gw.until(port, "/bad", ({ status }) => status === answer)
      await gw.write("neighbour.yaml", neighbour(1))
      await gw.until(port, "/neighbour-1", ({ status }) => status === 200)
    })
  })
}

/** Waits until nothing is said to be wrong. */
async function settled(gw: GatewayUnderTest): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const said = await instanceFindings(gw)
    if (said.length === 0) return
    if (Date.now() > deadline) throw new Error(`still said: ${JSON.stringify(said, undefined, 1)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
