import { describe, expect, it } from "vitest"
import { restartPause } from "./restart-pause.ts"

describe("restartPause", () => {
  it.each<[string, number | undefined, number, number]>([
    ["begins short", undefined, 5, 100],
    ["doubles", 100, 5, 200],
    ["does not grow for ever", 8_000, 0, 10_000],
    ["stays at its most", 10_000, 0, 10_000],
    ["begins again after a long life", 10_000, 60_000, 100],
  ])("%s", (_, before, livedMs, want) => expect(restartPause(before, livedMs)).toBe(want))
})
