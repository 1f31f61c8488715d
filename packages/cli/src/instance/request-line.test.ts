import { describe, expect, it } from "vitest"
import { parseRequestLine, requestLine } from "./request-line.ts"

const entry = {
  method: "GET",
  "x-envoy-origin-path": "/a\u001b",
  response_code: 503,
  response_flags: "UF",
  response_code_details: "wasm_fail_stream",
  route_name: "httproute/default/r/rule/0/match/0/*",
  duration: 7,
}

describe("a line of the access log", () => {
  it("is read and shown short", () => {
    const request = parseRequestLine(JSON.stringify(entry))
    expect(request).toMatchObject({ details: "wasm_fail_stream", duration: 7 })
    expect(request && requestLine(request)).toBe("GET /a\\u001b 503 UF 7 ms  httproute/default/r/rule/0/match/0/*")
  })

  it("may leave out what there is none of", () => {
    const request = parseRequestLine(JSON.stringify({ ...entry, route_name: null, response_flags: "-" }))
    expect(request).not.toHaveProperty("route")
    expect(request && requestLine(request)).toBe("GET /a\\u001b 503 7 ms")
  })

  it.each(["", "text", "{", "{}", '{"method":"GET"}', "[]"])("%j is none", (line) =>
    expect(parseRequestLine(line)).toBeUndefined(),
  )
})
