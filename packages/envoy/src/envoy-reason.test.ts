import { describe, expect, it } from "vitest"
import { reasonOf } from "./envoy-reason.ts"

const line = (level: "critical" | "error" | "raw", message: string) => ({ level, logger: "", message })

describe("reasonOf", () => {
  it.each([
    { name: "nothing said", lines: [], want: "" },
    { name: "only empty text", lines: [line("raw", " ")], want: "" },
    {
      name: "critical before later text",
      lines: [line("critical", "bad"), line("error", "other"), line("raw", "end")],
      want: "bad",
    },
    { name: "error before text", lines: [line("error", "other"), line("raw", "end")], want: "other" },
    { name: "last text", lines: [line("raw", "first"), line("raw", "Aborted")], want: "Aborted" },
    { name: "start", lines: [line("critical", "error `no` initializing config '  /r/b.json'")], want: "no" },
    { name: "validate", lines: [line("critical", "error initializing configuration '/r/b.json': no\n")], want: "no" },
    { name: "debug marks", lines: [line("critical", "goo.gle/debugonly  field:  'x'")], want: "field: 'x'" },
  ])("$name", ({ lines, want }) => expect(reasonOf(lines, "/r/b.json")).toBe(want))
})
