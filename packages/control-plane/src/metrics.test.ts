import { describe, expect, it } from "vitest"
import { readExposition } from "../test/exposition.ts"
import { createMetrics } from "./metrics.ts"

describe("createMetrics", () => {
  it("gives valid text, with those of the process once", async () => {
    const [one, two] = [createMetrics(), createMetrics()]
    one.objects.set(3)
    one.answers.inc({ type: "nack" })
    one.translationFailures.inc({ query: 'odd "name"\\\n' })
    one.translation.observe(0.003)
    const samples = readExposition(await one.text())
    expect(samples.get("attache_objects")).toBe(3)
    expect(samples.get('attache_xds_answers_total{type="nack"}')).toBe(1)
    expect(samples.get("attache_translation_seconds_count")).toBe(1)
    expect(samples.has("process_cpu_seconds_total")).toBe(true)
    const other = readExposition(await two.text())
    expect(other.get("attache_objects")).toBe(0)
    expect(other.has("process_cpu_seconds_total")).toBe(true)
    expect(one.contentType).toContain("text/plain")
  })
})
