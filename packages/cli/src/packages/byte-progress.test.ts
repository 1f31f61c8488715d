import type { CopyEvent } from "@attache/oci"
import { expect, it } from "vitest"
import { createByteProgress } from "./byte-progress.ts"

const descriptor = { mediaType: "x/y", digest: `sha256:${"a".repeat(64)}`, size: 4_000_000 }
const event = (kind: CopyEvent["kind"], bytes: number): CopyEvent => ({ kind, descriptor, bytes })

function recording(isTerminal: boolean, columns = 80) {
  const written: string[] = []
  const clock = { now: 0 }
  const output = { isTerminal, columns, write: (text: string) => void written.push(text), now: () => clock.now }
  return { written, clock, progress: createByteProgress("pulling", output) }
}

it("draws a bar on a terminal, at most every tenth of a second, and takes it away", () => {
  const { written, clock, progress } = recording(true)
  progress.onEvent(event("found", 0))
  progress.onEvent(event("bytes", 1_000_000))
  clock.now = 100
  progress.onEvent(event("bytes", 2_000_000))
  progress.end()
  expect(written).toEqual([
    `\r\x1b[Kpulling [${" ".repeat(24)}] 0.0 of 4.0 MB`,
    `\r\x1b[Kpulling [${"=".repeat(12)}${" ".repeat(12)}] 2.0 of 4.0 MB`,
    "\r\x1b[K",
  ])
})

it("keeps the bar on one line", () => {
  const { written, progress } = recording(true, 20)
  progress.onEvent(event("found", 0))
  expect(written).toEqual([`\r\x1b[Kpulling [${" ".repeat(10)}`])
})

it("writes lines elsewhere, none within the first second", () => {
  const { written, clock, progress } = recording(false)
  for (const [now, bytes] of [
    [999, 1_000_000],
    [1_000, 2_000_000],
    [5_999, 3_000_000],
    [6_000, 4_000_000],
  ] as const) {
    clock.now = now
    progress.onEvent(event("bytes", bytes))
  }
  progress.end()
  expect(written).toEqual(["pulling: 2.0 of 4.0 MB\n", "pulling: 4.0 of 4.0 MB\n"])
})
