// A real Envoy still answers what the table says: all calls of a callback in one run, and what ends a module.
import { findEnvoy } from "@attache/envoy"
import { describe, expect, it } from "vitest"
import { recordCase } from "../envoy/record.ts"
import { phases } from "./probes.ts"
import { gentleAnswers, type Runner, readTable, restrictedAnswers } from "./table.ts"

const table = readTable()
const envoy = await findEnvoy({})
const run: Runner = ({ module, config, steps }) => recordCase({ module, config, steps }, { envoyPath: envoy.path })

// On a busy machine a line may come after the recorder stopped waiting for it, and a service that took ten milliseconds makes
// a header one digit longer.
describe("ABI table on Envoy", { retry: 4, timeout: 60_000 }, () => {
  it.each(phases.map((phase) => ({ name: phase.name, phase })))("$name", async ({ name, phase }) => {
    expect(await gentleAnswers(phase, run)).toEqual(table.phases[name]?.gentle)
  })
  it("_initialize", async () => {
    expect(await restrictedAnswers("_initialize", run)).toEqual(table.restricted._initialize)
  })
})
