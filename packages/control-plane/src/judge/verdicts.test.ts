import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import type { ResourceAck } from "@attache/xds-server"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { messagesByName, verdictsOf } from "./verdicts.ts"

const nacked = (message: string): ResourceAck => ({ state: "nacked", wanted: "1", sent: "1", message })
const judged = (typeUrl: string, resources: Readonly<Record<string, ResourceAck>>, names = Object.keys(resources)) =>
  verdictsOf(
    new Map([[typeUrl, { version: "1", resources: new Map(Object.entries(resources)) }]]),
    new Map([[typeUrl, names]]),
    (name, version) => name === "taken" && version === "1",
  ).map(({ name, verdict, message }) => (message === undefined ? [name, verdict] : [name, verdict, message]))

describe("verdictsOf", () => {
  it.each([
    [{ state: "acked" }, "accepted"],
    [{ state: "sent", sent: "1" }, "unanswered"],
    [{ state: "pending" }, "unanswered"],
    [{ state: "absent" }, "unasked"],
  ] as const)("reads %j as %s", (ack, verdict) => {
    expect(judged(typeUrls.cluster, { a: ack })).toEqual([["a", verdict]])
  })

  it("knows what nobody asked for", () => {
    expect(judged(typeUrls.route, {}, ["a"])).toEqual([["a", "unasked"]])
  })

  it("accepts a cluster that Envoy has and does not answer for, at that version only", () => {
    expect(judged(typeUrls.cluster, { taken: { state: "sent", sent: "1" } })).toEqual([["taken", "accepted"]])
    expect(judged(typeUrls.cluster, { taken: { state: "sent", sent: "2" } })).toEqual([["taken", "unanswered"]])
    expect(judged(typeUrls.endpoint, { taken: { state: "sent", sent: "1" } })).toEqual([["taken", "unanswered"]])
  })

  it("refuses the listeners that Envoy names and accepts the others", () => {
    const text = "Error adding/updating listener(s) gw/http: no such filter: x\ngw/https: bad\nkey\n"
    const resources = Object.fromEntries(["gw/http", "gw/https", "gw/tcp"].map((name) => [name, nacked(text)]))
    expect(judged(typeUrls.listener, resources)).toEqual([
      ["gw/http", "refused", "no such filter: x"],
      ["gw/https", "refused", "bad\nkey"],
      ["gw/tcp", "accepted"],
    ])
  })

  it("refuses all that were sent together when Envoy names none", () => {
    expect(judged(typeUrls.cluster, { a: nacked("too large") })).toEqual([["a", "refused", "too large"]])
    expect(judged(typeUrls.secret, { a: nacked("Error (s) b: x") })).toEqual([["a", "refused", "Error (s) b: x"]])
  })

  it("does not take silence for consent when Envoy's words were cut", () => {
    const text = "Error adding/updating cluster(s) a: bad, b: very b...(truncated)"
    expect(judged(typeUrls.cluster, { a: nacked(text), c: nacked(text) })).toEqual([
      ["a", "refused", "bad, b: very b...(truncated)"],
      ["c", "unanswered"],
    ])
  })
})

describe("messagesByName", () => {
  it.each([
    ["one name that begins like another", ["a", "a/b"], { "a/b": "no", a: "never" }],
    ["names with separators", ["x, y", "y", "z: z"], { "x, y": "1", "z: z": "2" }],
  ])("reads %s", (_, names, texts) => {
    const body = Object.entries(texts).map(([name, text]) => `${name}: ${text}`)
    for (const separator of [", ", "\n"]) {
      const message = `Error adding/updating cluster(s) ${body.join(separator)}`
      expect(Object.fromEntries(messagesByName(message, names))).toEqual(texts)
    }
  })

  it("finds every name that was refused, whatever the names", () => {
    const name = fc.stringMatching(/^[a-z][a-z/-]{0,8}$/)
    const property = fc.property(
      fc.uniqueArray(name, { maxLength: 12 }),
      fc.integer({ min: 1, max: 12 }),
      (names, n) => {
        const refused = names.slice(0, n)
        const message = `Error adding/updating cluster(s) ${refused.map((r) => `${r}: it is bad`).join(", ")}`
        expect([...messagesByName(message, names).keys()].sort()).toEqual([...refused].sort())
        expect(new Set(messagesByName(message, names).values()).size).toBeLessThanOrEqual(1)
      },
    )
    fc.assert(property)
  })

  it("finds nothing in other words", () => {
    expect(messagesByName("malformed IP address: a", ["a"])).toEqual(new Map())
  })
})
