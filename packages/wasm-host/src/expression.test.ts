import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Status } from "./abi/status.ts"
import { evaluateExpression, parseExpression } from "./expression.ts"

const attributes: Readonly<Record<string, Uint8Array>> = {
  "request.path": new TextEncoder().encode("/api/x"),
  "response.code": Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0),
}
const value = (text: string): unknown => {
  const found = evaluateExpression(text, (path) => attributes[path.join(".")] ?? { status: Status.NotFound })
  return found instanceof Uint8Array ? [...found] : found.status
}

describe("expressions", () => {
  it.each([
    ["request.path", [..."/api/x"].map((c) => c.charCodeAt(0))],
    ["request.path == '/api/x'", [1]],
    ["request.path.startsWith('/api') && response.code >= 200", [1]],
    ["response.code == 404 || false", [0]],
    ["response.code in [200, 204] ? 'ok' : 'no'", [111, 107]],
    ["1 + 2 * 3", [7, 0, 0, 0, 0, 0, 0, 0]],
    ["!(1 < 2)", [0]],
    ["has(request.path)", [1]],
    ["request.headers['a']", Status.NotFound],
    ["request.absent == 'x'", Status.InternalFailure],
    ["null", Status.SerializationFailure],
  ])("%s", (text, want) => expect(value(text)).toEqual(want))
  it.each(["1 +", "", "a b", "(1", "'x", "a.", "#"])("refuses %j with a place", (text) => {
    expect(parseExpression(text)).toMatch(/^ERROR: <input>:1:\d+: Syntax error: /)
  })
  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void value(text)))
  })
})
