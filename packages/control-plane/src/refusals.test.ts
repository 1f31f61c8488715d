import type { AnswerEvent } from "@attache/xds-server"
import { describe, expect, it } from "vitest"
import { createRefusals, maxRefusals } from "./refusals.ts"

const answer = (type: "ack" | "nack", changed: readonly string[], more: Partial<AnswerEvent> = {}): AnswerEvent => ({
  type,
  proxyKey: "p",
  nodeId: "n",
  streamId: 1,
  typeUrl: "route",
  version: "1",
  resources: [...changed, "unchanged"],
  changed,
  ...(type === "nack" ? { message: "bad regex" } : {}),
  ...more,
})
const connection = (type: "connect" | "disconnect", nodeId: string, streamId: number, proxyKey = "p") => ({
  type,
  proxyKey,
  nodeId,
  streamId,
})

describe("createRefusals", () => {
  it("keeps what changed in a refused response until the same node accepts it", () => {
    const refusals = createRefusals()
    refusals.record(answer("nack", ["a", "b"]))
    expect(refusals.list()).toEqual(
      ["a", "b"].map((resource) => ({ proxyKey: "p", nodeId: "n", typeUrl: "route", resource, message: "bad regex" })),
    )
    refusals.record(answer("ack", ["a"], { nodeId: "other" }))
    refusals.record(answer("ack", ["a"], { typeUrl: "cluster" }))
    expect(refusals.list()).toHaveLength(2)
    refusals.record(answer("nack", ["a"], { message: "worse" }))
    expect(refusals.list().map(({ resource, message }) => [resource, message])).toEqual([
      ["b", "bad regex"],
      ["a", "worse"],
    ])
    refusals.record(answer("ack", [], { resources: ["a", "b"] }))
    expect(refusals.list()).toEqual([])
  })

  it("outlive a connection, and go when another node takes the place of one that is gone", () => {
    const refusals = createRefusals()
    refusals.connection(connection("connect", "n", 1))
    refusals.connection(connection("connect", "n", 2))
    refusals.record(answer("nack", ["a"]))
    refusals.connection(connection("disconnect", "n", 1))
    refusals.connection(connection("connect", "other", 3))
    expect(refusals.list(), "one stream of the node is open").toHaveLength(1)
    refusals.connection(connection("disconnect", "n", 2))
    expect(refusals.list()).toHaveLength(1)
    refusals.connection(connection("connect", "n", 4))
    expect(refusals.list(), "the node itself came back").toHaveLength(1)
    refusals.connection(connection("disconnect", "n", 4))
    refusals.connection(connection("connect", "x", 5, "another proxy"))
    expect(refusals.list()).toHaveLength(1)
    refusals.connection(connection("connect", "new", 6))
    expect(refusals.list()).toEqual([])
  })

  it("go with what they are about", () => {
    const refusals = createRefusals()
    refusals.record(answer("nack", ["a"]))
    refusals.record(answer("nack", ["a"], { proxyKey: "q" }))
    refusals.retain(({ proxyKey }) => proxyKey === "q")
    expect(refusals.list().map(({ proxyKey }) => proxyKey)).toEqual(["q"])
  })

  it("are limited; the oldest go", () => {
    const refusals = createRefusals()
    refusals.record(
      answer(
        "nack",
        Array.from({ length: maxRefusals + 5 }, (_, i) => String(i)),
      ),
    )
    expect(refusals.list()).toHaveLength(maxRefusals)
    expect(refusals.list()[0]?.resource).toBe("5")
  })
})
