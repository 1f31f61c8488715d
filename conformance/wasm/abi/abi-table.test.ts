// Our host answers every host call in every callback as the recorded Envoy does.
import { describe, expect, it } from "vitest"
import { phases } from "./probes.ts"
import { drasticAnswers, gentleAnswers, readTable, restrictedAnswers, runInHost } from "./table.ts"

const table = readTable()

describe.each(phases.map((phase) => ({ name: phase.name, phase })))("$name", ({ name, phase }) => {
  it("answers calls that leave the stream alone", async () => {
    expect(await gentleAnswers(phase, runInHost)).toEqual(table.phases[name]?.gentle)
  })
  it("answers calls that move the stream", async () => {
    expect(await drasticAnswers(phase, runInHost)).toEqual(table.phases[name]?.drastic)
  })
})

describe("where few calls are allowed", () => {
  it.each(["_initialize", "malloc"] as const)("%s", async (phase) => {
    expect(await restrictedAnswers(phase, runInHost)).toEqual(table.restricted[phase])
  })
})
