import { type LogFields, silentLogger } from "@attache/base"
import { describe, expect, it } from "vitest"
import { readExposition } from "../test/exposition.ts"
import { createEnvoyEventHandler } from "./envoy-events.ts"
import { createMetrics } from "./metrics.ts"
import { createRefusals } from "./refusals.ts"

describe("createEnvoyEventHandler", () => {
  it("counts, keeps refusals, logs them with Envoy's words, and tells of answers", async () => {
    const metrics = createMetrics()
    const refusals = createRefusals()
    const errors: (LogFields | undefined)[] = []
    let streams = 0
    let answers = 0
    const handle = createEnvoyEventHandler({
      logger: { ...silentLogger, error: (_message, fields) => void errors.push(fields) },
      metrics,
      refusals,
      streams: () => streams,
      onAnswer: () => answers++,
    })
    const client = { proxyKey: "p", nodeId: "n", streamId: 1 }
    streams = 1
    handle({ type: "connect", ...client, variant: "delta" })
    const answer = { ...client, typeUrl: "t", version: "1", resources: ["a", "b"], changed: ["a"] }
    handle({ type: "ack", ...answer })
    handle({ type: "nack", ...answer, message: "bad regex" })
    expect(errors).toEqual([{ proxy: "p", type: "t", resources: "a", message: "bad regex" }])
    expect(refusals.list()).toHaveLength(1)
    expect(answers).toBe(2)
    const samples = readExposition(await metrics.text())
    expect(samples.get("attache_xds_streams")).toBe(1)
    expect(samples.get("attache_xds_refusals")).toBe(1)
    expect(samples.get('attache_xds_answers_total{type="ack"}')).toBe(1)
    expect(samples.get('attache_xds_answers_total{type="nack"}')).toBe(1)
    streams = 0
    handle({ type: "disconnect", ...client, variant: "delta" })
    expect(readExposition(await metrics.text()).get("attache_xds_streams")).toBe(0)
    expect(refusals.list(), "a refusal outlives its connection").toHaveLength(1)
  })
})
