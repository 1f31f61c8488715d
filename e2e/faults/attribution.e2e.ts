// What the matrix of single defects does not have: many at once, among a thousand, together, one after the other, and a judge that dies.
import { createServer } from "node:net"
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "../backend.ts"
import { createAuthority } from "../certificates.ts"
import { createPlace, startCommand } from "../command-process.ts"
import { type GatewayUnderTest, startGateway, untilAnswer } from "../gateway-under-test.ts"
import { statusOf } from "../instance-status.ts"
import { childOf, descendants, isGone, nameOf } from "../process-tree.ts"
import { backend, extensions, gateway, governed, prefix, route, stream, to } from "../resources.ts"
import { configMap, type Document, gatewayApi, patch, reference } from "./documents.ts"

let one: Backend
let port: number
beforeAll(async () => {
  one = await startBackend("one")
})
afterAll(() => one[Symbol.asyncDispose]())

const base = (): string =>
  stream(
    ...governed(gateway({ http: port }), { luaValidation: "Disabled" }),
    backend("one", one.port),
    route("steady", [prefix("/steady", { backendRefs: [to("one")] })]),
  )
const withHeader = (name: string, value: string): Document =>
  route(name, [
    prefix(`/${name}`, {
      backendRefs: [to("one")],
      filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "x", value }] } }],
    }),
  ])
const named = (name: string, objects: readonly Document[], rest: Document = {}): readonly Document[] =>
  objects
    .filter(({ kind }) => kind === "EnvoyPatchPolicy")
    .map((object) => ({ ...object, metadata: { name, ...rest } }))

/** Backend and route `/NAME` over TLS with an authority of its own. */
const overTls = (name: string, authority: string): readonly Document[] => [
  backend(name, one.port),
  route(name, [prefix(`/${name}`, { backendRefs: [to(name)] })]),
  { ...configMap({ "ca.crt": authority }), metadata: { name } },
  {
    apiVersion: `${gatewayApi}/v1`,
    kind: "BackendTLSPolicy",
    metadata: { name },
    spec: {
      targetRefs: [reference("Backend", name)],
      validation: { hostname: "a.test", caCertificateRefs: [{ group: "", kind: "ConfigMap", name }] },
    },
  },
]

/** Objects that are blamed, sorted, once there are as many as wanted and nothing refused is without one. */
async function blamed(gw: { readonly folder: string }, count: number): Promise<readonly string[]> {
  const objects = async (): Promise<readonly string[]> => {
    const { quarantine } = await statusOf(gw)
    return quarantine.map(({ object }) => object).sort()
  }
  await expect.poll(async () => (await objects()).length, { timeout: 15_000 }).toBe(count)
  return objects()
}

/** Waits until nothing is refused, withdrawn or kept. */
const wellAgain = (gw: GatewayUnderTest) =>
  expect
    .poll(
      async () => {
        const { refusals, quarantine, proxies } = await statusOf(gw)
        return [refusals.length, quarantine.length, proxies[0]?.accepted.state]
      },
      { timeout: 15_000 },
    )
    .toEqual([0, 0, "yes"])

const listener = "default/gw/http"
const is =
  (wanted: number) =>
  ({ status }: { readonly status: number }): boolean =>
    status === wanted

describe("five bad objects of five kinds among a thousand routes", () => {
  const many = (): string =>
    stream(
      ...Array.from({ length: 1_000 }, (_, n) => [
        backend(`many-${n}`, one.port),
        route(`many-${n}`, [prefix(`/many-${n}`, { backendRefs: [to(`many-${n}`)] })]),
      ]).flat(),
    )
  const bad = (): string =>
    stream(
      withHeader("bad", "%NOSUCH(1)%"),
      ...overTls("tls", "nothing"),
      route("scripted", [prefix("/scripted", { backendRefs: [to("one")] })]),
      extensions(
        "script",
        { kind: "HTTPRoute", name: "scripted" },
        { lua: [{ type: "Inline", inline: "function envoy_on_request(h" }] },
      ),
      ...named(
        "listener",
        patch("listener", listener, { op: "add", path: "/listener_filters", value: [{ name: "nosuch" }] }),
      ),
      ...named(
        "cluster",
        patch("cluster", "httproute/default/many-7/rule/0", {
          op: "add",
          path: "/transport_socket",
          value: { name: "nosuch" },
        }),
      ),
    )
  const objects = [
    "BackendTLSPolicy/default/tls",
    "EnvoyExtensionPolicy/default/script",
    "EnvoyPatchPolicy/default/cluster",
    "EnvoyPatchPolicy/default/listener",
    "HTTPRoute/default/bad",
  ]

  it.each(["from a cold start", "live"])("%s: each is blamed, and nobody else", async (moment) => {
    ;[port] = (await freePorts(1)) as [number]
    const isCold = moment !== "live"
    await using gw = await startGateway({ "base.yaml": base(), "many.yaml": many(), "bad.yaml": isCold ? bad() : "" })
    if (!isCold) await gw.write("bad.yaml", bad())
    expect(await blamed(gw, objects.length)).toEqual(objects)
    const { refusals, objects: statuses } = await statusOf(gw)
    // A cluster that came in one response with the bad one is not said to be refused.
    expect(new Set(refusals.map(({ resource }) => resource))).toEqual(new Set(["tls/default-ca"]))
    const notWell = statuses.filter(({ status }) => JSON.stringify(status).includes("Envoy refuses"))
    expect(notWell.map(({ kind, name }) => `${kind}/default/${name}`).sort()).toEqual(objects)
    for (const [path, wanted] of [
      ["/bad", 500],
      ["/tls", 503],
      ["/scripted", 403],
      ["/many-7", 200],
      ["/many-999", 200],
      ["/steady", 200],
    ] as const)
      await gw.until(port, path, is(wanted))
    await gw.write("base.yaml", base().replace("/steady", "/moved"))
    await gw.until(port, "/moved", is(200))
    await gw.write("bad.yaml", "")
    await wellAgain(gw)
  })
})

describe("one bad object and its neighbours", () => {
  let gw: GatewayUnderTest
  beforeAll(async () => {
    ;[port] = (await freePorts(1)) as [number]
    gw = await startGateway({ "base.yaml": base(), "bad.yaml": "" })
  })
  afterAll(() => gw.stop())

  it("a culprit is blamed anew with every bad value, and let go when it is repaired or gone", async () => {
    const message = async (): Promise<string | undefined> => (await statusOf(gw)).quarantine[0]?.message
    for (const value of ["%FIRST%", "%SECOND%", "%FIRST%"]) {
      await gw.write("bad.yaml", stream(withHeader("bad", value)))
      await expect.poll(message, { timeout: 10_000 }).toContain(value.slice(1, -1))
      await gw.until(port, "/bad", is(500))
    }
    await gw.write("bad.yaml", stream(withHeader("bad", "good")))
    await gw.until(port, "/bad", is(200))
    await wellAgain(gw)
    await gw.write("bad.yaml", stream(withHeader("bad", "%FIRST%")))
    await gw.until(port, "/bad", is(500))
    await gw.write("bad.yaml", "")
    await gw.until(port, "/bad", is(404))
    await wellAgain(gw)
  })

  it("of two that are refused only together the younger is kept out, until the older goes", async () => {
    const host = (name: string, creationTimestamp: string): readonly Document[] =>
      named(
        name,
        patch("route", listener, { op: "add", path: "/virtual_hosts/-", value: { name, domains: ["twice.test"] } }),
        { creationTimestamp },
      )
    const younger = host("a-younger", "2021-01-01T00:00:00Z")
    await gw.write("bad.yaml", stream(...younger, ...host("older", "2020-01-01T00:00:00Z")))
    expect(await blamed(gw, 1)).toEqual(["EnvoyPatchPolicy/default/a-younger"])
    await gw.write("bad.yaml", stream(...younger))
    await wellAgain(gw)
  })

  it("a port that is in use is told of its listener", async () => {
    const holder = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => holder.on("listening", resolve))
    const { port: taken } = holder.address() as { readonly port: number }
    const listeners = { listeners: [{ name: "taken", port: taken, protocol: "HTTP" }] }
    const open = { allowedListeners: { namespaces: { from: "Same" } } }
    const opened = base().replace('"gatewayClassName"', `${JSON.stringify(open).slice(1, -1)},"gatewayClassName"`)
    await gw.write("base.yaml", opened)
    const set = { apiVersion: `${gatewayApi}/v1`, kind: "ListenerSet", metadata: { name: "set" } }
    await gw.write("bad.yaml", stream({ ...set, spec: { parentRef: { name: "gw" }, ...listeners } }))
    expect(await blamed(gw, 1)).toEqual(["ListenerSet/default/set"])
    const { objects } = await statusOf(gw)
    const status = objects.find(({ kind }) => kind === "ListenerSet")?.status
    expect(JSON.stringify(status)).toMatch(/"type":"Programmed","status":"False"[^}]*in use/)
    holder.close()
    await gw.write("bad.yaml", "")
    await wellAgain(gw)
  })
})

it("one bad authority of six, from a cold start, is blamed alone and keeps no other from Envoy", async () => {
  ;[port] = (await freePorts(1)) as [number]
  const { ca } = await createAuthority()
  const policies = ["ca-a", "ca-b", "ca-c", "ca-d", "ca-e", "ca-f"].flatMap((name) =>
    overTls(name, name === "ca-b" ? "nothing" : ca),
  )
  await using gw = await startGateway({ "base.yaml": base(), "bad.yaml": stream(...policies) })
  expect(await blamed(gw, 1)).toEqual(["BackendTLSPolicy/default/ca-b"])
  const { refusals, proxies } = await statusOf(gw)
  expect(refusals.map(({ resource }) => resource)).toEqual(["ca-b/default-ca"])
  expect(proxies[0]?.accepted.lacks.map(({ subject }) => subject)).toEqual(["Secret ca-b/default-ca"])
  await gw.write("bad.yaml", "")
  await wellAgain(gw)
})

it("a judging Envoy that is killed at work is started again, and finds the culprit", async () => {
  ;[port] = (await freePorts(1)) as [number]
  using place = createPlace({ "base.yaml": base() })
  await using run = startCommand(place, "run")
  await run.said(/^ready in /m)
  const serving = childOf(run.pid, "envoy")
  place.write("bad.yaml", stream(withHeader("bad", "%NOSUCH%"), withHeader("good", "good")))
  const judges = (): readonly number[] =>
    descendants(run.pid).filter((pid) => pid !== serving && nameOf(pid) === "envoy" && !isGone(pid))
  await expect.poll(() => judges().length, { timeout: 10_000, interval: 2 }).toBe(1)
  for (const pid of judges()) process.kill(pid, "SIGKILL")
  expect(await blamed(place, 1)).toEqual(["HTTPRoute/default/bad"])
  await untilAnswer(port, "/good", is(200), { context: run.output })
})
