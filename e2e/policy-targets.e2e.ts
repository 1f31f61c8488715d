// EnvoyExtensionPolicy on a real Envoy: which policy a request meets, and what merging leaves of two.
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "./backend.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { backend, gateway, prefix, route, stream, to } from "./resources.ts"
import { luaTag, startTagGuest, startTagProcessor, type TagGuest, type TagProcessor } from "./tags.ts"

type Document = Readonly<Record<string, unknown>>

const group = "gateway.networking.k8s.io"

/** A policy that leaves its name by Lua, unless the rest says otherwise. */
function policy(name: string, rest: Document, metadata: Document = {}): Document {
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyExtensionPolicy",
    metadata: { name, ...metadata },
    spec: { lua: [luaTag(name)], ...rest },
  }
}

const on = (kind: string, name: string, sectionName?: string): Document => ({
  targetRefs: [{ group, kind, name, ...(sectionName === undefined ? {} : { sectionName }) }],
})

describe("policies on a real Envoy", () => {
  let one: Backend
  let guest: TagGuest
  let processor: TagProcessor
  let gw: GatewayUnderTest
  let a: number
  let b: number

  beforeAll(async () => {
    ;[a, b] = (await freePorts(2)) as [number, number]
    one = await startBackend("one")
    guest = await startTagGuest()
    processor = await startTagProcessor("e0")
    const plain = (name: string, metadata: Document = {}) => {
      const made = route(name, [prefix(`/${name}`, { backendRefs: [to("one")] })])
      return { ...made, metadata: { name, ...metadata } }
    }
    const younger = { creationTimestamp: "2025-01-02T00:00:00Z" }
    const older = { creationTimestamp: "2025-01-01T00:00:00Z" }
    gw = await startGateway({
      "all.yaml": stream(
        ...gateway({ a, b }),
        backend("one", one.port),
        processor.backend,
        plain("bare"),
        plain("own"),
        plain("out"),
        plain("fought"),
        plain("chosen-1", { labels: { team: "red", tier: "one" } }),
        plain("chosen-2", { labels: { team: "red", tier: "two" } }),
        plain("strategic"),
        plain("json"),
        plain("everything"),
        route("ruled", [
          { name: "first", ...prefix("/ruled/first", { backendRefs: [to("one")] }) },
          { name: "second", ...prefix("/ruled/second", { backendRefs: [to("one")] }) },
        ]),
        policy("gateway", { ...on("Gateway", "gw"), extProc: [processor.entry] }),
        policy("listener-b", on("Gateway", "gw", "b")),
        policy("route", on("HTTPRoute", "own")),
        policy("ruled", on("HTTPRoute", "ruled")),
        policy("rule-second", on("HTTPRoute", "ruled", "second")),
        policy("opt-out", { ...on("HTTPRoute", "out"), lua: [] }),
        policy("a-younger", on("HTTPRoute", "fought"), younger),
        policy("z-older", on("HTTPRoute", "fought"), older),
        policy("chosen", {
          targetSelectors: [{ kind: "HTTPRoute", matchLabels: { team: "red" } }],
        }),
        policy("narrow", {
          targetRefs: [{ group, kind: "HTTPRoute", name: "chosen-2", sectionName: "absent" }],
        }),
        policy("strategic", { ...on("HTTPRoute", "strategic"), mergeType: "StrategicMerge" }),
        policy("json", { ...on("HTTPRoute", "json"), mergeType: "JSONMerge", wasm: [guest.entry("w0")] }),
        policy("everything", {
          ...on("HTTPRoute", "everything"),
          lua: [luaTag("l0"), luaTag("l1"), luaTag("l2")],
          extProc: [processor.entry],
          wasm: [guest.entry("w0"), guest.entry("w1"), guest.entry("w2")],
        }),
      ),
    })
  })
  afterAll(async () => {
    for (const each of [gw, one, guest, processor]) await each?.[Symbol.asyncDispose]()
  })

  /** Tags of the extensions that a request met. */
  const tags = async (path: string, port = a): Promise<string> => {
    const { status, body } = await gw.request(port, path)
    expect(status).toBe(200)
    const { headers } = JSON.parse(body) as { headers: Record<string, string> }
    return headers["x-order"] ?? ""
  }

  it.each([
    ["its Gateway's where there is nothing nearer", "/bare", "gateway e0"],
    ["its route's, which takes the Gateway's away", "/own", "route"],
    ["its route's on a rule without one", "/ruled/first", "ruled"],
    ["its rule's", "/ruled/second", "rule-second"],
    ["none where the route's says nothing", "/out", ""],
    ["the older of two on one route", "/fought", "z-older"],
    ["one that chose its route by label", "/chosen-1", "chosen"],
    ["all entries of each kind, in the order written", "/everything", "l0 l1 l2 e0 w0 w1 w2"],
  ])("a request meets %s", async (_, path, wanted) => {
    expect(await tags(path)).toBe(wanted)
  })

  it("a request meets its listener's before the whole Gateway's, and its route's before both", async () => {
    expect(await tags("/bare", b)).toBe("listener-b")
    expect(await tags("/own", b)).toBe("route")
  })

  it.each([
    ["StrategicMerge", "/strategic", "strategic e0"],
    ["JSONMerge", "/json", "json e0 w0"],
  ])("%s takes each kind from the nearer policy that has it", async (_, path, wanted) => {
    expect(await tags(path)).toBe(wanted)
  })

  it("merges with the policy of the listener that the request came by", async () => {
    expect(await tags("/json", b)).toBe("json w0")
  })

  it("a section that does not exist takes nothing from its route", async () => {
    expect(await tags("/chosen-2")).toBe("chosen")
  })
})
