// Kills at seeded random moments; `bench/kills.ts` does a hundred.
import { freePorts } from "@attache/envoy"
import { expect, it } from "vitest"
import { startBackend } from "./backend.ts"
import { printDurations } from "./durations.ts"
import { killRounds } from "./kill-rounds.ts"

it("serves the files' state again after ten kills, with no orphan, no torn file and no temporary folder left", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  const rounds = await killRounds({ port, backendPort: one.port, rounds: 10, seed: 7 })
  printDurations(
    "kill to the right state",
    rounds.map(({ recoveredMs }) => recoveredMs),
  )
  expect(new Set(rounds.map(({ victim }) => victim)).size).toBe(3)
  expect(rounds.filter(({ orphans, torn, left }) => orphans + torn.length + left.length > 0)).toEqual([])
})
