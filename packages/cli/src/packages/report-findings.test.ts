import { afterEach, expect, it, vi } from "vitest"
import { reportFindings } from "./report-findings.ts"

afterEach(() => vi.restoreAllMocks())

const heard = (stream: NodeJS.WriteStream): string[] => {
  const said: string[] = []
  vi.spyOn(stream, "write").mockImplementation((chunk) => said.push(String(chunk)) > 0)
  return said
}
const finding = { code: "ATT_LOCK_MOVED", severity: "error", message: "update" } as const

it("lets no name of others move the cursor", async () => {
  const said = heard(process.stdout)
  expect(await reportFindings("text", [], {}, () => "evil \u001b[2J\nname")).toBe(0)
  expect(said).toEqual(["evil \\u001b[2J\\nname\n"])
})

it("exits with 3 for an error, and says nothing where there is no result", async () => {
  const [out, talk] = [heard(process.stdout), heard(process.stderr)]
  expect(await reportFindings("text", [finding], undefined, () => "never")).toBe(3)
  expect([out, talk.join("")]).toEqual([[], expect.stringContaining("ATT_LOCK_MOVED")])
  expect(await reportFindings("json", [{ ...finding, severity: "warning" }], { a: 1 }, () => "never")).toBe(0)
  expect(JSON.parse(out.join(""))).toMatchObject({ ok: true, data: { a: 1 }, warnings: [{ code: "ATT_LOCK_MOVED" }] })
})
