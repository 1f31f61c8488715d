import { describe, expect, it } from "vitest"
import { readVerdict } from "./recorded-verdict.ts"

describe("readVerdict", () => {
  it.each([
    ["accepted", { type: "accepted", refusals: [] }],
    ["accepted (with another certificate)", { type: "accepted", refusals: [] }],
    ["nothing published", { type: "nothing published", refusals: [] }],
    ["not exercised: a/b: Listener: no file", { type: "not exercised", refusals: [] }],
    [
      "rejected: a/b: Secret: Failed to load\n\tit | a/c: Listener: Error adding/updating listener(s) a/c/http: script: [x]:1: no...",
      {
        type: "refused",
        refusals: [
          { proxy: "a/b", type: "Secret", words: "Failed to load it", isCut: false },
          { proxy: "a/c", type: "Listener", words: "script: [x]:1: no", isCut: true },
        ],
      },
    ],
  ])("reads %s", (text, verdict) => expect(readVerdict(text)).toEqual(verdict))
})
