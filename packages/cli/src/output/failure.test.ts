import { AttacheError } from "@attache/base"
import { afterEach, expect, it, vi } from "vitest"
import { reportFailure } from "./failure.ts"

afterEach(() => vi.restoreAllMocks())

it.each([
  [new Error("something broke"), "ATT_CLI_FAILED", 1],
  [new AttacheError("ATT_ENVOY_NOT_FOUND", "no Envoy", { hint: "fetch one" }), "ATT_ENVOY_NOT_FOUND", 4],
  [new AttacheError("ATT_MODULE_LISTEN", "in use"), "ATT_MODULE_LISTEN", 4],
  [new AttacheError("ATT_RESOURCE_PORT_TAKEN", "two"), "ATT_RESOURCE_PORT_TAKEN", 3],
  [new AttacheError("ATT_USAGE_OPTION", "what?", { hint: "see --help" }), "ATT_USAGE_OPTION", 2],
  [new AttacheError("ATT_CLI_TRANSLATE_TIMEOUT", "late", {}), "ATT_CLI_TRANSLATE_TIMEOUT", 5],
])("%s leaves as %s with exit code %d", async (error, code, exit) => {
  const said: string[] = []
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => said.push(String(chunk)) > 0)
  expect(await reportFailure(error, "json")).toBe(exit)
  expect(JSON.parse(said.join(""))).toMatchObject({ ok: false, errors: [{ code, message: expect.anything() }] })
})

it("takes the cure of the code for an error that brings none", async () => {
  const said: string[] = []
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => said.push(String(chunk)) > 0)
  expect(await reportFailure(new AttacheError("ATT_XDS_SOCKET_PATH_TOO_LONG", "too long"), "text")).toBe(4)
  expect(said.join("")).toMatch(
    /^error: too long\n {2}use a shorter path.*TMPDIR.*\n {2}\[ATT_XDS_SOCKET_PATH_TOO_LONG\]\n$/,
  )
})
