import { mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createManualClock, isAttacheError } from "@attache/base"
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { afterEach, describe, expect, it } from "vitest"
import type { XdsEvent } from "./events.ts"
import type { XdsAddress } from "./listen.ts"
import { createXdsServer, type XdsServer, type XdsServerOptions } from "./server.ts"
import { createSnapshot, updateSnapshot } from "./snapshot.ts"
import { edsCluster, routeConfiguration, sampleResources } from "./testing/sample-resources.ts"
import { createXdsClient, type XdsClientOptions, type XdsTestClient } from "./testing/xds-client.ts"

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "xds-"))
  cleanups.push(() => rm(directory, { recursive: true }))
  return directory
}

interface Setup {
  readonly server: XdsServer
  readonly events: XdsEvent[]
  readonly address: string
  connect(options?: Partial<XdsClientOptions>): XdsTestClient
}

async function start(options: XdsServerOptions = {}, where?: XdsAddress): Promise<Setup> {
  const events: XdsEvent[] = []
  const server = createXdsServer({ ...options, onEvent: (event) => events.push(event) })
  cleanups.push(() => server.close())
  const { address } = await server.listen(where ?? { host: "127.0.0.1", port: 0 })
  const connect = (more: Partial<XdsClientOptions> = {}): XdsTestClient => {
    const client = createXdsClient({ address, node: { cluster: "web", id: "one" }, variant: "delta", ...more })
    cleanups.push(() => client.close())
    return client
  }
  return { server, events, address, connect }
}

const first = createSnapshot(sampleResources(0, "hello", { a: 9001, b: 9002 }))
const hasRoutes = (client: XdsTestClient): boolean => client.held(typeUrls.route).size > 0

describe.each(["sotw", "delta"] as const)("an aggregated %s stream", (variant) => {
  it.each(["tcp", "unix"])("delivers a snapshot in order over %s", async (transport) => {
    const where = transport === "tcp" ? undefined : { unixPath: join(await temporaryDirectory(), "xds.sock") }
    const { server, events, connect } = await start({}, where)
    server.setSnapshot("web", first)
    const client = connect({ variant })
    await client.until(hasRoutes)
    const order = client.log.map((entry) => entry.typeUrl)
    expect(order).toEqual([typeUrls.cluster, typeUrls.endpoint, typeUrls.listener, typeUrls.route])
    for (const typeUrl of order) {
      const wanted = [...(first.types.get(typeUrl)?.resources.values() ?? [])].map((r) => Buffer.from(r.bytes))
      expect([...client.held(typeUrl).values()].map((r) => Buffer.from(r.bytes))).toEqual(wanted)
    }
    expect(client.violations()).toEqual([])
    await expect.poll(() => events.filter((e) => e.type === "ack").length).toBe(4)
    const states = server.acks("web").flatMap((c) => [...c.types.values()].flatMap((t) => [...t.resources.values()]))
    expect(states.map((r) => r.state)).toEqual(["acked", "acked", "acked", "acked", "acked", "acked"])
  })

  it("sends only what changed, and coalesces what comes faster than answers", async () => {
    const { server, connect } = await start()
    server.setSnapshot("web", first)
    const client = connect({ variant })
    await client.until(hasRoutes)
    const before = client.log.length
    for (let n = 0; n < 50; n++) {
      server.setSnapshot(
        "web",
        updateSnapshot(first, {
          [typeUrls.route]: { put: [routeConfiguration("routes", [{ prefix: "/", text: `${n}` }])] },
        }),
      )
    }
    const wanted = server.snapshot("web")?.types.get(typeUrls.route)?.resources.get("routes")
    await client.until((c) =>
      Buffer.from(c.held(typeUrls.route).get("routes")?.bytes ?? []).equals(wanted?.bytes ?? Buffer.alloc(0)),
    )
    const later = client.log.slice(before)
    expect(later.map((entry) => entry.typeUrl)).toEqual(later.map(() => typeUrls.route))
    expect(later.length).toBeLessThan(5)
  })

  it("makes a cluster before the route that needs it, and breaks it after", async () => {
    const { server, connect } = await start()
    server.setSnapshot("web", first)
    const client = connect({ variant })
    await client.until(hasRoutes)
    const before = client.log.length
    server.setSnapshot("web", createSnapshot(sampleResources(0, "hello", { b: 9002, c: 9003 }), first))
    await client.until((c) => c.held(typeUrls.cluster).has("c") && !c.held(typeUrls.cluster).has("a"))
    expect(client.violations()).toEqual([])
    const steps = client.log.slice(before).map((entry) => entry.typeUrl)
    expect(steps).toEqual([typeUrls.cluster, typeUrls.endpoint, typeUrls.route, typeUrls.cluster])
  })

  it("goes on without an answer about clusters that takes too long", async () => {
    const clock = createManualClock()
    const { server, connect } = await start({ clock, patienceMs: 500 })
    server.setSnapshot("web", first)
    const isBad = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes("c")
    const client = connect({
      variant,
      refuses: (url, r) => (url === typeUrls.endpoint && isBad(r.bytes) ? "bad" : undefined),
    })
    await client.until(hasRoutes)
    server.setSnapshot("web", createSnapshot(sampleResources(0, "changed", { a: 9001, b: 9002, c: 9003 }), first))
    await client.until((c) => c.log.at(-1)?.refusal === "bad")
    expect(client.log.at(-1)?.typeUrl).toBe(typeUrls.endpoint)
    const ack = () => server.acks("web")[0]?.types.get(typeUrls.endpoint)?.resources.get("c")?.state
    await expect.poll(ack).toBe("nacked")
    const types = server.acks("web")[0]?.types
    const unanswered = [...(types ?? [])].filter(([, { inFlight }]) => inFlight !== undefined)
    expect(unanswered.map(([typeUrl, { inFlight, version }]) => [typeUrl, inFlight === version])).toEqual([
      [typeUrls.cluster, true],
    ])
    clock.advance(500)
    await client.until((c) => c.log.at(-1)?.typeUrl === typeUrls.route)
  })

  it("reports a refusal with the client's words, sends nothing until something changes, then goes back", async () => {
    const { server, events, connect } = await start()
    server.setSnapshot("web", first)
    const refuses = (typeUrl: string, { bytes }: { bytes: Uint8Array }): string | undefined =>
      typeUrl === typeUrls.route && Buffer.from(bytes).includes("broken") ? "no such thing" : undefined
    const client = connect({ variant, refuses })
    await client.until(hasRoutes)
    const broken = updateSnapshot(first, {
      [typeUrls.route]: { put: [routeConfiguration("routes", [{ prefix: "/", text: "broken" }])] },
    })
    server.setSnapshot("web", broken)
    await client.until((c) => c.log.at(-1)?.refusal !== undefined)
    await expect
      .poll(() => events.filter((e) => e.type === "nack"))
      .toMatchObject([
        {
          type: "nack",
          proxyKey: "web",
          nodeId: "one",
          typeUrl: typeUrls.route,
          resources: ["routes"],
          changed: ["routes"],
          message: "no such thing",
        },
      ])
    const version = (snapshot: typeof first) => snapshot.types.get(typeUrls.route)?.resources.get("routes")?.version
    const ack = () => server.acks("web")[0]?.types.get(typeUrls.route)?.resources.get("routes")
    expect(ack()).toEqual({
      state: "nacked",
      wanted: version(broken),
      sent: version(broken),
      acked: version(first),
      message: "no such thing",
    })
    const count = client.log.length
    server.setSnapshot("web", updateSnapshot(broken, { [typeUrls.secret]: { put: [] } }))
    server.setSnapshot("web", first)
    await client.until((c) => c.log.length > count)
    expect(client.log.slice(count)).toMatchObject([{ typeUrl: typeUrls.route, refusal: undefined }])
    if (variant === "sotw") expect(client.log.at(-1)?.version).toMatch(/\.1$/)
    await expect.poll(ack).toMatchObject({ state: "acked", acked: version(first) })
  })

  it("keeps a client of an unknown key waiting and empties it when the key goes", async () => {
    const { server, events, connect } = await start()
    const client = connect({ variant })
    await expect.poll(() => events.map((e) => e.type)).toEqual(["connect"])
    expect(server.streams()).toMatchObject([{ proxyKey: "web", nodeId: "one", variant, typeUrls: [typeUrls.cluster] }])
    server.setSnapshot("web", first)
    await client.until(hasRoutes)
    server.removeSnapshot("web")
    await client.until((c) => c.held(typeUrls.listener).size === 0 && c.held(typeUrls.cluster).size === 0)
    expect(client.violations()).toEqual([])
    expect(server.snapshot("web")).toBeUndefined()
    client.close()
    await expect.poll(() => events.at(-1)?.type).toBe("disconnect")
    expect(server.streams()).toEqual([])
  })

  it("gives a new stream what it lacks", async () => {
    const { server, connect } = await start()
    server.setSnapshot("web", first)
    const client = connect({ variant })
    await client.until(hasRoutes)
    const count = client.log.length
    server.setSnapshot("web", updateSnapshot(first, { [typeUrls.cluster]: { put: [edsCluster("a", 2000)] } }))
    client.reconnect()
    await client.until((c) => c.log.slice(count).some((e) => e.typeUrl === typeUrls.cluster) && c.warming().size === 0)
    const later = client.log.slice(count)
    const names = later.filter((e) => e.typeUrl === typeUrls.cluster).flatMap((e) => e.resources.map((r) => r.name))
    expect(names.includes("b")).toBe(variant === "sotw")
    expect(client.violations()).toEqual([])
  })

  it("holds one response back for a client that does not read", async () => {
    const { server, connect } = await start()
    const big = (n: number) => routeConfiguration("routes", [{ prefix: "/", text: String(n).padEnd(4_000_000, "x") }])
    server.setSnapshot("web", first)
    const client = connect({ variant })
    await client.until(hasRoutes)
    client.pause()
    const count = client.log.length
    for (let n = 0; n < 20; n++) {
      server.setSnapshot("web", updateSnapshot(first, { [typeUrls.route]: { put: [big(n)] } }))
      await new Promise(setImmediate)
    }
    client.resume()
    const last = Buffer.from(big(19).bytes)
    await client.until((c) => last.equals(c.held(typeUrls.route).get("routes")?.bytes ?? Buffer.alloc(0)))
    expect(client.log.length - count).toBe(2)
  })
})

it("sends one resource a response where that is asked for, and learns which of them is refused", async () => {
  const { server, events, connect } = await start({ resourcesPerResponse: 1 })
  const backends = { a: 9001, b: 9002, c: 9003 }
  server.setSnapshot("web", createSnapshot(sampleResources(0, "hello", backends)))
  const isBad = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes("b")
  const client = connect({
    refuses: (url, r) => (url === typeUrls.endpoint && isBad(r.bytes) ? "bad" : undefined),
  })
  await client.until((c) => c.log.filter((e) => e.typeUrl === typeUrls.endpoint).length === 3)
  const sent = (typeUrl: string) =>
    client.log.filter((e) => e.typeUrl === typeUrl).map((e) => e.resources.map(({ name }) => name))
  expect(sent(typeUrls.cluster)).toEqual([["a", "b", "c"]])
  expect(sent(typeUrls.endpoint)).toEqual([["a"], ["b"], ["c"]])
  const endpointAnswers = () =>
    events.flatMap((e) => ("changed" in e && e.typeUrl === typeUrls.endpoint ? [[e.type, ...e.changed]] : []))
  await expect.poll(endpointAnswers).toEqual([
    ["ack", "a"],
    ["nack", "b"],
    ["ack", "c"],
  ])
  expect(client.violations()).toEqual([])
})

describe("a stream of one type", () => {
  it.each([
    ["sotw", typeUrls.cluster, undefined, ["a", "b"]],
    ["delta", typeUrls.cluster, undefined, ["a", "b"]],
    ["sotw", typeUrls.listener, undefined, ["main"]],
    ["delta", typeUrls.listener, undefined, ["main"]],
    ["sotw", typeUrls.endpoint, ["a"], ["a"]],
    ["delta", typeUrls.endpoint, ["b"], ["b"]],
    ["sotw", typeUrls.route, ["routes"], ["routes"]],
    ["delta", typeUrls.route, ["routes"], ["routes"]],
  ] as const)("serves %s %s", async (variant, typeUrl, names, held) => {
    const { server, connect } = await start()
    server.setSnapshot("web", first)
    const client = connect({ variant, only: names === undefined ? { typeUrl } : { typeUrl, names } })
    await client.until((c) => c.held(typeUrl).size === held.length)
    expect([...client.held(typeUrl).keys()]).toEqual(held)
  })

  it("tells a delta client that a name does not exist, and gives it when it does", async () => {
    const { server, connect } = await start()
    server.setSnapshot("web", first)
    const client = connect({ only: { typeUrl: typeUrls.route, names: ["later"] } })
    await client.until((c) => c.log.length > 0)
    expect(client.log[0]).toMatchObject({ resources: [], removed: ["later"] })
    server.setSnapshot("web", updateSnapshot(first, { [typeUrls.route]: { put: [routeConfiguration("later", [])] } }))
    await client.until((c) => c.held(typeUrls.route).has("later"))
  })

  it("says nothing about a secret that does not exist", async () => {
    const { server, connect } = await start()
    server.setSnapshot("web", first)
    const client = connect({ only: { typeUrl: typeUrls.secret, names: ["later"] } })
    const secret = { name: "later", bytes: Uint8Array.from([0x0a, 5, ...Buffer.from("later")]) }
    await expect
      .poll(() => server.acks("web")[0]?.types.get(typeUrls.secret)?.resources.get("later"))
      .toEqual({ state: "absent" })
    server.setSnapshot("web", updateSnapshot(first, { [typeUrls.secret]: { put: [secret] } }))
    await client.until((c) => c.log.length > 0)
    expect(client.log[0]?.removed).toEqual([])
  })
})

describe("what clients may not do", () => {
  const failed = async (client: XdsTestClient) => {
    await client.until(() => false).catch(() => {})
    return client.failure()?.details
  }

  it("refuses a stream without node", async () => {
    const { connect } = await start()
    expect(await failed(connect({ node: { cluster: "", id: "one" } }))).toContain("node.cluster [ATT_XDS_NODE_MISSING]")
    expect(await failed(connect({ node: { cluster: "web", id: "" } }))).toContain("node.id [ATT_XDS_NODE_MISSING]")
  })

  it("refuses too many streams, types and names", async () => {
    const { server, connect } = await start({ limits: { streams: 1, types: 1, names: 2 } })
    server.setSnapshot("web", first)
    const many = connect({ only: { typeUrl: typeUrls.route, names: ["a", "b", "c"] } })
    expect(await failed(many)).toContain("ATT_XDS_TOO_MANY_NAMES")
    await expect.poll(() => server.streams()).toEqual([])
    expect(await failed(connect())).toContain("ATT_XDS_TOO_MANY_TYPES")
    await expect.poll(() => server.streams()).toEqual([])
    const one = connect({ only: { typeUrl: typeUrls.cluster } })
    await one.until((c) => c.log.length > 0)
    expect(await failed(connect({ only: { typeUrl: typeUrls.cluster } }))).toContain("ATT_XDS_TOO_MANY_STREAMS")
    expect(one.failure()).toBeUndefined()
  })
})

describe("listening", () => {
  const code = async (server: XdsServer, where: XdsAddress): Promise<string> => {
    const error = await server.listen(where).then(
      () => undefined,
      (e: unknown) => e,
    )
    return isAttacheError(error) ? error.code : String(error)
  }

  it("names what is wrong with an address", async () => {
    const { server, address } = await start()
    const port = Number(address.split(":")[1])
    expect(await code(server, { host: "127.0.0.1", port })).toBe("ATT_XDS_ADDRESS_IN_USE")
    expect(await code(server, { host: "192.0.2.1", port: 0 })).toBe("ATT_XDS_ADDRESS_UNAVAILABLE")
    const tls = { cert: "nonsense", key: "nonsense", ca: "nonsense" }
    expect(await code(server, { host: "127.0.0.1", port: 0, tls })).toBe("ATT_XDS_TLS")
  })

  it("names what is wrong with a socket path", async () => {
    const directory = await temporaryDirectory()
    const { server } = await start()
    const file = join(directory, "file")
    await writeFile(file, "")
    expect(await code(server, { unixPath: join(directory, "x".repeat(120)) })).toBe("ATT_XDS_SOCKET_PATH_TOO_LONG")
    expect(await code(server, { unixPath: file })).toBe("ATT_XDS_SOCKET_PATH_TAKEN")
    expect(await code(server, { unixPath: join(directory, "none", "s") })).toBe("ATT_XDS_SOCKET_DIRECTORY_MISSING")
    expect(await code(server, { unixPath: join(file, "s") })).toBe("ATT_XDS_LISTEN")
  })

  it.skipIf(process.platform !== "linux")("names a directory that may not be written, even by root", async () => {
    const { server } = await start()
    expect(await code(server, { unixPath: "/proc/xds.sock" })).toBe("ATT_XDS_PERMISSION")
  })

  it("makes a private socket, replaces a stale one and leaves a living one alone", async () => {
    const path = join(await temporaryDirectory(), "xds.sock")
    const { server } = await start({}, { unixPath: path })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await code(server, { unixPath: path })).toBe("ATT_XDS_ADDRESS_IN_USE")
    await server.close()
    await staleSocket(path)
    const again = await start({}, { unixPath: path })
    again.server.setSnapshot("web", first)
    await again.connect().until(hasRoutes)
  })
})

/** A socket file nobody listens on: its server was moved away from under it. */
async function staleSocket(path: string): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(`${path}.old`, resolve))
  await rename(`${path}.old`, path)
  await new Promise<void>((resolve) => server.close(() => resolve()))
}
