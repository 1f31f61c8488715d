import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { nextResponse, type Outgoing, takeDelta, takeSotw } from "./ads.ts"
import { ruleOf } from "./order.ts"
import { emptySnapshot, type Snapshot, typeOf } from "./snapshot.ts"
import { createStreamState, type StreamState } from "./stream-state.ts"
import { inheritSuspects, suspectsOf } from "./suspects.ts"
import { type ClientMachine, createClientMachine } from "./testing/client-machine.ts"
import { inspectWorld, isBad, type World, worldSnapshot } from "./testing/model-world.ts"
import type { Variant } from "./type-state.ts"

type Step =
  | { readonly do: "snapshot"; readonly world: World }
  | { readonly do: "secrets"; readonly names: readonly string[] }
  | { readonly do: "read" | "send" | "deliver"; readonly times: number }
  | { readonly do: "drop" }

const token = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "b", "c") },
  { weight: 1, arbitrary: fc.constant("bad") },
)
const some = <T>(names: readonly string[], value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(fc.constantFrom(...names), value, { maxKeys: names.length, noNullPrototype: true })
const clusterNames = ["c0", "c1", "c2", "c3"]

const world: fc.Arbitrary<World> = fc.record({
  clusters: some(clusterNames, fc.record({ token, hasEds: fc.boolean(), endpoints: token })),
  routes: some(["r0", "r1", "r2"], fc.record({ token, clusters: fc.subarray(clusterNames) })),
  listeners: some(["l0", "l1", "l2"], fc.record({ token, route: fc.constantFrom("r0", "r1", "r2") })),
  secrets: some(["s0", "s1"], fc.record({ token })),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: world.map((w): Step => ({ do: "snapshot", world: w })) },
  { weight: 1, arbitrary: fc.subarray(["s0", "s1", "s2"]).map((names): Step => ({ do: "secrets", names })) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom("read", "send", "deliver"),
      times: fc.integer({ min: 1, max: 4 }),
    }) as fc.Arbitrary<Step>,
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "drop" }) },
)

describe("an aggregated stream", () => {
  for (const [variant, limit] of [["sotw"], ["delta"], ["delta", 1], ["delta", 2]] as const) {
    const title = limit === undefined ? variant : `${variant}, ${limit} resources a response`
    it(`converges, in order, without repeating what was refused (${title})`, () => {
      const run = fc.property(fc.array(step, { maxLength: 60, size: "max" }), fc.boolean(), (steps, takesPart) => {
        const driver = createDriver(variant, takesPart, limit)
        for (const s of steps) driver.play(s)
        driver.settle()
        expect(driver.violations()).toEqual([])
        expect(driver.unmet()).toEqual([])
      })
      fc.assert(run, { numRuns: Number(process.env.FC_RUNS ?? 400) })
    })

    it(`gives earlier content again after a refusal (${title})`, () => {
      const run = fc.property(world, world, fc.boolean(), (first, second, takesPart) => {
        const driver = createDriver(variant, takesPart, limit)
        const good = withoutBad(first)
        for (const w of [good, second, good]) {
          driver.play({ do: "snapshot", world: w })
          driver.settle()
        }
        expect(driver.violations()).toEqual([])
        expect(driver.unmet()).toEqual([])
        expect(driver.refusals()).toEqual([])
      })
      fc.assert(run, { numRuns: Number(process.env.FC_RUNS ?? 400) })
    })
  }
})

function withoutBad(w: World): World {
  return JSON.parse(JSON.stringify(w).replaceAll('"bad"', '"a"'))
}

interface Driver {
  play(step: Step): void
  /** Moves every message until nothing moves. */
  settle(): void
  violations(): readonly string[]
  /** What the client should hold and does not, or holds and should not. */
  unmet(): readonly string[]
  refusals(): readonly string[]
}

function createDriver(variant: Variant, takesPart: boolean, limit?: number): Driver {
  const client = createClientMachine({ variant, takesPart, inspect: inspectWorld, waitsForClusters: false })
  const found: string[] = []
  let latest: Snapshot | undefined
  let stream = createStreamState(variant, true, limit)
  let offers = createOfferLog(found)
  let inbox: Outgoing[] = []
  let hasReconnected = false
  client.connect()

  const read = (): boolean => {
    const request = client.outbox.shift()
    if (request === undefined) return false
    const { typeUrl } = request.delta
    const now = latest ?? emptySnapshot
    const before = stream.types.get(typeUrl)?.subscription.names ?? new Set<string>()
    const answer = variant === "sotw" ? takeSotw(stream, request.sotw, now) : takeDelta(stream, request.delta, now)
    if (answer !== undefined) offers.answered(typeUrl, answer.errorMessage !== undefined)
    const names = stream.types.get(typeUrl)?.subscription.names ?? new Set<string>()
    offers.forget(typeUrl, [...request.delta.subscribe, ...names.symmetricDifference(before)])
    return true
  }
  const send = (): boolean => {
    const response = latest === undefined ? undefined : nextResponse(stream, latest)
    if (response === undefined) return false
    offers.sent(response)
    inbox.push(response)
    return true
  }
  const deliver = (): boolean => {
    const response = inbox.shift()
    if (response !== undefined) client.receive(response)
    return response !== undefined
  }
  const drop = (): void => {
    hasReconnected = true
    const suspects = suspectsOf(stream)
    stream = createStreamState(variant, true, limit)
    inheritSuspects(stream, suspects)
    offers = createOfferLog(found)
    inbox = []
    client.connect()
  }
  /** Only refused endpoints may make a client wait until its patience ends. */
  const waitsInVain = (): boolean => {
    if (!client.isHolding()) return false
    const endpoints = stream.types.get(typeUrls.endpoint)
    // A new state-of-the-world stream knows nothing of the clusters from before, and cannot say that endpoints do not exist.
    const cannotKnow = variant === "sotw" && hasReconnected
    const isRefusing = endpoints !== undefined && endpoints.refused.size > 0
    if (!cannotKnow && !isRefusing) found.push("clusters wait for endpoints that do not come")
    client.timeOut()
    return true
  }
  const moves = { read, send, deliver }
  return {
    play: (s) => {
      if (s.do === "snapshot") latest = worldSnapshot(s.world, latest)
      else if (s.do === "secrets") client.ask(typeUrls.secret, s.names)
      else if (s.do === "drop") drop()
      else for (let n = 0; n < s.times; n++) moves[s.do]()
    },
    settle: () => {
      for (let n = 0; read() || send() || deliver() || waitsInVain(); n++) {
        if (n > 5000) throw new Error("it never comes to rest")
      }
    },
    violations: () => [...found, ...client.violations],
    unmet: () => (latest === undefined ? [] : unmet(client, stream, latest, variant)),
    refusals: () => [...stream.types.values()].flatMap((t) => [...t.refused.keys()]),
  }
}

/** Watches what is offered: one response at a time per type, and nothing refused again unchanged. */
function createOfferLog(found: string[]) {
  const inFlight = new Map<string, Outgoing>()
  const askedAnew = new Set<string>()
  const refusedAlone = new Map<string, string>()
  const lastRefused = new Map<string, string>()
  const signature = (r: Outgoing): string =>
    JSON.stringify([r.resources.map((x) => [x.name, x.version]).sort(), [...r.removed].sort()])
  return {
    sent: (response: Outgoing) => {
      const { typeUrl } = response
      if (inFlight.has(typeUrl)) found.push(`${typeUrl}: a second response in flight`)
      inFlight.set(typeUrl, response)
      askedAnew.delete(typeUrl)
      if (lastRefused.get(typeUrl) === signature(response)) found.push(`${typeUrl}: a refused response again`)
      lastRefused.delete(typeUrl)
      for (const { name, version } of response.resources) {
        const key = `${typeUrl} ${name}`
        const repeats = refusedAlone.get(key) === version && ruleOf(typeUrl).sotw === "changed"
        if (repeats) found.push(`${key}: refused alone and offered again`)
        refusedAlone.delete(key)
      }
    },
    answered: (typeUrl: string, isRefused: boolean) => {
      const response = inFlight.get(typeUrl)
      inFlight.delete(typeUrl)
      if (response === undefined || !isRefused || askedAnew.has(typeUrl)) return
      lastRefused.set(typeUrl, signature(response))
      const [only] = response.resources
      if (only !== undefined && response.resources.length === 1)
        refusedAlone.set(`${typeUrl} ${only.name}`, only.version)
    },
    /** Names asked for anew must be answered whatever was refused. */
    forget: (typeUrl: string, names: readonly string[]) => {
      if (names.length === 0) return
      lastRefused.delete(typeUrl)
      askedAnew.add(typeUrl)
      for (const name of names) refusedAlone.delete(`${typeUrl} ${name}`)
    },
  }
}

function unmet(client: ClientMachine, stream: StreamState, latest: Snapshot, variant: Variant): readonly string[] {
  const found: string[] = []
  if (stream.front !== latest) found.push("the front stands behind the newest snapshot")
  const isRefusing = [typeUrls.listener, typeUrls.route].some((url) => (stream.types.get(url)?.refused.size ?? 0) > 0)
  for (const [typeUrl, type] of client.types) {
    const wanted = typeOf(latest, typeUrl).resources
    const isRefused = (name: string): boolean => {
      const resource = wanted.get(name)
      return resource !== undefined && isBad(typeUrl, resource.bytes)
    }
    const refused = stream.types.get(typeUrl)?.refused
    for (const name of type.isWildcard ? wanted.keys() : type.names) {
      const resource = wanted.get(name)
      if (resource === undefined || isRefused(name) || type.held.get(name)?.version === resource.version) continue
      // It keeps company with a culprit that has not moved on.
      if (refused?.get(name)?.together.some(isRefused) === true) continue
      found.push(`${typeUrl} ${name}: holds ${type.held.get(name)?.version ?? "nothing"}`)
    }
    const mayLinger = typeUrl === typeUrls.cluster && isRefusing
    if (!type.isWildcard || mayLinger) continue
    for (const name of type.held.keys())
      if (!wanted.has(name)) found.push(`${typeUrl} ${name}: not removed (${variant})`)
  }
  const endpoints = typeOf(latest, typeUrls.endpoint).resources
  const refused = stream.types.get(typeUrls.endpoint)?.refused
  for (const e of client.warming)
    if (endpoints.has(e) && refused?.has(e) !== true) found.push(`a cluster warms for ${e}`)
  return found
}
