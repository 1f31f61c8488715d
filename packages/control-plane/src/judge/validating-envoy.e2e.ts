import { isAttacheError } from "@attache/base"
import { findEnvoy } from "@attache/envoy"
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { startSession } from "./session.ts"
import {
  edsCluster,
  endpoints,
  httpListener,
  luaFilter,
  routes,
  type SampleResources,
  sampleSnapshot,
  tlsCluster,
  trustedCa,
} from "./testing/sample-snapshot.ts"
import { startValidatingEnvoy, type ValidatingEnvoy } from "./validating-envoy.ts"

const good: SampleResources = {
  clusters: [edsCluster("a"), edsCluster("b")],
  endpoints: [endpoints("a"), endpoints("b")],
  listeners: [httpListener("one"), httpListener("two")],
  routes: [routes("one", "a"), routes("two", "b")],
}
const brokenLua = [luaFilter("function envoy_on_request(")]
const scriptError = "script load error"

let envoyPath = ""
let envoy: ValidatingEnvoy
beforeAll(async () => {
  envoyPath = (await findEnvoy()).path
  envoy = await startValidatingEnvoy({ envoyPath, warmMs: 100 })
})
beforeEach(() => envoy.clear())
afterAll(() => envoy[Symbol.asyncDispose]())

/** Verdicts as `Type name verdict` with the message, those of accepted resources left out unless there is nothing else. */
async function judged(resources: SampleResources) {
  const judgement = await envoy.judge(sampleSnapshot(resources))
  const others = judgement.resources.filter(({ verdict }) => verdict !== "accepted")
  return {
    accepted: judgement.resources.length - others.length,
    others: others.map(({ typeUrl, name, verdict }) => `${shortName(typeUrl)} ${name} ${verdict}`),
    messages: others.flatMap(({ message }) => (message === undefined ? [] : [message])),
    warming: judgement.warming.map(({ typeUrl, name }) => `${shortName(typeUrl)} ${name}`),
  }
}

function shortName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1)
}

const nothingElse = { others: [], messages: [], warming: [] }

describe("a judging Envoy", () => {
  it("accepts what is good, from nothing and as an update", async () => {
    expect(await judged(good)).toEqual({ accepted: 8, ...nothingElse })
    expect(await judged({ ...good, routes: [routes("one", "b"), routes("two", "a")] })).toEqual({
      accepted: 8,
      ...nothingElse,
    })
    expect(await judged({})).toEqual({ accepted: 0, ...nothingElse })
  })

  it("says which listener it refuses and why, takes the others, and the corrected one after it", async () => {
    const listeners = [httpListener("one"), httpListener("two", brokenLua)]
    const first = await judged({ ...good, listeners })
    expect(first).toMatchObject({ accepted: 6, others: ["Listener two refused", "RouteConfiguration two unasked"] })
    expect(first.messages).toEqual([expect.stringMatching(`^${scriptError}`)])
    expect(await judged(good)).toEqual({ accepted: 8, ...nothingElse })
    const again = await judged({ ...good, listeners })
    expect(again).toMatchObject({ accepted: 7, others: ["Listener two refused"], messages: first.messages })
  })

  it("says which cluster it refuses", async () => {
    const bad = edsCluster("bad", { lbPolicy: "CLUSTER_PROVIDED" })
    const { others, messages } = await judged({ ...good, clusters: [edsCluster("a"), bad, edsCluster("b")] })
    expect(others).toEqual(["Cluster bad refused"])
    expect(messages[0]).toContain("cluster provided LB specified")
  })

  it("says which route configuration it refuses", async () => {
    const bad = routes("two", "b", { safeRegex: { regex: "(" } })
    const { accepted, others, messages } = await judged({ ...good, routes: [routes("one", "a"), bad] })
    expect([accepted, others]).toEqual([7, ["RouteConfiguration two refused"]])
    expect(messages).toEqual(["missing ): ("])
  })

  it("says which endpoints it refuses", async () => {
    const { others, messages } = await judged({ ...good, endpoints: [endpoints("a", "a.example.com"), endpoints("b")] })
    expect(others).toEqual(["ClusterLoadAssignment a refused"])
    expect(messages[0]).toContain("malformed IP address: a.example.com")
  })

  it("says which secret it refuses, each time it starts from nothing", async () => {
    const names = ["x", "y", "z"]
    const resources = {
      clusters: names.map((name) => tlsCluster(name, name)),
      endpoints: names.map((name) => endpoints(name)),
      secrets: names.map((name) => trustedCa(name, name === "y" ? "no certificate" : "")),
    }
    for (let turn = 0; turn < 3; turn++) {
      const { others, messages } = await judged(resources)
      expect(others).toContain("Secret y refused")
      expect(messages).toContain("Failed to load trusted CA certificates from <inline>")
      await envoy.clear()
    }
  })

  it("names every refused listener, however many", async () => {
    const names = Array.from({ length: 100 }, (_, n) => `a-listener-with-a-long-name-as-they-come/${n}`)
    const isBad = (n: number): boolean => n % 2 === 0
    const listeners = names.map((name, n) => httpListener(name, isBad(n) ? brokenLua : []))
    const { accepted, others } = await judged({ ...good, listeners, routes: names.map((name) => routes(name, "a")) })
    const bad = names.filter((_, n) => isBad(n))
    expect(others).toEqual([
      ...bad.map((name) => `Listener ${name} refused`),
      ...bad.map((name) => `RouteConfiguration ${name} unasked`),
    ])
    expect(accepted).toBe(104)
  })

  it("says what nothing refers to", async () => {
    const { others } = await judged({ ...good, routes: [...(good.routes ?? []), routes("three", "a")] })
    expect(others).toEqual(["RouteConfiguration three unasked"])
  })

  it("accepts a cluster that waits for others, says so, and judges what comes after", async () => {
    const waiting = { ...good, clusters: [...(good.clusters ?? []), tlsCluster("c", "missing")] }
    const first = await judged({ ...waiting, endpoints: [...(good.endpoints ?? []), endpoints("c")] })
    expect(first).toEqual({ ...nothingElse, accepted: 10, warming: ["Cluster c"] })
    expect(await judged(good)).toEqual({ accepted: 8, ...nothingElse })
  })

  it("accepts a listener that waits for its routes, and says so", async () => {
    const { others, warming } = await judged({ ...good, routes: [routes("one", "a")] })
    expect([others, warming]).toEqual([[], ["Listener two"]])
    await envoy.clear()
    expect(await judged(good)).toEqual({ accepted: 8, ...nothingElse })
  })
})

it("says that its Envoy is gone", async () => {
  await using session = await startSession(envoyPath, 100)
  const failed = session.whileAlive(new Promise(() => {})).catch((error: unknown) => error)
  await session.admin.quit()
  const error = await failed
  expect(isAttacheError(error) && error.code).toBe("ATT_JUDGE_ENVOY_DIED")
  expect(session.isAlive()).toBe(false)
  expect(session.acks().get(typeUrls.cluster)).toBeUndefined()
})
