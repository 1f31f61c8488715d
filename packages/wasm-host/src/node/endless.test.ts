import { describe, expect, it } from "vitest"
import { buildGuest, type GuestSpec } from "../testing/guest.ts"
import { runWithDeadline } from "./deadline.ts"

const read: GuestSpec["callbacks"] = { proxy_on_configure: [["proxy_get_buffer_bytes", 6, 0, 1, 64, 68]] }
const tick: GuestSpec["callbacks"] = {
  proxy_on_configure: [["proxy_set_tick_period_milliseconds", 10]],
  proxy_on_tick: ["loop"],
}

describe("a loop without end is ended and named", () => {
  it.concurrent.each<readonly [where: string, guest: GuestSpec, messages: readonly string[]]>([
    ["the Wasm start section", { startSection: ["loop"] }, ["ready"]],
    ["_initialize", { callbacks: { _initialize: ["loop"] } }, ["ready"]],
    ["the response headers", { callbacks: { proxy_on_response_headers: ["loop"] } }, ["ready", "started"]],
    ["a tick", { callbacks: tick }, ["ready", "started"]],
    ["the end of a stream", { callbacks: { proxy_on_delete: ["loop"] } }, ["ready", "started"]],
    // The configuration is empty, so the allocator is not asked.
    ["an allocator nobody calls", { callbacks: read, allocatorSteps: ["loop"] }, ["ready", "started", "done"]],
  ])("in %s", { timeout: 90_000 }, async (_, guest, messages) => {
    const found = await runWithDeadline(new URL("./testdata/guest.ts", import.meta.url), {
      data: buildGuest(guest),
      startMs: 60_000,
      deadlineMs: 500,
    })
    expect(found.messages).toEqual(messages)
    expect(found.mistake?.code).toBe(messages.includes("done") ? undefined : "ATT_WASM_ENDLESS_CALL")
  })
})
