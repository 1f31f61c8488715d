import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { describe, expect, it } from "vitest"
import { type Conversation, type ConversationState, settle } from "./settle.ts"

const patience = { timeoutMs: 10_000, warmMs: 1_000 }
const quiet: ConversationState = { inFlight: [], isHeldBack: false }

interface Moment extends Partial<ConversationState> {
  /** Milliseconds since the start. */
  readonly at: number
  readonly warming?: number
}

/** A conversation by timetable: each moment holds until the next, and counts as an answer unless it is the first. */
function timetable(moments: readonly Moment[]): Conversation & { readonly asked: () => number } {
  let time = 0
  let asked = 0
  const current = (): Moment => moments.findLast(({ at }) => at <= time) ?? { at: 0 }
  const heard = (): number => moments.filter(({ at }) => at > 0 && at <= time).length
  return {
    now: () => time,
    state: () => ({ ...quiet, ...current() }),
    heard,
    news: async (since, ms) => {
      if (heard() > since) return
      const next = moments.find(({ at }) => at > time)?.at ?? Number.POSITIVE_INFINITY
      time = Math.min(time + ms, next)
    },
    roundTrip: async () => {
      time += 1
      asked++
    },
    warming: async () => current().warming ?? 0,
    asked: () => asked,
  }
}

const cases: readonly (readonly [string, readonly Moment[], number])[] = [
  ["nothing is on its way", [{ at: 0 }], 2],
  [
    "one answer after the other comes",
    [{ at: 0, inFlight: [typeUrls.cluster] }, { at: 5, inFlight: [typeUrls.listener] }, { at: 9 }],
    11,
  ],
  ["an answer about endpoints is late", [{ at: 0, inFlight: [typeUrls.endpoint] }, { at: 3_000 }], 3_002],
  [
    "a name resolves",
    [{ at: 0, inFlight: [typeUrls.cluster], warming: 1 }, { at: 300, inFlight: [typeUrls.listener] }, { at: 310 }],
    312,
  ],
  ["an answer never comes", [{ at: 0, inFlight: [typeUrls.route] }], 10_000],
]

describe("settle", () => {
  it.each(cases)("ends soon after all is said when %s", async (_, moments, end) => {
    const talk = timetable(moments)
    await settle(talk, patience)
    expect(talk.now()).toBe(end)
  })

  it("gives what depends on others its time and no more", async () => {
    const talk = timetable([{ at: 0, warming: 1 }])
    await settle(talk, patience)
    expect(talk.now()).toBeGreaterThanOrEqual(1_000)
    expect(talk.now()).toBeLessThan(1_100)
  })

  it("lets listeners that were held back follow, and does not wait a second time", async () => {
    const cluster = [typeUrls.cluster]
    const talk = timetable([
      { at: 0, inFlight: cluster, warming: 1, isHeldBack: true },
      { at: 1_050, inFlight: [...cluster, typeUrls.listener], warming: 1 },
      { at: 1_060, inFlight: cluster, warming: 1 },
    ])
    await settle(talk, patience)
    expect(talk.now()).toBeGreaterThanOrEqual(1_060)
    expect(talk.now()).toBeLessThan(1_100)
  })

  it("lets what warms ask for what it needs, also where it gets no time to get warm", async () => {
    const cluster = [typeUrls.cluster]
    const talk = timetable([
      { at: 0, inFlight: cluster, warming: 1 },
      { at: 2, inFlight: [...cluster, typeUrls.secret], warming: 1 },
      { at: 50 },
    ])
    await settle(talk, { ...patience, warmMs: 0 })
    expect(talk.now()).toBe(52)
  })

  it("begins the wait anew with every answer", async () => {
    const moments = Array.from({ length: 5 }, (_, n) => ({ at: n * 900, inFlight: [typeUrls.cluster], warming: 5 - n }))
    const talk = timetable([...moments, { at: 4_500 }])
    await settle(talk, patience)
    expect(talk.now()).toBe(4_502)
  })

  it("asks Envoy a bounded number of times", async () => {
    const talk = timetable([{ at: 0, warming: 1 }])
    await settle(talk, patience)
    expect(talk.asked()).toBeLessThan(60)
  })
})
