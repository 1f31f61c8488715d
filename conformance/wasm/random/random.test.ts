import { describe, expect, it } from "vitest"
import { judgeCase } from "../judge.ts"
import { readRecorded, recordedCase } from "./recorded.ts"

// Plugins that nobody wrote, and what Envoy did with them: `node conformance/wasm/random/run.ts --keep` asks it anew.
describe("random plugins", () => {
  it.each(readRecorded().map((each) => ({ ...recordedCase(each) })))("$name", async (item) => {
    expect((await judgeCase(item, false)).differences).toEqual([])
  })
})
